# SPDX-License-Identifier: BSD-3-Clause
# Completion in bash; printed by `panache help --completion bash`.
_panache() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words
    case ${COMP_WORDS[1]} in
        run) words=" -N --n --nb --grid --auto-mapping --row-major --column-major --shares --threads --time --memory --device-memory --lookahead --bcast --segment --panel-threads --panel --buffers --split --adapt --seed --repeat --threshold --poison --check --blas --device --fp64 --device-mpi --mpi --start-timeout --stall-timeout --tolerance --expect --no-bind --json --output --progress --progress-file --metrics-file --sysfs-root --checkpoint --checkpoint-every -q --quiet -v --verbose -h --help --version" ;;
        resume) words=" --grid --auto-mapping --row-major --column-major --shares --threads --memory --device-memory --lookahead --bcast --segment --panel-threads --panel --buffers --split --adapt --check --blas --device --fp64 --device-mpi --mpi --start-timeout --stall-timeout --tolerance --expect --no-bind --json --output --progress --progress-file --metrics-file --sysfs-root --checkpoint-every -q --quiet -v --verbose -h --help --version" ;;
        mxp) words=" -N --n --nb --grid --auto-mapping --row-major --column-major --shares --threads --time --memory --lookahead --bcast --segment --panel-threads --panel --buffers --split --adapt --seed --repeat --threshold --product --matrix --poison --blas --device --device-mpi --mpi --start-timeout --stall-timeout --tolerance --expect --no-bind --json --output --progress --progress-file --metrics-file --sysfs-root --checkpoint --checkpoint-every -q --quiet -v --verbose -h --help --version" ;;
        probe) words=" --threads --memory --blas --device --mpi --start-timeout --rounds --no-bind -q --quiet -v --verbose -h --help --version" ;;
        hpl) words=" -N --n --nb --grid --shares --threads --memory --device-memory --segment --panel-threads --panel --buffers --split --seed --poison --check --blas --device --fp64 --device-mpi --mpi --start-timeout --stall-timeout --tolerance --expect --no-bind --json --progress --progress-file --metrics-file --sysfs-root -q --quiet -v --verbose -h --help --version" ;;
        screen) words=" --grid --threads --blas --device --mpi --start-timeout --tolerance --expect --rounds --no-bind --json -q --quiet -v --verbose -h --help --version" ;;
        doctor) words=" --threads --blas --device --mpi --start-timeout --no-bind --json -q --quiet -v --verbose -h --help --version" ;;
        blas) words=" --threads --json -h --help --version" ;;
        launch) words=" --time --mpi --partitions --date --nodes --with --benchmark --account --qos --submit -h --help --version" ;;
        report) words=" --html --svg --power -h --help --version" ;;
        compare) words=" --json --csv --junit --fail-below -h --help --version" ;;
        history) words=" --json --csv --junit --fail-below -h --help --version" ;;
        predict) words=" -N --n --nb --grid --shares --lookahead --json --partitions --date --nodes --network --explain --systems --list --benchmark -h --help --version" ;;
        rank) words=" --json --list --file --as-if -h --help --version" ;;
        tune) words=" -N --n --nb --grid --threads --time --memory --device-memory --blas --device --mpi --start-timeout --no-bind --json --partitions --date --nodes --network -q --quiet -v --verbose -h --help --version" ;;
        train) words=" --json --partitions --date --nodes --explain --parameters --tokens --active --hour-price --energy-price --runs -h --help --version" ;;
        plan) words=" --json --partitions --date --nodes --network --list --factor --budget --baseline --peak --of --catalogue --gateway -h --help --version" ;;
        machines) words=" -h --help --version" ;;
        help) words=" --man --completion -h --help --version" ;;
        version) words=" -h --help --version" ;;
    esac
    ((COMP_CWORD == 1)) && words="run resume mxp probe hpl screen doctor blas launch report compare history predict rank tune train plan machines help version"
    case $before in
        --bcast) words="ring ring-modified two-rings two-rings-modified long long-modified" ;;
        --panel) words="auto host device" ;;
        --adapt) words="on off" ;;
        --product) words="auto bf16 fp32" ;;
        --matrix) words="mild dominant" ;;
        --device-mpi) words="auto on off" ;;
        --progress) words="auto live plain json none" ;;
        --baseline) words="rmax peak" ;;
        --with) words="slurm mpirun" ;;
        --benchmark) words="hpl mxp" ;;
        --completion) words="none bash zsh fish" ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o default -F _panache panache
