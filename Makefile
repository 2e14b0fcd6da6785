# The commands of this project; the work is done in Scripts/.
.DEFAULT_GOAL := help
.PHONY: help setup setup-tests build demo test sanitize lint docs bench clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install system packages and ONNX Runtime, unless they are installed
	@Scripts/setup.sh

setup-tests: ## the same, and what the tests need: FFmpeg, OpenSSL, ShellCheck, curl, Chromium
	@Scripts/setup.sh tests

build: setup ## build the program in release mode and print its path
	@Scripts/build.sh

demo: setup ## build and transcribe a bundled recording
	@Scripts/demo.sh

test: setup-tests ## house checks, all tests, other programs' clients, comparison with onnx-asr
	@Scripts/test.sh

sanitize: setup-tests ## tests under Thread Sanitizer and Address Sanitizer
	@Scripts/sanitize.sh

lint: setup-tests ## house checks only
	@.ci/lint

docs: setup ## build the documentation of the library
	@Scripts/docs.sh

bench: setup ## measure: make bench ARGS="speed --recording Demo/10_minute.wav"
	@Scripts/bench.sh $(ARGS)

clean: ## remove everything that was built or downloaded into this folder
	rm -rf .build .build-* .venv .cache
