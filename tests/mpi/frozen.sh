#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A rank of a real run is frozen in the midst of the solve: the job ends by itself with exit code 2
# and names that rank, and the others with step and operation. frozen.sh MPIRUN PANACHE RANK.
mpirun=$1 panache=$2 frozen=$3
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT

complain() {
    echo "rank $frozen frozen: $1; exit code $code, and it said:"
    cat "$here/said"
    exit 1
}

# Each rank leaves its process number behind.
timeout -k 5 100 "$mpirun" -np 4 sh -c 'echo $$ >"$0/${OMPI_COMM_WORLD_RANK:-$PMI_RANK}"
    exec "$@"' "$here" "$panache" run -N 7900 --threads 1 --no-bind --output none --stall-timeout 4 \
    >"$here/said" 2>&1 &
job=$!
code=none
until grep -q "^solving$" "$here/said"; do
    kill -0 $job 2>/dev/null || complain "the run did not come to solving"
    sleep 0.05
done
kill -STOP "$(cat "$here/$frozen")" || complain "the rank cannot be stopped"
wait $job
code=$?
sleep 1 # for the launcher to clear away; what nobody has reaped yet is a zombie
if grep -q -s '^State:[[:space:]]*[RSDTt]' "/proc/$(cat "$here/$frozen")/status"; then
    kill -KILL "$(cat "$here/$frozen")"
    complain "the stopped process is still there"
fi
[ $code -eq 2 ] || complain "the exit code should be 2"
grep -q -E "rank $frozen on .*: no sign of life from this rank for 40? s .* Waiting for it: .*rank [0-3] \((step [0-9]+, )?[a-z ]+\)" \
    "$here/said" || complain "the rank should have been named"
# A launcher may end the others by a signal, which they then say of themselves.
! grep -v "stopped by signal" "$here/said" | grep -q "rank [^$frozen] on" || complain "no other rank should have been blamed"
