# make run     install what is missing, build, open the workbench on the first extension experiment
# make test    install what is missing, build, run every test
#
# Both use one release build: with testable imports off, tests and program share every module.

program := .build/release/needlepoint

.PHONY: run test build format lint bench clean
.DEFAULT_GOAL := run

run: build
	@exec $(program)

build:
	@scripts/prepare
	@swift build --configuration release

test: build
	@swift test --configuration release --disable-testable-imports --disable-xctest

# Rewrites the sources in the one format; lint only says where they differ from it.
format:
	@swift format --in-place --recursive Sources Tests Package.swift

lint:
	@swift format lint --strict --recursive Sources Tests Package.swift

# Training speed of this machine, in tokens per second.
bench: build
	@$(program) bench step --config tiny-1024

clean:
	@swift package clean
