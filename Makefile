# The commands of this project; the work is done in Scripts/.
.DEFAULT_GOAL := help
.PHONY: help setup setup-tests build demo library test sanitize kernels kill endurance image lint docs site picture bench sbom dist bundle dist-check clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install system packages and ONNX Runtime, unless they are installed
	@Scripts/setup.sh

setup-tests: ## the same, and what the tests need: FFmpeg, OpenSSL, ShellCheck, curl, Chromium, Firefox
	@Scripts/setup.sh tests

build: setup ## build the program in release mode and print its path
	@Scripts/build.sh

library: setup ## build the C library libgigastt in release mode and print its path
	@Scripts/library.sh

demo: setup ## build and transcribe a bundled recording
	@Scripts/demo.sh

test: setup-tests ## house checks, all tests, third-party clients, comparison with onnx-asr
	@Scripts/test.sh

sanitize: setup-tests ## tests under Thread Sanitizer and Address Sanitizer
	@Scripts/sanitize.sh

kernels: setup ## compare the encoder's kernels with plain code, those of Arm under qemu-user
	@Scripts/kernels.sh

kill: build ## kill a server with jobs 200 times: no accepted job may be lost
	@Scripts/kill.sh

endurance: setup-tests ## the long form of tests: 10 000 clients, an hour of silence through each protocol, two hours of speech
	@Scripts/endurance.sh

image: setup-tests ## build the container image; without a container engine, run its steps in Debian folders
	@Scripts/image.sh --build

lint: setup-tests ## house checks only
	@.ci/lint

docs: setup ## build the documentation of the library
	@Scripts/docs.sh

site: ## write the documentation site, with search, to dist/site
	@Scripts/site.sh

picture: setup-tests ## write the pictures of the page that README.md and README.ru.md show
	@python=$$(Scripts/python-environment.sh .cache/clients Tests/Clients/requirements.txt) && "$$python" Scripts/picture.py "$$(Scripts/build.sh)"

bench: setup ## measure: make bench ARGS="speed --recording Demo/10_minute.wav"
	@Scripts/bench.sh $(ARGS)

sbom: setup ## write a bill of materials (CycloneDX) to sbom.json
	@Scripts/dependencies.py --sbom sbom.json

dist: setup ## pack a tarball, a Debian package and a Python wheel into dist/, with digests and bill of materials
	@program=$$(Scripts/build.sh --static-swift-stdlib) && Scripts/library.sh release --static-swift-stdlib >/dev/null && Scripts/dist.py "$$program"

bundle: ## pack dist's tarball and a model for machines without a network: make bundle MODEL=~/.gigastt/models
	@Scripts/bundle.py dist/gigastt-*-linux-*.tar.gz "$(MODEL)"

dist-check: setup-tests ## pack twice, compare, and use the packages in bare Debian systems
	@program=$$(Scripts/build.sh --static-swift-stdlib) && Scripts/library.sh release --static-swift-stdlib >/dev/null && Scripts/dist-check.py "$$program"

clean: ## remove everything that was built or downloaded into this folder
	rm -rf .build .build-* .venv .cache dist
