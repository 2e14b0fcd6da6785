# Everything a person types here; the work is in Scripts/.
.DEFAULT_GOAL := help
.PHONY: help setup setup-tests build demo test lint docs bench clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install system packages and ONNX Runtime; does nothing when they are there
	@Scripts/setup.sh

setup-tests:
	@Scripts/setup.sh tests

build: setup ## build the program in release mode and print its path
	@Scripts/build.sh

demo: setup ## build and transcribe a bundled recording
	@Scripts/demo.sh

test: setup-tests ## house checks, all tests, comparison with onnx-asr
	@Scripts/test.sh

lint: setup-tests ## house checks only
	@.ci/lint

docs: setup ## build the documentation of the library
	@Scripts/docs.sh

bench: setup ## measure: make bench ARGS="speed --recording Demo/10_minute.wav"
	@Scripts/bench.sh $(ARGS)

clean: ## remove build products and the Python environment of the tests
	rm -rf .build .venv
