# SPDX-License-Identifier: BSD-3-Clause
# The verbs of the project; CMake knows how to build, this only knows in what order.
#
#   make            build build/panache            make bench      floors against the peers
#   make run        packages, build, first run     make format     clang-format every C file
#   make check      packages, build, all tests     make install    program, plug-ins, man page
#   make deps       packages alone                 make uninstall  what install put there
#   make check-arm  the tests on an emulated 64-bit Arm processor, in a build of their own
#   make check-package  Debian packages built, linted, installed and run; the other recipes read
#   make generated  manual pages and completions, from the tables of options
#   make mutants    changes of the CUDA sources that the tests have to notice
#   make bench-unlike  unlike ranks in one run against their sum (UNLIKE=--quick)
#   make bench-mxp     HPL-MxP against HPL on the same cores (MXP=--quick)
#   make bench-predict runs of this machine against their predictions (PREDICT=--quick)
#   make fuzz       what is handed in, mutated: FUZZ=10m for each kind of input
#
# PREFIX and DESTDIR say where to install; RUN holds options for `panache run`, BENCH and
# LIMITS for the two halves of the benchmark (make bench BENCH=--quick LIMITS=4000).

PREFIX ?= /usr/local
RUN ?=
BENCH ?=
LIMITS ?=
UNLIKE ?=
PREDICT ?=
FUZZ ?= 10m
CHECKS = check-clang check-sanitize check-fuzz check-gcc
JOBS ?= $(shell nproc 2>/dev/null || echo 2)

# A generator is chosen once; an existing build keeps the one it has. After `deps` a new make does
# the rest, because Ninja may have come only then.
GENERATOR := $(if $(shell command -v ninja 2>/dev/null),-G Ninja)
# Whoever works on Panache has warnings for errors; a plain cmake, as packagers use it, has not.
configure = grep -qs PANACHE_WERROR:BOOL=ON $(1)/CMakeCache.txt || \
            cmake -S . -B $(1) $(if $(wildcard $(1)/CMakeCache.txt),,$(GENERATOR)) -DPANACHE_WERROR=ON $(2)
compile = MAKEFLAGS= cmake --build $(1) --parallel $(JOBS)
# CTest reads no standard input, and the sanitizers keep quiet unless something is wrong.
test = ctest --test-dir $(1) --output-on-failure --no-tests=error --parallel $(JOBS) $(2)

.PHONY: build run check check-package check-arm check-arm-quick build-arm check-gcc check-clang check-sanitize \
        check-thread deps deps-check deps-bench \
        bench bench-unlike bench-mxp bench-predict format format-check generated install uninstall clean \
        check-fuzz configure-fuzz fuzz

build:
	@$(call configure,build,)
	@$(call compile,build)

run: deps
	@$(MAKE) --no-print-directory build
	build/panache run $(RUN)

deps:
	@tools/deps build

deps-check:
	@tools/deps build check
	@tools/deps --ask daemons

deps-bench:
	@tools/deps build bench

# One after the other, because each uses all cores. All run, whatever fails; the last line then says
# which did.
check: deps-check
	@failed=; for stage in $(CHECKS); do \
	    $(MAKE) --no-print-directory $$stage || failed="$$failed $$stage"; \
	done; \
	[ -z "$$failed" ] || { echo "make check: failed:$$failed" >&2; exit 1; }

# The device plug-ins are compiled by their own compilers, once, for all: with check-gcc.
NO_DEVICES = -DPANACHE_CUDA=OFF -DPANACHE_HIP=OFF

check-gcc: build
	$(call test,build,)

check-clang:
	@$(call configure,build-clang,-DCMAKE_C_COMPILER=clang $(NO_DEVICES))
	@$(call compile,build-clang)
	$(call test,build-clang,--label-regex "unit|small" --label-exclude cli --exclude-regex $(TRIALS))

# Trials of BLAS libraries are other processes, which take long; check-gcc has them.
TRIALS = "test_blas_choose|cli/blas"

# The only build with all assertions: a release has the cheap ones. What cli/resume does with killed
# jobs, mpi/test_checkpoint does here within one.
check-sanitize:
	@$(call configure,build-sanitize,-DPANACHE_SANITIZE=ON -DCMAKE_BUILD_TYPE=Debug \
	       -DCMAKE_C_FLAGS=-O1 $(NO_DEVICES))
	@$(call compile,build-sanitize)
	$(call test,build-sanitize,--label-regex "unit|small" --exclude-regex $(TRIALS)"|cli/resume")

configure-fuzz:
	@$(call configure,build-fuzz,-DPANACHE_FUZZ=ON -DCMAKE_C_COMPILER=clang \
	       -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS=-O1)
	@$(call compile,build-fuzz)

# Seconds for each harness; what it finds stays beside the build.
check-fuzz: configure-fuzz
	$(call test,build-fuzz,)

fuzz: deps-check configure-fuzz
	@tests/fuzz/run --build build-fuzz --time $(FUZZ)

# Runs that are killed, stopped, starved and misled: which survive, which say why they do not.
.PHONY: faults
faults: build
	@tests/faults/run --build build $(FAULTS)

# What threads share, and messages: the team, the operations that it performs, the watch against
# stalls, ranks that factor together. Apart from the rest, because it takes minutes. UCX, which MPICH
# may use, would put its own calls in the place of some that the sanitizer replaces.
THREADED = unit/test_(team|compute|panel|rows|interchange|stall|watch|comm|roll|residual)|mpi/test_(messages|groups|broadcast|lu|migrate|panel)/mpich/[23]$$
check-thread:
	@$(call configure,build-thread,-DPANACHE_THREAD=ON -DCMAKE_BUILD_TYPE=Debug \
	       "-DCMAKE_C_FLAGS=-O1 -Wno-format-truncation" $(NO_DEVICES))
	@$(call compile,build-thread)
	UCX_MEM_EVENTS=n UCX_MEM_MMAP_HOOK_MODE=none \
	    TSAN_OPTIONS="suppressions=$(CURDIR)/tests/thread-suppressions halt_on_error=1" \
	    $(call test,build-thread,--tests-regex "$(THREADED)")

# Apart from the rest, because they install more and take minutes.
check-package:
	@tools/deps build package
	tools/check-package

# Whether the tests of the emulated device notice changes of the CUDA sources (some ten minutes).
.PHONY: mutants
mutants: build
	tests/mutants/run build

# On an emulated Arm processor, where speeds mean nothing: what measures or compares them is left out,
# and cli/device, which starts more jobs than it has time for; of the seeds of the emulated device all
# but the first.
SLOW_THERE = test_rates|test_blas|emulate/.*/[1-5]$$|cli/(screen|unlike|probe|shares|blas|stopped|readme|device)
check-arm:
	@tools/deps build arm
	@tools/arm64 root build/arm64-root
	@$(MAKE) --no-print-directory build-arm
	$(call test_arm,--label-regex "unit|small|emulate" --exclude-regex "$(SLOW_THERE)")
	tools/compile-ppc64le

# The part of it that make check runs where the packages are.
ARM_TOOLS = aarch64-linux-gnu-g++ qemu-aarch64-static mmdebstrap
check-arm-quick:
	@if ! which $(ARM_TOOLS) >/dev/null; then \
	    echo "Not built for Arm: tools/deps arm installs what that needs."; \
	elif ! tools/arm64 root build/arm64-root; then \
	    echo "Not built for Arm: Debian's packages for it could not be had."; \
	else \
	    $(MAKE) --no-print-directory build-arm && \
	    $(call test_arm,--tests-regex "unit/test_(team|compute|panel|lcg|rows|interchange|verify|host|large)"); \
	fi

build-arm:
	@$(call configure,build-arm64,-DCMAKE_TOOLCHAIN_FILE=$(CURDIR)/cmake/arm64.cmake)
	@$(call compile,build-arm64)

test_arm = tools/arm64 run build/arm64-root $(call test,build-arm64,$(1))

bench: deps-bench
	@$(MAKE) --no-print-directory build
	@cmake -S . -B build >/dev/null
	@$(call compile,build) --target peers
	@status=0; bench/compare $(BENCH) || status=$$?; \
	bench/limits $(LIMITS) || status=$$?; exit $$status

bench-unlike: deps-bench
	@$(MAKE) --no-print-directory build
	@cmake -S . -B build >/dev/null
	@$(call compile,build) --target peers
	@bench/unlike $(UNLIKE)

bench-mxp: deps-bench
	@$(MAKE) --no-print-directory build
	@bench/mxp $(MXP)

bench-predict: deps-bench
	@$(MAKE) --no-print-directory build
	@bench/predict $(PREDICT)

format:
	@tools/format

format-check:
	@tools/format --check

# What a golden test holds against the program.
generated: build
	@build/panache help --man >docs/panache.1
	@build/panache help hpl --man >docs/xhpl.1
	@for shell in bash zsh fish; do \
	    build/panache help --completion $$shell >tools/completion.$$shell; \
	done

install: build
	cmake --install build --prefix $(PREFIX)

uninstall:
	cmake -P cmake/uninstall.cmake

clean:
	rm -rf build build-clang build-fuzz build-sanitize build-thread
