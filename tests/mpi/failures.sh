#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What a job does that cannot go on: it ends by itself, with a failure, and says which rank and
# where. One case a call: failures.sh MPIRUN FALLER PLUG-IN-FOLDER CASE.
mpirun=$1 faller=$2 plugins=$3 case=$4
host=$(uname -n | cut -c1-63)
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT

# Runs a command line; `code` is its exit code (124: it hung), `said` what it said.
attempt() {
    timeout -k 5 60 "$@" >"$here/said" 2>&1
    code=$?
}

complain() {
    echo "$case: $1; exit code $code, and it said:"
    cat "$here/said"
    exit 1
}

expect_failure() {
    [ "$code" -ne 0 ] || complain "it should have failed"
    [ "$code" -ne 124 ] && [ "$code" -ne 137 -o "$case" = killed ] || complain "it hung"
}

expect_words() {
    grep -q -E "$1" "$here/said" || complain "/$1/ should have been said"
}

expect_silence() {
    ! grep -q -E "$1" "$here/said" || complain "/$1/ should not have been said"
}

case $case in
killed)
    for rank in 0 2; do
        attempt "$mpirun" -np 4 "$faller" kill $rank
        expect_failure
        expect_words "rank $rank (on|with PID [0-9]+ on node) $host"
    done
    ;;
aborted)
    attempt "$mpirun" -np 4 "$faller" abort 2
    [ "$code" -eq 2 ] || complain "the exit code should be 2"
    expect_words "rank 2 on $host: this rank gives up"
    expect_silence "killed or crashed"
    ;;
absent)
    attempt "$mpirun" -np 4 sh -c 'if [ "${OMPI_COMM_WORLD_RANK:-$PMI_RANK}" = 2 ]; then exec sleep 50; fi
        exec "$0" open auto 2' "$faller"
    expect_failure
    expect_words "not all 4 ranks have started within 2 s; missing on $host: rank 2 "
    expect_silence "killed or crashed|opened"
    ;;
apart) # a launcher that does not say how many ranks a host has: nobody is called missing on it
    attempt "$mpirun" -np 4 sh -c 'if [ "${OMPI_COMM_WORLD_RANK:-$PMI_RANK}" = 2 ]; then exec sleep 50; fi
        unset OMPI_COMM_WORLD_LOCAL_SIZE MPI_LOCALNRANKS
        exec "$0" open auto 2' "$faller"
    expect_failure
    expect_words "not all 4 ranks have started within 2 s; 3 of 4 are on $host: rank 0, 1, 3; not there: rank 2 "
    expect_silence "killed or crashed|opened"
    ;;
mute)
    attempt "$mpirun" -np 4 "$faller" mute 2
    [ "$code" -eq 2 ] || complain "the exit code should be 2"
    expect_words "rank 0 on $host: no message within 2 s from rank 2;"
    ;;
stopped) # what a rank sent last may stop with it, and leave another one barrier behind
    for rank in 0 2; do
        attempt "$mpirun" -np 4 "$faller" stop $rank
        [ "$code" -eq 2 ] || complain "the exit code should be 2"
        expect_words "rank $rank on $host: no sign of life from this rank for 2.4 s .* Waiting for it: .*rank [0-9] \(step (9|10), barrier\)"
        expect_silence "rank [^$rank] on|without an end"
    done
    ;;
looping)
    attempt "$mpirun" -np 4 "$faller" loop 2
    [ "$code" -eq 2 ] || complain "the exit code should be 2"
    expect_words "rank 2 on $host: (this rank has been in one operation \(step 10, work\) for 2.4 s|no sign of life from this rank for 2.4 s .*rank [0-9] \(step 10, barrier\))"
    expect_silence "rank [^2] on"
    ;;
circle)
    attempt "$mpirun" -np 4 "$faller" circle 0
    [ "$code" -eq 2 ] || complain "the exit code should be 2"
    expect_words "rank [0-3] on $host: no progress for 2.4 s .*this rank \(step 10, barrier\) waits for rank [0-3]"
    expect_silence "no sign of life"
    ;;
slow) # takes several times the limit in all
    attempt "$mpirun" -np 4 "$faller" slow 2
    [ "$code" -eq 0 ] || complain "a slow rank should be left alone"
    ;;
none)
    attempt "$mpirun" -np 2 "$faller" open none 20
    [ "$code" -eq 2 ] || complain "the exit code should be 2"
    expect_words "started 2 ranks, but --mpi none does not speak with it"
    expect_silence opened
    ;;
foreign) # plug-ins of all MPIs by path: all but the launcher's must be refused
    opened=0
    for plugin in "$plugins"/panache-mpi-*.so; do
        attempt "$mpirun" -np 2 "$faller" open "$plugin" 20
        if [ "$code" -eq 0 ]; then
            opened=$((opened + 1))
        else
            expect_failure
            expect_words "launcher and MPI library do not belong together"
            expect_silence opened
        fi
    done
    [ "$opened" -eq 1 ] || complain "$opened plug-ins instead of one could be opened"
    ;;
guessed) # launchers that only say which rank this is: MPI knows how many there are
    attempt "$mpirun" -np 2 sh -c 'unset OMPI_COMM_WORLD_SIZE OMPI_COMM_WORLD_RANK
        unset OMPI_COMM_WORLD_LOCAL_SIZE MPI_LOCALNRANKS; exec "$0" open auto 20' "$faller"
    [ "$code" -eq 0 ] || complain "the exit code should be 0"
    expect_words "rank 0 on $host: opened"
    expect_words "rank 1 on $host: opened"
    attempt env PALS_RANKID=0 "$faller" open auto 20 # there is none to be seen
    [ "$code" -eq 2 ] || complain "the exit code should be 2"
    expect_words "announced rank 0, but .* says rank 0 of 1: .*unset PALS_RANKID"
    ;;
cramped) # an MPI that has no room, and would end the job with a code of its own
    unshare -m true 2>/dev/null || { echo "skipped: only root can mount"; exit 77; }
    attempt unshare -m sh -c 'mkdir -p "$0/full" && mount -t tmpfs -o size=64k none "$0/full" &&
        mount -t tmpfs -o size=1M none /dev/shm &&
        TMPDIR=/tmp exec "$1" -np 2 env TMPDIR="$0/full" "$2" open auto 20' "$here" "$mpirun" "$faller"
    [ "$code" -eq 2 ] || complain "the exit code should be 2"
    expect_words "MPI could not start: .* needs it, and (TMPDIR|the shared memory) .* kB left of"
    ;;
missing) # a copy of the program where there are no plug-ins
    cp "$faller" "$here/faller"
    PANACHE_PLUGINS=/nowhere/first:/nowhere/second attempt "$mpirun" -np 2 "$here/faller" open auto 20
    [ "$code" -eq 2 ] || complain "the exit code should be 2"
    expect_words "there is no plug-in for .* \(started by mpi(run|exec) of .*\); looked for /nowhere/first/panache-mpi-[a-z]*.so, /nowhere/second/.*$here/lib/panache/"
    ;;
*)
    echo "no such case: $case"
    exit 1
    ;;
esac
