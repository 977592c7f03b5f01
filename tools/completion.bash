# SPDX-License-Identifier: BSD-3-Clause
# Completion of panache's command line in bash; printed by `panache help --completion`.
_panache() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words
    case ${COMP_WORDS[1]} in
        run) words=" -N --n --nb --grid --auto-mapping --row-major --column-major --shares --threads --time --memory --lookahead --bcast --segment --panel-threads --buffers --split --seed --threshold --poison --blas --mpi --start-timeout --stall-timeout --tolerance --no-bind --json --output -q --quiet -v --verbose -h --help --version" ;;
        probe) words=" --threads --blas --no-bind -q --quiet -v --verbose -h --help --version" ;;
        hpl) words=" --shares --threads --memory --segment --panel-threads --buffers --split --seed --poison --blas --mpi --start-timeout --stall-timeout --tolerance --no-bind --json -q --quiet -v --verbose -h --help --version" ;;
        help) words=" --man --completion -h --help --version" ;;
        version) words=" -h --help --version" ;;
    esac
    ((COMP_CWORD == 1)) && words="run probe hpl help version"
    case $before in
        --bcast) words="ring ring-modified two-rings two-rings-modified long long-modified" ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o default -F _panache panache
