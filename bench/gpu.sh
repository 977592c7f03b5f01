#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Everything about GPUs that docs/gpu.md wants measured, in one call on a machine that has one:
#   bench/gpu.sh pack          here, after `make build`: puts the program, its tests and the shared
#                              libraries they need into build/gpu, for a machine that has neither
#                              the build nor the packages
#   bench/gpu.sh [SECTION...]  there: tests sizes panel repeat together sharing sanitizer (all of
#                              them if none is named); OUT says where the records go
# GPU_N lists the sizes (default 32768 65536 98304 128000) and GPU_NB the block sizes (512 768 1024).
# What cannot be measured is said, and the exit code is then 1.
set -u
cd "$(dirname "$0")/.." || exit 2
packed=build/gpu
OUT=${OUT:-panache-results/gpu}
sizes=${GPU_N:-32768 65536 98304 128000}
blocks=${GPU_NB:-512 768 1024}
failed=0

pack() {
    local file
    rm -rf $packed
    mkdir -p $packed/lib/panache $packed/lib/needed
    cp build/panache build/cuda_test_* $packed/ || exit 2
    cp build/lib/panache/panache-{cuda,mpi-openmpi}.so $packed/lib/panache/ || exit 2
    # The C library belongs to the machine; CUDA's libraries come with the driver's toolkit.
    ldd $packed/panache $packed/cuda_test_* $packed/lib/panache/panache-mpi-openmpi.so |
        awk '/=> \//{print $3}' | sort -u |
        grep -vE '/(libc|libm|libdl|libpthread|librt|ld-linux[^/]*)\.so|libcu' >$packed/list
    file=$(ldconfig -p | awk '/libopenblas\.so\.0/{print $NF; exit}')
    [ -n "$file" ] && { echo "$file"; ldd "$file" | awk '/gfortran|quadmath/{print $3}'; } >>$packed/list
    while read -r file; do cp -L "$file" $packed/lib/needed/; done <$packed/list
    rm $packed/list
    du -sh $packed
}

program=build/panache
[ -x $packed/panache ] && program=$packed/panache
tests=$(dirname $program)

prepare() {
    if [ -d $packed/lib/needed ]; then
        export LD_LIBRARY_PATH=$PWD/$packed/lib/needed:${LD_LIBRARY_PATH:-}
        chmod +x $packed/panache $packed/cuda_test_*
    fi
    local toolkit=/usr/local/cuda/lib64
    [ -d $toolkit ] && export LD_LIBRARY_PATH=${LD_LIBRARY_PATH:-}:$toolkit
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    export PANACHE_PLUGINS=$PWD/$tests/lib/panache
    mkdir -p "$OUT"
    local lacking
    lacking=$(ldd $program "$PANACHE_PLUGINS/panache-cuda.so" 2>&1 | grep 'not found' | sort -u)
    if [ -n "$lacking" ]; then
        echo "These libraries are missing here; bench/gpu.sh pack collects them elsewhere:"
        echo "$lacking"
        exit 2
    fi
    nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm,power.limit --format=csv ||
        { echo "There is no NVIDIA driver here: nothing can be measured."; exit 2; }
}

unable() {
    echo "NOT MEASURED: $*"
    failed=1
}

# The first number of that name in a JSON record.
value() {
    sed -n "s/.*\"$2\": \([-+0-9.eE]*\).*/\1/p" "$1" 2>/dev/null | head -1
}

# measure NAME COMMAND...: runs it with a record and prints one line of the table.
measure() {
    local name=$1 record
    shift
    record=$OUT/$(echo "$name" | tr ' :' '__').json
    echo "\$ $*" >"$record.log"
    if ! "$@" --json "$record" --output none >>"$record.log" 2>&1; then
        unable "$name: $(grep -E 'panache:|finding|rank' "$record.log" | tail -1)"
        return
    fi
    printf '%-34s N %7.0f  NB %5.0f  %9.1f GFLOP/s  multiply %9.1f  ratio %.3f  residual %.2e  %5.0f W  %s\n' \
        "$name" "$(value "$record" n)" "$(value "$record" nb)" "$(value "$record" gflops)" \
        "$(value "$record" rate_gflops)" \
        "$(awk "BEGIN{print $(value "$record" gflops)/$(value "$record" rate_gflops)}")" \
        "$(value "$record" residual)" "$(value "$record" watts || echo 0)" \
        "$(sed -n 's/.*"throttled": "\(.*\)".*/throttled: \1/p' "$record" | head -1)"
}

section_tests() {
    local test
    for test in "$tests"/cuda_test_*; do
        if "$test" >"$OUT/$(basename "$test").log" 2>&1; then
            echo "$(basename "$test"): passed"
        else
            unable "$(basename "$test"): exit code $?, see $OUT"
            tail -5 "$OUT/$(basename "$test").log"
        fi
    done
}

section_sizes() {
    local n nb
    for n in $sizes; do
        for nb in $blocks; do
            measure "size $n $nb" $program run --device cuda:0 -N "$n" --nb "$nb"
        done
    done
}

section_panel() {
    local home
    for home in host device auto; do
        measure "panel $home" $program run --device cuda:0 -N 65536 --nb 512 --panel $home
    done
}

# One and the same solution, to rounding.
section_repeat() {
    local i record
    for i in $(seq 20); do
        record=$OUT/repeat$i.json
        $program run --device cuda:0 -N 12000 --nb 512 --quiet --output none --json "$record" \
            >"$record.log" 2>&1 || unable "repetition $i: $(tail -1 "$record.log")"
    done
    echo "||x||_1 of 20 runs, and how often each: "
    for i in $(seq 20); do value "$OUT/repeat$i.json" x_one; done | cut -c1-14 | sort | uniq -c
}

# GPU and processors in one run, and each alone.
section_together() {
    command -v mpirun >/dev/null || { unable "GPU beside CPU: there is no mpirun here"; return; }
    local n=65536
    measure "gpu alone" $program run --device cuda:0 -N $n --nb 512
    measure "cpu alone" $program run --device cpu -N 24000
    measure "gpu and cpu" mpirun -np 1 $program run --device cuda:0 -N $n --nb 512 \
        --json "$OUT/both.json" : -np 1 $program run --device cpu -N $n --nb 512
}

# Two ranks on one device.
section_sharing() {
    command -v mpirun >/dev/null || { unable "two ranks on a GPU: there is no mpirun here"; return; }
    local grid
    for grid in 1x2 2x1; do
        measure "two ranks $grid" mpirun -np 2 $program run --device cuda:0 -N 49152 --nb 512 \
            --grid $grid
    done
    measure "two ranks 1:2" mpirun -np 2 $program run --device cuda:0 -N 49152 --nb 512 \
        --grid 1x2 --shares 1:2
}

section_sanitizer() {
    local tool log=$OUT/sanitizer.log
    command -v compute-sanitizer >/dev/null || { unable "there is no compute-sanitizer here"; return; }
    for tool in memcheck racecheck; do
        if compute-sanitizer --tool $tool --error-exitcode 9 $program run --device cuda:0 -N 1500 \
            --nb 128 --panel device --quiet --output none >"$log.$tool" 2>&1; then
            echo "compute-sanitizer $tool: clean"
        else
            unable "compute-sanitizer $tool: $(grep -m1 -E 'ERROR SUMMARY|=====' "$log.$tool")"
        fi
    done
}

[ "${1:-}" = pack ] && { pack; exit; }
[ $# -eq 0 ] && set -- tests sizes panel repeat together sharing sanitizer
prepare
for section; do
    declare -F "section_$section" >/dev/null ||
        { echo "bench/gpu.sh: read \"$section\"; see the head of this script"; exit 2; }
    echo "== $section"
    "section_$section"
done
exit $failed
