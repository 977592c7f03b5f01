#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Ranks that are started unlike, and hosts that are not what they are called: what is refused, and
# what is told by rank. One case a call: alike.sh MPIRUN PANACHE CASE.
mpirun=$1 panache=$2 case=$3
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT

attempt() {
    timeout -k 5 100 "$@" >"$here/said" 2>&1
    code=$?
}

complain() {
    echo "$case: $1; exit code $code, and it said:"
    cat "$here/said"
    exit 1
}

expect_code() {
    [ "$code" -eq "$1" ] || complain "the exit code should be $1"
}

expect_words() {
    grep -q -E "$1" "$here/said" || complain "/$1/ should have been said"
}

expect_silence() {
    ! grep -q -E "$1" "$here/said" || complain "/$1/ should not have been said"
}

run() {
    attempt "$mpirun" -np 1 "$panache" run -N 200 --output none --blas openblas : -np 1 "$@"
}

case $case in
command)
    run "$panache" screen
    expect_code 2
    expect_words 'rank 1 on .*: this rank is another command \(screen\) than rank 0 \(run\)'
    ;;
matrix)
    run "$panache" run -N 300 --output none
    expect_code 2
    expect_words 'rank 1 on .*: this rank was asked for -N 300, and rank 0 for 200'
    run "$panache" run --nb 17 --output none
    expect_code 2
    expect_words 'rank 1 on .*: this rank was asked for --nb 17, and rank 0 for auto'
    ;;
options)
    run "$panache" run --seed 7 --lookahead 0 --output none --blas openblas
    expect_code 0
    expect_words 'rank 1 on .*: other values than rank 0.s, which count for all: --lookahead, --seed'
    run "$panache" run --threads 1 --output none --blas openblas # what each may have of its own
    expect_code 0
    expect_silence 'other values'
    ;;
hosts) # two names of one machine are one host, whose memory is there once
    unshare --uts true 2>/dev/null || { echo "skipped: only root can name a host"; exit 77; }
    as='hostname "$0" && exec "$@"'
    long=$(printf 'a%.0s' $(seq 63))
    attempt "$mpirun" -np 1 unshare --uts sh -c "$as" worker-0 "$panache" run -N 200 --output none -v : \
        -np 1 unshare --uts sh -c "$as" "$long" "$panache" run --output none -v
    expect_code 0
    expect_words '2 ranks on 1 host,'
    expect_words "rank 1 on $long: computes on"
    ;;
crowded) # more ranks than cores: told once, and nobody is slow for it
    ranks=$(($(nproc --all) * 2))
    [ "$ranks" -le 64 ] || { echo "skipped: too many cores to be crowded"; exit 77; }
    attempt "$mpirun" -np "$ranks" "$panache" run -N 300 --output none --blas openblas
    expect_code 0
    [ "$(grep -c 'too many threads for the cores they share' "$here/said")" -eq 1 ] ||
        complain "one line should tell of too many threads"
    expect_silence 'slow part'
    ;;
*)
    echo "no such case: $case"
    exit 1
    ;;
esac
