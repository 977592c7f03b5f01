# SPDX-License-Identifier: BSD-3-Clause
# Measuring on virtual processors, for bash scripts to source: what their host takes away from them
# is known (steal in /proc/stat), and where that is too much a measurement is made again. A host that
# takes freed memory back does so some seconds after a large process has ended, for longer the more it
# was, and takes time from the processors meanwhile: what began at once would pay for what ran before.

most_stolen=0.5 most_repeats=3 # per cent of the processors' time, and how often that is not accepted
settle_seconds=3 settle_most=20 # at a time, and how often

# Per cent of the processors' time that their host gave to others between two first lines of /proc/stat.
stolen() { # BEFORE AFTER
    printf '%s\n' "$1" "$2" | awk '{ for (i = 2; i <= 9; i++) all[NR] += $i; steal[NR] = $9 }
        END { print 100 * (steal[2] - steal[1]) / (all[2] - all[1] + 1) }'
}

was_left_alone() { # BEFORE
    awk "BEGIN { exit !($(stolen "$1" "$(head -1 /proc/stat)") <= $most_stolen) }"
}

# Waits until the host is done with what ended before; where it never took anything, not at all.
settle() {
    local turn before
    [ "$(awk 'NR == 1 { print $9 + 0 }' /proc/stat)" -gt 0 ] || return 0
    for ((turn = 0; turn < settle_most; turn++)); do
        before=$(head -1 /proc/stat)
        sleep $settle_seconds
        was_left_alone "$before" && return
    done
}

# What a command says, again where the host left it too little; each time is a line in a file.
undisturbed() { # FILE COMMAND...
    local turn before output log=$1
    shift
    for ((turn = 0; turn <= most_repeats; turn++)); do
        settle
        before=$(head -1 /proc/stat)
        output=$("$@")
        was_left_alone "$before" && break
        echo "$*" >>"$log"
    done
    echo "$output"
}

# How many times that was so, for the end of a table.
say_disturbed() { # FILE
    [ ! -f "$1" ] || echo "$(wc -l <"$1") times the host took more than $most_stolen % of the processors'" \
        "time away from a measurement, which was repeated then, up to $most_repeats times"
}
