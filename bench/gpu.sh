#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Everything about GPUs that docs/gpu.md wants measured, on a machine that has one:
#   bench/gpu.sh pack          here, after `make build`: build/gpu.tar.gz with the program, its
#                              tests, mpiexec, a BLAS and the shared libraries they need, for a
#                              machine that has neither the build nor the packages
#   bench/gpu.sh [SECTION...]  there, beside build/gpu.tar.gz or a build: tests figures together
#                              sharing sanitizer, in this order; all of them if none is named
# Each section goes on where another failed. What cannot be measured is said by name, and the exit
# code is then 1. OUT: folder for the log and the records (panache-results/gpu). GPU_SECONDS: time
# for the whole call (570); what does not fit any more is said as well. GPU_N, GPU_NB: sizes and
# block sizes (32768 65536 98304 128000; 512 768 1024). GPU_DEVICE: cuda:0.
set -u
cd "$(dirname "$0")/.." || exit 2
packed=build/gpu archive=build/gpu.tar.gz
OUT=${OUT:-panache-results/gpu}
device=${GPU_DEVICE:-cuda:0}
sizes=${GPU_N:-32768 65536 98304 128000}
blocks=${GPU_NB:-512 768 1024}
deadline=$((SECONDS + ${GPU_SECONDS:-570}))
failed=0

# Libraries that FILE... need, but for the C library, which belongs to the machine, and CUDA's.
needed() {
    ldd "$@" | awk '/=> \//{print $3}' | sort -u |
        grep -vE '/(libc|libm|libdl|libpthread|librt|libresolv|ld-linux[^/]*)\.so|libcu|libnv'
}

pack() {
    local file mpi=build/lib/panache/panache-mpi-mpich.so launcher
    launcher=$(command -v mpiexec.hydra) || { echo "bench/gpu.sh pack: no mpiexec.hydra"; exit 2; }
    rm -rf $packed $archive
    mkdir -p $packed/lib/panache $packed/lib/needed $packed/bin
    cp build/panache build/cuda_test_* $packed/ || exit 2
    cp build/lib/panache/panache-cuda.so $mpi $packed/lib/panache/ || exit 2
    cp "$launcher" "$(dirname "$(realpath "$launcher")")/hydra_pmi_proxy" $packed/bin/ || exit 2
    file=$(ldconfig -p | awk '/libopenblas\.so\.0/{print $NF; exit}')
    [ -n "$file" ] || { echo "bench/gpu.sh pack: no OpenBLAS here"; exit 2; }
    { echo "$file"; needed "$file" $packed/panache $packed/cuda_test_* $packed/bin/* $mpi; } |
        while read -r file; do cp -L "$file" $packed/lib/needed/; done
    find $packed/lib/needed $packed/bin -type f -exec strip --strip-unneeded {} + 2>/dev/null
    tar -C build -czf $archive gpu || exit 2
    rm -rf $packed
    du -h $archive
}

unpack() {
    [ ! -f $archive ] || [ -x $packed/panache ] || tar -C build -xzf $archive ||
        { echo "$archive cannot be unpacked"; exit 2; }
    program=$PWD/build/panache
    [ -x $packed/panache ] && program=$PWD/$packed/panache
    tests=$(dirname "$program")
    launcher=$tests/bin/mpiexec.hydra
    [ -x "$launcher" ] || launcher=$(command -v mpirun.mpich || command -v mpiexec.hydra || true)
    records=$(mktemp -d)
}

# Where the toolkit's libraries are, also if they came with something else than the toolkit.
toolkit_folders() {
    ldconfig -p | grep -q 'libcublas\.so' && return
    for file in /usr/local/cuda*/lib64/libcublas.so.?? /usr/local/cuda*/targets/*/lib/libcublas.so.??; do
        [ -e "$file" ] && dirname "$file" && return
    done
    find /opt /usr -name 'libcublas.so.[0-9]*' -printf '%h\n' 2>/dev/null | head -1
}

prepare() {
    unpack
    mkdir -p "$OUT" || exit 2
    export PANACHE_PLUGINS=$tests/lib/panache OMPI_ALLOW_RUN_AS_ROOT=1
    export OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 LC_ALL=C
    [ -d "$tests/lib/needed" ] && export LD_LIBRARY_PATH=$tests/lib/needed:${LD_LIBRARY_PATH:-}
    export LD_LIBRARY_PATH=${LD_LIBRARY_PATH:-}:$(toolkit_folders)
    local lacking
    lacking=$(ldd "$program" "$PANACHE_PLUGINS"/panache-cuda.so 2>&1 | grep 'not found' | sort -u)
    if [ -n "$lacking" ]; then
        echo "These libraries are missing here; bench/gpu.sh pack collects those that are not CUDA's:"
        echo "$lacking"
        failed=1
    fi
    "$program" --version | head -1
    nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm,power.limit,compute_mode \
        --format=csv || { echo "There is no NVIDIA driver here: nothing can be measured."; exit 2; }
}

unable() {
    echo "NOT MEASURED: $*"
    failed=1
}

# within SECONDS COMMAND...: with this limit, or what is left of the whole; 124: too late.
within() {
    local limit=$1 left=$((deadline - SECONDS))
    shift
    [ $left -lt 10 ] && return 124
    [ "$limit" -lt $left ] || limit=$left
    timeout -k 5 "$limit" "$@"
}

# The first number of that name in a JSON record, and all of them added up.
value() {
    sed -n "s/.*\"$2\": \([-+0-9.eE]*\).*/\1/p" "$1" 2>/dev/null | head -1
}
sum() {
    sed -n "s/.*\"$2\": \([-+0-9.eE]*\).*/\1/p" "$1" 2>/dev/null | awk '{s += $1} END {printf "%g", s}'
}
ratio() {
    awk "BEGIN {if ((${2:-0}) + 0 > 0) printf \"%.3f\", (${1:-0}) / (${2:-0}); else printf \"-\"}"
}

# measure NAME COMMAND...: runs it with a record; prints a line of the table. The rate of the
# multiplication alone is that of cuBLAS, by the same process, just before the run.
measure() {
    local name=$1 file code
    shift
    file=$records/$(echo "$name" | tr ' :' '__')
    echo "\$ $*" >"$file.log"
    within 240 "$@" >>"$file.log" 2>&1
    code=$?
    [ $code -eq 124 ] && { unable "$name: no time left, or stopped after its limit"; return 1; }
    if [ $code -ne 0 ] || [ ! -s "$records/last.json" ]; then
        unable "$name: exit code $code: $(grep -E 'panache:|finding|rank' "$file.log" | tail -1)"
        return 1
    fi
    mv "$records/last.json" "$file.json"
    local alone
    alone=$(sum "$file.json" alone_gflops)
    printf '%-26s N %6.0f NB %4.0f %9.1f GFLOP/s in %6.2f s; multiply alone %9.1f, in the run %9.1f; of alone %s; residual %.2e; verified in %.2f s; %s W, %s MHz%s\n' \
        "$name" "$(value "$file.json" n)" "$(value "$file.json" nb)" \
        "$(value "$file.json" gflops)" "$(value "$file.json" seconds)" "$alone" \
        "$(sum "$file.json" rate_gflops)" "$(ratio "$(value "$file.json" gflops)" "$alone")" \
        "$(value "$file.json" residual)" "$(value "$file.json" verify_seconds)" \
        "$(value "$file.json" watts)" "$(value "$file.json" clock_mhz)" \
        "$(sed -n 's/.*"throttled": "\(..*\)".*/; throttled: \1/p' "$file.json" | head -1)"
    last=$(value "$file.json" gflops)
}

# What a run of one process is started with, and one of several.
run=(--output none --quiet)
single() {
    local name=$1
    shift
    measure "$name" "$program" run "${run[@]}" --json "$records/last.json" "$@"
}

section_tests() {
    local test name
    for test in "$tests"/cuda_test_*; do
        name=$(basename "$test")
        within 120 "$test" >"$records/$name.log" 2>&1
        case $? in
        0) echo "$name: passed" ;;
        77) unable "$name: skipped, no device" ;;
        *) unable "$name"; tail -5 "$records/$name.log" ;;
        esac
    done
    for home in host device; do
        single "small, panel on the $home" --device "$device" -N 4000 --nb 128 --panel $home
    done
    single "odd sizes" --device "$device" -N 3001 --nb 96
}

section_figures() {
    local n nb home
    within 60 "$program" probe --device "$device" >"$records/probe.yaml" 2>&1 ||
        unable "panache probe: $(tail -1 "$records/probe.yaml")"
    cat "$records/probe.yaml"
    for n in $sizes; do
        for nb in $blocks; do
            single "size $n, $nb" --device "$device" -N "$n" --nb "$nb"
        done
    done
    for home in host device; do
        single "panel on the $home" --device "$device" -N 65536 --nb 512 --panel $home
    done
    single "no look-ahead" --device "$device" -N 65536 --nb 512 --lookahead 0
    section_repeat
}

# One and the same solution, to rounding.
section_repeat() {
    local i done_=0
    rm -f "$records"/repeat*.json
    for i in $(seq 20); do
        within 60 "$program" run "${run[@]}" --device "$device" -N 12000 --nb 512 \
            --json "$records/repeat$i.json" >"$records/repeat$i.log" 2>&1
        case $? in
        0) done_=$((done_ + 1)) ;;
        124) unable "repetition $i: no time left"; break ;;
        *) unable "repetition $i: $(tail -1 "$records/repeat$i.log")" ;;
        esac
    done
    echo "$done_ of 20 repetitions passed; ||x||_1, and how often each:"
    for i in $(seq 20); do value "$records/repeat$i.json" x_one; done | cut -c1-13 | sort | uniq -c
}

has_launcher() {
    [ -n "$launcher" ] && [ -x "$launcher" ] || { unable "$1: there is no mpiexec here"; return 1; }
}

# GPU and processors in one run, against each alone.
section_together() {
    has_launcher "GPU beside CPU" || return
    local cores n gpu=0 cpu=0
    cores=$(nproc)
    for n in 65536 98304; do
        single "gpu alone" --device "$device" -N $n --nb 512 --threads 2 && gpu=$last
        single "cpu alone" --device cpu -N 24000 --threads $((cores - 2)) && cpu=$last
        measure "gpu and cpu, $n" "$launcher" -launcher fork \
            -np 1 "$program" run "${run[@]}" --json "$records/last.json" --device "$device" -N $n \
            --nb 512 --threads 2 : \
            -np 1 "$program" run --device cpu --threads $((cores - 2)) &&
            echo "of the sum of both: $(ratio "$last" "$gpu + $cpu"); of the GPU alone: $(ratio "$last" "$gpu")"
    done
}

# pair NAME FIRST SECOND OPTION...: two ranks on one device, each with its own words before
# "panache" (env ...) and after (--memory ...), divided by "--".
pair() {
    local name=$1 first=$2 second=$3
    shift 3
    # shellcheck disable=SC2086  # they are several words
    measure "$name" "$launcher" -launcher fork \
        -np 1 ${first%%--*} "$program" run "${run[@]}" --json "$records/last.json" --device "$device" \
        --threads 2 --${first#*--} "$@" : \
        -np 1 ${second%%--*} "$program" run --device "$device" --threads 2 --${second#*--}
}

# Two ranks on one device: by halves, with unlike memories, and, where the driver's server for
# several processes can be started, with unlike parts of the processors.
section_sharing() {
    has_launcher "two ranks on a GPU" || return
    local half='env --memory 100%' big=0 small=0
    pair "two halves, 1x2" "$half" "$half" -N 65536 --nb 512 --grid 1x2
    pair "two halves, 2x1" "$half" "$half" -N 49152 --nb 512 --grid 2x1
    pair "caps 30G and 8G" 'env --memory 30G' 'env --memory 8G' -N 65536 --nb 512
    export CUDA_MPS_PIPE_DIRECTORY=$records/mps CUDA_MPS_LOG_DIRECTORY=$records/mps-log
    mkdir -p "$CUDA_MPS_PIPE_DIRECTORY" "$CUDA_MPS_LOG_DIRECTORY"
    if within 20 nvidia-cuda-mps-control -d >"$records/mps.log" 2>&1; then
        local most='env CUDA_MPS_ACTIVE_THREAD_PERCENTAGE=66 --memory 100%'
        local least='env CUDA_MPS_ACTIVE_THREAD_PERCENTAGE=33 --memory 100%'
        export CUDA_MPS_ACTIVE_THREAD_PERCENTAGE=66
        single "two thirds alone" --device "$device" -N 49152 --nb 512 && big=$last
        export CUDA_MPS_ACTIVE_THREAD_PERCENTAGE=33
        single "one third alone" --device "$device" -N 49152 --nb 512 && small=$last
        unset CUDA_MPS_ACTIVE_THREAD_PERCENTAGE
        pair "thirds, 2 to 1" "$most" "$least" -N 65536 --nb 512 &&
            echo "of the sum of both alone: $(ratio "$last" "$big + $small")"
        pair "thirds, equal shares" "$most" "$least" -N 65536 --nb 512 --shares equal
        echo quit | within 20 nvidia-cuda-mps-control >/dev/null 2>&1
    else
        unable "unlike parts of a GPU: its server for several processes (MPS) does not start:" \
            "$(tail -1 "$records/mps.log")"
    fi
    unset CUDA_MPS_PIPE_DIRECTORY CUDA_MPS_LOG_DIRECTORY
}

# sanitize TOOL NAME COMMAND...
sanitize() {
    local tool=$1 name=$2 log=$records/sanitizer-$1-$2.log
    shift 2
    within 150 "$sanitizer" --tool "$tool" --error-exitcode 9 "$@" >"$log" 2>&1
    case $? in
    0) echo "compute-sanitizer $tool, $name: clean" ;;
    124) unable "compute-sanitizer $tool, $name: no time left, or stopped after its limit" ;;
    *) unable "compute-sanitizer $tool, $name: $(grep -m1 -E '=====.*(rror|azard|nvalid)' "$log")"
       grep -A12 -m1 -E '=====.*(rror|azard|nvalid)' "$log" ;;
    esac
}

section_sanitizer() {
    local tool name
    sanitizer=$(command -v compute-sanitizer || ls /usr/local/cuda*/bin/compute-sanitizer 2>/dev/null |
        head -1)
    [ -n "$sanitizer" ] || { unable "there is no compute-sanitizer here"; return; }
    for tool in memcheck racecheck synccheck; do
        for name in panel rows update weigh; do
            sanitize $tool $name "$tests/cuda_test_compute_$name"
        done
        for name in host device; do
            sanitize $tool "run-$name" "$program" run --device "$device" -N 1500 --nb 128 \
                --panel $name "${run[@]}"
        done
    done
}

main() {
    prepare
    for section; do
        echo "== $section ($((deadline - SECONDS)) s left)"
        "section_$section"
    done
    tar -C "$records" -czf "$OUT/records.tar.gz" . && rm -rf "$records"
    return $failed
}

[ "${1:-}" = pack ] && { pack; exit; }
[ $# -eq 0 ] && set -- tests figures together sharing sanitizer
for section; do
    declare -F "section_$section" >/dev/null ||
        { echo "bench/gpu.sh: read \"$section\"; allowed: pack, or any of tests figures together" \
            "sharing sanitizer repeat"; exit 2; }
done
mkdir -p "$OUT"
main "$@" 2>&1 | tee "$OUT/gpu.log"
exit "${PIPESTATUS[0]}"
