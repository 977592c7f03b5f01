#compdef panache
# SPDX-License-Identifier: BSD-3-Clause
# Completion in zsh; printed by `panache help --completion zsh`.
local -a commands=(
    'run:measure this machine: choose everything, solve a Linpack, check it'
    'resume:go on with a run from its checkpoints, on whatever ranks there are'
    'mxp:the same in FP32 with 16-bit products, refined to FP64: HPL-MxP'
    'probe:show this machine as data: processors, memory, BLAS and its rates'
    'hpl:run what HPL.dat (or FILE) lists and print HPL'\''s own text'
    'screen:find the part that is slower than its like, without a Linpack'
    'doctor:what slows a run here: each fact, what it costs, what to do'
    'blas:try every BLAS of this host: which is fastest, which is wrong'
    'launch:print or submit the job that runs on a machine; OPTIONs are those of the run, LINEs further ones of the batch script, such as --constraint=h100'
    'report:draw and explain a run from its record'
    'compare:runs beside the first: the ratio, the phase and part that made it, what differs'
    'history:the results of a folder over time: what changed, what is slower'
    'predict:model a machine: its Rmax, N, grid, time, and why'
    'rank:the place of an Rmax on the TOP500 lists'
    'tune:search N, NB, P x Q, shares and look-ahead by the model, best first'
    'train:hours, energy and cost to train a language model on a machine'
    'plan:which added nodes reach a factor or fit a budget'
    'machines:list the machines that are known by name'
    'help:explain a command and its options'
    'version:print the version'
)
if ((CURRENT == 2)); then
    _describe command commands
    return
fi
local command=$words[2]
shift words
((CURRENT--))
case $command in
    run)
        _arguments \
            '-N[order of the matrix; auto\: fills the time and fits the memory]:COUNT:_files' \
            '--n[order of the matrix; auto\: fills the time and fits the memory]:COUNT:_files' \
            '--nb[rows and columns of a block]:COUNT:_files' \
            '--grid[process rows x process columns; their product is the number of ranks]:PxQ:_files' \
            '--auto-mapping[number the ranks along the process rows, or down the columns first, or as suits the hosts]' \
            '--row-major[number the ranks along the process rows, or down the columns first, or as suits the hosts]' \
            '--column-major[number the ranks along the process rows, or down the columns first, or as suits the hosts]' \
            '--shares[auto\: by measured rates; equal; speeds of the process columns, such as 3\:1, or of ranks in FILE]:A\:B\:...|@FILE:_files' \
            '--threads[threads of each rank; auto\: its part of the cores]:COUNT:_files' \
            '--time[how long the solve shall take; also 90s, 10m, 2h]:SECONDS:_files' \
            '--memory[most memory to take on each host\: a share of what is available, such as 80%, or 12G; a device\: all, or a size]:SHARE|SIZE:_files' \
            '--device-memory[how much of its memory a device takes; of more, such as 120%, the rest lies in host memory; auto\: where the model says that it pays]:SHARE|SIZE:_files' \
            '--lookahead[1\: factor the next panel beside the update; 0\: after it]:0|1:_files' \
            '--bcast[way of the panels along the process rows]:WORD:(ring ring-modified two-rings two-rings-modified long long-modified)' \
            '--segment[piece in which panels travel; also 256K, 2M]:BYTES:_files' \
            '--panel-threads[threads that factor the panel while the others multiply]:COUNT:_files' \
            '--panel[where a device'\''s panels are factored; auto\: each where it costs less, by trials before the run]:WORD:(auto host device)' \
            '--buffers[panels that may be under way at once]:COUNT:_files' \
            '--split[first part of the split update, where rows are exchanged between processes]:SHARE:_files' \
            '--adapt[move block columns when parts turn out slower or faster than their shares]:on|off:(on off)' \
            '--seed[seed of the matrix; 100 is HPL'\''s]:NUMBER:_files' \
            '--repeat[solve it so many times\: the median and the spread are told, and all are in the record]:COUNT:_files' \
            '--threshold[the scaled residual must be below it]:NUMBER:_files' \
            '--poison[a deliberate fault\: set one entry, or a whole column, counted from 0, to VALUE (nan, inf)]:[ROW,]COLUMN=VALUE:_files' \
            '--check[check the sums of the matrix'\''s rows during the run, and put right what is wrong; auto\: if it costs less than 1 %]:auto|off|rows[\:STEPS]:_files' \
            '--blas[auto\: the fastest that computes rightly, by trials; openblas, blis, mkl, reference, or a path\: that one as it is]:LIBRARY:_files' \
            '--device[compute on the processors or on a CUDA device; auto\: a device for each rank if there are any]:auto|cpu|cuda|hip[\:NUMBER]:_files' \
            '--fp64[emulated\: products of FP64 by integers with so many bits, 55 if not said, on CUDA devices that can; not comparable with the TOP500]:native|emulated[\:BITS]:_files' \
            '--device-mpi[hand a device'\''s memory to MPI as it is, without a copy on the host; auto\: where the MPI says that it can]:auto|on|off:(auto on off)' \
            '--mpi[openmpi, mpich, none, or the path of a plug-in; auto\: the one whose launcher started this]:LIBRARY:_files' \
            '--start-timeout[wait so long for all ranks to arrive; 0\: for ever]:SECONDS:_files' \
            '--stall-timeout[end a run in which a rank makes no progress for so long, ten times that outside the solve; auto\: 120 or more; 0\: never]:SECONDS:_files' \
            '--tolerance[name ranks that are slower than others of their kind by more than this]:SHARE:_files' \
            '--expect[refuse to start unless this rank'\''s host has so many ranks with so many cores each; auto\: as they come]:RANKSxCORES:_files' \
            '--no-bind[leave the threads free instead of binding each to a core]' \
            '--json[write the record as JSON to FILE as well; -\: to standard output instead of the text]:FILE:_files' \
            '--output[folder for the results\: HPL'\''s text and the JSON record; none\: write no files]:DIRECTORY:_files' \
            '--progress[how far the solve is, on standard error\: live\: a screen, where that is a terminal of 80 x 20; auto\: the same for runs of a while; plain\: lines; json\: JSON lines]:auto|live|plain|json|none:(auto live plain json none)' \
            '--progress-file[write JSON lines of how far the solve is to FILE, or to an open descriptor, for dashboards]:FILE|fd\:NUMBER:_files' \
            '--metrics-file[keep FILE as OpenMetrics text of how far the solve is, replaced as a whole, as node_exporter'\''s textfile collector reads it]:FILE:_files' \
            '--sysfs-root[where the host'\''s energy meters are read]:DIRECTORY:_files' \
            '--checkpoint[write the run away to DIRECTORY from time to time, so that panache resume can go on with it; none\: do not]:DIRECTORY:_files' \
            '--checkpoint-every[time from one checkpoint to the next; also 90s, 10m, 2h; 0\: as often as can be]:SECONDS:_files' \
            '-q[say nothing on standard error but errors]' \
            '--quiet[say nothing on standard error but errors]' \
            '-v[say more on standard error]' \
            '--verbose[say more on standard error]' \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
    resume)
        _arguments \
            '--grid[process rows x process columns; their product is the number of ranks]:PxQ:_files' \
            '--auto-mapping[number the ranks along the process rows, or down the columns first, or as suits the hosts]' \
            '--row-major[number the ranks along the process rows, or down the columns first, or as suits the hosts]' \
            '--column-major[number the ranks along the process rows, or down the columns first, or as suits the hosts]' \
            '--shares[auto\: by measured rates; equal; speeds of the process columns, such as 3\:1, or of ranks in FILE]:A\:B\:...|@FILE:_files' \
            '--threads[threads of each rank; auto\: its part of the cores]:COUNT:_files' \
            '--memory[most memory to take on each host\: a share of what is available, such as 80%, or 12G; a device\: all, or a size]:SHARE|SIZE:_files' \
            '--device-memory[how much of its memory a device takes; of more, such as 120%, the rest lies in host memory; auto\: where the model says that it pays]:SHARE|SIZE:_files' \
            '--lookahead[1\: factor the next panel beside the update; 0\: after it]:0|1:_files' \
            '--bcast[way of the panels along the process rows]:WORD:(ring ring-modified two-rings two-rings-modified long long-modified)' \
            '--segment[piece in which panels travel; also 256K, 2M]:BYTES:_files' \
            '--panel-threads[threads that factor the panel while the others multiply]:COUNT:_files' \
            '--panel[where a device'\''s panels are factored; auto\: each where it costs less, by trials before the run]:WORD:(auto host device)' \
            '--buffers[panels that may be under way at once]:COUNT:_files' \
            '--split[first part of the split update, where rows are exchanged between processes]:SHARE:_files' \
            '--adapt[move block columns when parts turn out slower or faster than their shares]:on|off:(on off)' \
            '--check[check the sums of the matrix'\''s rows during the run, and put right what is wrong; auto\: if it costs less than 1 %]:auto|off|rows[\:STEPS]:_files' \
            '--blas[auto\: the fastest that computes rightly, by trials; openblas, blis, mkl, reference, or a path\: that one as it is]:LIBRARY:_files' \
            '--device[compute on the processors or on a CUDA device; auto\: a device for each rank if there are any]:auto|cpu|cuda|hip[\:NUMBER]:_files' \
            '--fp64[emulated\: products of FP64 by integers with so many bits, 55 if not said, on CUDA devices that can; not comparable with the TOP500]:native|emulated[\:BITS]:_files' \
            '--device-mpi[hand a device'\''s memory to MPI as it is, without a copy on the host; auto\: where the MPI says that it can]:auto|on|off:(auto on off)' \
            '--mpi[openmpi, mpich, none, or the path of a plug-in; auto\: the one whose launcher started this]:LIBRARY:_files' \
            '--start-timeout[wait so long for all ranks to arrive; 0\: for ever]:SECONDS:_files' \
            '--stall-timeout[end a run in which a rank makes no progress for so long, ten times that outside the solve; auto\: 120 or more; 0\: never]:SECONDS:_files' \
            '--tolerance[name ranks that are slower than others of their kind by more than this]:SHARE:_files' \
            '--expect[refuse to start unless this rank'\''s host has so many ranks with so many cores each; auto\: as they come]:RANKSxCORES:_files' \
            '--no-bind[leave the threads free instead of binding each to a core]' \
            '--json[write the record as JSON to FILE as well; -\: to standard output instead of the text]:FILE:_files' \
            '--output[folder for the results\: HPL'\''s text and the JSON record; none\: write no files]:DIRECTORY:_files' \
            '--progress[how far the solve is, on standard error\: live\: a screen, where that is a terminal of 80 x 20; auto\: the same for runs of a while; plain\: lines; json\: JSON lines]:auto|live|plain|json|none:(auto live plain json none)' \
            '--progress-file[write JSON lines of how far the solve is to FILE, or to an open descriptor, for dashboards]:FILE|fd\:NUMBER:_files' \
            '--metrics-file[keep FILE as OpenMetrics text of how far the solve is, replaced as a whole, as node_exporter'\''s textfile collector reads it]:FILE:_files' \
            '--sysfs-root[where the host'\''s energy meters are read]:DIRECTORY:_files' \
            '--checkpoint-every[time from one checkpoint to the next; also 90s, 10m, 2h; 0\: as often as can be]:SECONDS:_files' \
            '-q[say nothing on standard error but errors]' \
            '--quiet[say nothing on standard error but errors]' \
            '-v[say more on standard error]' \
            '--verbose[say more on standard error]' \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
    mxp)
        _arguments \
            '-N[order of the matrix; auto\: fills the time and fits the memory]:COUNT:_files' \
            '--n[order of the matrix; auto\: fills the time and fits the memory]:COUNT:_files' \
            '--nb[rows and columns of a block]:COUNT:_files' \
            '--grid[process rows x process columns; their product is the number of ranks]:PxQ:_files' \
            '--auto-mapping[number the ranks along the process rows, or down the columns first, or as suits the hosts]' \
            '--row-major[number the ranks along the process rows, or down the columns first, or as suits the hosts]' \
            '--column-major[number the ranks along the process rows, or down the columns first, or as suits the hosts]' \
            '--shares[auto\: by measured rates; equal; speeds of the process columns, such as 3\:1, or of ranks in FILE]:A\:B\:...|@FILE:_files' \
            '--threads[threads of each rank; auto\: its part of the cores]:COUNT:_files' \
            '--time[how long the solve shall take; also 90s, 10m, 2h]:SECONDS:_files' \
            '--memory[most memory to take on each host\: a share of what is available, such as 80%, or 12G; a device\: all, or a size]:SHARE|SIZE:_files' \
            '--lookahead[1\: factor the next panel beside the update; 0\: after it]:0|1:_files' \
            '--bcast[way of the panels along the process rows]:WORD:(ring ring-modified two-rings two-rings-modified long long-modified)' \
            '--segment[piece in which panels travel; also 256K, 2M]:BYTES:_files' \
            '--panel-threads[threads that factor the panel while the others multiply]:COUNT:_files' \
            '--panel[where a device'\''s panels are factored; auto\: each where it costs less, by trials before the run]:WORD:(auto host device)' \
            '--buffers[panels that may be under way at once]:COUNT:_files' \
            '--split[first part of the split update, where rows are exchanged between processes]:SHARE:_files' \
            '--adapt[move block columns when parts turn out slower or faster than their shares]:on|off:(on off)' \
            '--seed[seed of the matrix; 100 is HPL'\''s]:NUMBER:_files' \
            '--repeat[solve it so many times\: the median and the spread are told, and all are in the record]:COUNT:_files' \
            '--threshold[the scaled residual must be below it]:NUMBER:_files' \
            '--product[numbers that are multiplied, summed in FP32; auto\: on each rank what is faster there]:auto|bf16|fp32:(auto bf16 fp32)' \
            '--matrix[mild\: HPL'\''s with sqrt(N) more on its diagonal; dominant\: with so much that it dominates, for testing only]:mild|dominant:(mild dominant)' \
            '--poison[a deliberate fault\: set one entry, or a whole column, counted from 0, to VALUE (nan, inf)]:[ROW,]COLUMN=VALUE:_files' \
            '--blas[auto\: the fastest that computes rightly, by trials; openblas, blis, mkl, reference, or a path\: that one as it is]:LIBRARY:_files' \
            '--device[compute on the processors or on a CUDA device; auto\: a device for each rank if there are any]:auto|cpu|cuda|hip[\:NUMBER]:_files' \
            '--device-mpi[hand a device'\''s memory to MPI as it is, without a copy on the host; auto\: where the MPI says that it can]:auto|on|off:(auto on off)' \
            '--mpi[openmpi, mpich, none, or the path of a plug-in; auto\: the one whose launcher started this]:LIBRARY:_files' \
            '--start-timeout[wait so long for all ranks to arrive; 0\: for ever]:SECONDS:_files' \
            '--stall-timeout[end a run in which a rank makes no progress for so long, ten times that outside the solve; auto\: 120 or more; 0\: never]:SECONDS:_files' \
            '--tolerance[name ranks that are slower than others of their kind by more than this]:SHARE:_files' \
            '--expect[refuse to start unless this rank'\''s host has so many ranks with so many cores each; auto\: as they come]:RANKSxCORES:_files' \
            '--no-bind[leave the threads free instead of binding each to a core]' \
            '--json[write the record as JSON to FILE as well; -\: to standard output instead of the text]:FILE:_files' \
            '--output[folder for the results\: HPL'\''s text and the JSON record; none\: write no files]:DIRECTORY:_files' \
            '--progress[how far the solve is, on standard error\: live\: a screen, where that is a terminal of 80 x 20; auto\: the same for runs of a while; plain\: lines; json\: JSON lines]:auto|live|plain|json|none:(auto live plain json none)' \
            '--progress-file[write JSON lines of how far the solve is to FILE, or to an open descriptor, for dashboards]:FILE|fd\:NUMBER:_files' \
            '--metrics-file[keep FILE as OpenMetrics text of how far the solve is, replaced as a whole, as node_exporter'\''s textfile collector reads it]:FILE:_files' \
            '--sysfs-root[where the host'\''s energy meters are read]:DIRECTORY:_files' \
            '--checkpoint[write the run away to DIRECTORY from time to time, so that panache resume can go on with it; none\: do not]:DIRECTORY:_files' \
            '--checkpoint-every[time from one checkpoint to the next; also 90s, 10m, 2h; 0\: as often as can be]:SECONDS:_files' \
            '-q[say nothing on standard error but errors]' \
            '--quiet[say nothing on standard error but errors]' \
            '-v[say more on standard error]' \
            '--verbose[say more on standard error]' \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
    probe)
        _arguments \
            '--threads[threads of each rank; auto\: its part of the cores]:COUNT:_files' \
            '--memory[most memory to take on each host\: a share of what is available, such as 80%, or 12G; a device\: all, or a size]:SHARE|SIZE:_files' \
            '--blas[auto\: the fastest that computes rightly, by trials; openblas, blis, mkl, reference, or a path\: that one as it is]:LIBRARY:_files' \
            '--device[compute on the processors or on a CUDA device; auto\: a device for each rank if there are any]:auto|cpu|cuda|hip[\:NUMBER]:_files' \
            '--mpi[openmpi, mpich, none, or the path of a plug-in; auto\: the one whose launcher started this]:LIBRARY:_files' \
            '--start-timeout[wait so long for all ranks to arrive; 0\: for ever]:SECONDS:_files' \
            '--rounds[times that everything is measured; auto\: 5 for probe; for screen once, and up to 3 times while something seems slow]:COUNT:_files' \
            '--no-bind[leave the threads free instead of binding each to a core]' \
            '-q[say nothing on standard error but errors]' \
            '--quiet[say nothing on standard error but errors]' \
            '-v[say more on standard error]' \
            '--verbose[say more on standard error]' \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
    hpl)
        _arguments \
            '-N[order of the matrix; auto\: fills the time and fits the memory]:COUNT:_files' \
            '--n[order of the matrix; auto\: fills the time and fits the memory]:COUNT:_files' \
            '--nb[rows and columns of a block]:COUNT:_files' \
            '--grid[process rows x process columns; their product is the number of ranks]:PxQ:_files' \
            '--shares[auto\: by measured rates; equal; speeds of the process columns, such as 3\:1, or of ranks in FILE]:A\:B\:...|@FILE:_files' \
            '--threads[threads of each rank; auto\: its part of the cores]:COUNT:_files' \
            '--memory[most memory to take on each host\: a share of what is available, such as 80%, or 12G; a device\: all, or a size]:SHARE|SIZE:_files' \
            '--device-memory[how much of its memory a device takes; of more, such as 120%, the rest lies in host memory; auto\: where the model says that it pays]:SHARE|SIZE:_files' \
            '--segment[piece in which panels travel; also 256K, 2M]:BYTES:_files' \
            '--panel-threads[threads that factor the panel while the others multiply]:COUNT:_files' \
            '--panel[where a device'\''s panels are factored; auto\: each where it costs less, by trials before the run]:WORD:(auto host device)' \
            '--buffers[panels that may be under way at once]:COUNT:_files' \
            '--split[first part of the split update, where rows are exchanged between processes]:SHARE:_files' \
            '--seed[seed of the matrix; 100 is HPL'\''s]:NUMBER:_files' \
            '--poison[a deliberate fault\: set one entry, or a whole column, counted from 0, to VALUE (nan, inf)]:[ROW,]COLUMN=VALUE:_files' \
            '--check[check the sums of the matrix'\''s rows during the run, and put right what is wrong; auto\: if it costs less than 1 %]:auto|off|rows[\:STEPS]:_files' \
            '--blas[auto\: the fastest that computes rightly, by trials; openblas, blis, mkl, reference, or a path\: that one as it is]:LIBRARY:_files' \
            '--device[compute on the processors or on a CUDA device; auto\: a device for each rank if there are any]:auto|cpu|cuda|hip[\:NUMBER]:_files' \
            '--fp64[emulated\: products of FP64 by integers with so many bits, 55 if not said, on CUDA devices that can; not comparable with the TOP500]:native|emulated[\:BITS]:_files' \
            '--device-mpi[hand a device'\''s memory to MPI as it is, without a copy on the host; auto\: where the MPI says that it can]:auto|on|off:(auto on off)' \
            '--mpi[openmpi, mpich, none, or the path of a plug-in; auto\: the one whose launcher started this]:LIBRARY:_files' \
            '--start-timeout[wait so long for all ranks to arrive; 0\: for ever]:SECONDS:_files' \
            '--stall-timeout[end a run in which a rank makes no progress for so long, ten times that outside the solve; auto\: 120 or more; 0\: never]:SECONDS:_files' \
            '--tolerance[name ranks that are slower than others of their kind by more than this]:SHARE:_files' \
            '--expect[refuse to start unless this rank'\''s host has so many ranks with so many cores each; auto\: as they come]:RANKSxCORES:_files' \
            '--no-bind[leave the threads free instead of binding each to a core]' \
            '--json[write the record as JSON to FILE as well; -\: to standard output instead of the text]:FILE:_files' \
            '--progress[how far the solve is, on standard error\: live\: a screen, where that is a terminal of 80 x 20; auto\: the same for runs of a while; plain\: lines; json\: JSON lines]:auto|live|plain|json|none:(auto live plain json none)' \
            '--progress-file[write JSON lines of how far the solve is to FILE, or to an open descriptor, for dashboards]:FILE|fd\:NUMBER:_files' \
            '--metrics-file[keep FILE as OpenMetrics text of how far the solve is, replaced as a whole, as node_exporter'\''s textfile collector reads it]:FILE:_files' \
            '--sysfs-root[where the host'\''s energy meters are read]:DIRECTORY:_files' \
            '-q[say nothing on standard error but errors]' \
            '--quiet[say nothing on standard error but errors]' \
            '-v[say more on standard error]' \
            '--verbose[say more on standard error]' \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
    screen)
        _arguments \
            '--grid[process rows x process columns; their product is the number of ranks]:PxQ:_files' \
            '--threads[threads of each rank; auto\: its part of the cores]:COUNT:_files' \
            '--blas[auto\: the fastest that computes rightly, by trials; openblas, blis, mkl, reference, or a path\: that one as it is]:LIBRARY:_files' \
            '--device[compute on the processors or on a CUDA device; auto\: a device for each rank if there are any]:auto|cpu|cuda|hip[\:NUMBER]:_files' \
            '--mpi[openmpi, mpich, none, or the path of a plug-in; auto\: the one whose launcher started this]:LIBRARY:_files' \
            '--start-timeout[wait so long for all ranks to arrive; 0\: for ever]:SECONDS:_files' \
            '--tolerance[name ranks that are slower than others of their kind by more than this]:SHARE:_files' \
            '--expect[refuse to start unless this rank'\''s host has so many ranks with so many cores each; auto\: as they come]:RANKSxCORES:_files' \
            '--rounds[times that everything is measured; auto\: 5 for probe; for screen once, and up to 3 times while something seems slow]:COUNT:_files' \
            '--no-bind[leave the threads free instead of binding each to a core]' \
            '--json[write the record as JSON to FILE as well; -\: to standard output instead of the text]:FILE:_files' \
            '-q[say nothing on standard error but errors]' \
            '--quiet[say nothing on standard error but errors]' \
            '-v[say more on standard error]' \
            '--verbose[say more on standard error]' \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
    doctor)
        _arguments \
            '--threads[threads of each rank; auto\: its part of the cores]:COUNT:_files' \
            '--blas[auto\: the fastest that computes rightly, by trials; openblas, blis, mkl, reference, or a path\: that one as it is]:LIBRARY:_files' \
            '--device[compute on the processors or on a CUDA device; auto\: a device for each rank if there are any]:auto|cpu|cuda|hip[\:NUMBER]:_files' \
            '--mpi[openmpi, mpich, none, or the path of a plug-in; auto\: the one whose launcher started this]:LIBRARY:_files' \
            '--start-timeout[wait so long for all ranks to arrive; 0\: for ever]:SECONDS:_files' \
            '--no-bind[leave the threads free instead of binding each to a core]' \
            '--json[write the record as JSON to FILE as well; -\: to standard output instead of the text]:FILE:_files' \
            '-q[say nothing on standard error but errors]' \
            '--quiet[say nothing on standard error but errors]' \
            '-v[say more on standard error]' \
            '--verbose[say more on standard error]' \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
    blas)
        _arguments \
            '--threads[threads of each rank; auto\: its part of the cores]:COUNT:_files' \
            '--json[write the record as JSON to FILE as well; -\: to standard output instead of the text]:FILE:_files' \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
    launch)
        _arguments \
            '--time[how long the solve shall take; also 90s, 10m, 2h]:SECONDS:_files' \
            '--mpi[openmpi, mpich, none, or the path of a plug-in; auto\: the one whose launcher started this]:LIBRARY:_files' \
            '--partitions[only these partitions of the machine, in one run]:NAME,...:_files' \
            '--date[only what was in service then\: YYYY, YYYY-MM or YYYY-MM-DD, with or without the hyphens]:DATE:_files' \
            '--nodes[nodes of each partition that is left; auto\: all that it has]:COUNT:_files' \
            '--with[what starts the job]:WORD:(slurm mpirun)' \
            '--benchmark[which benchmark\: Linpack, or HPL-MxP]:hpl|mxp:(hpl mxp)' \
            '--account[account that the batch system charges; none\: its default]:NAME:_files' \
            '--qos[quality of service that is asked of the batch system; none\: its default]:NAME:_files' \
            '--submit[hand the job to Slurm instead of printing it]' \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
    report)
        _arguments \
            '--html[write the report for a browser to FILE; auto\: beside the record; -\: to standard output instead of the text; none\: do not]:FILE:_files' \
            '--svg[write the picture alone to FILE; auto\: beside the record; -\: to standard output instead of the text; none\: do not]:FILE:_files' \
            '--power[a site'\''s meter readings (csv, xlsx\: time, watts or joules, set, metered, nodes)\: power in the core phase by the EEHPC method]:TABLE:_files' \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
    compare)
        _arguments \
            '--json[write the record as JSON to FILE as well; -\: to standard output instead of the text]:FILE:_files' \
            '--csv[write the table as CSV to FILE as well; -\: to standard output instead of the text]:FILE:_files' \
            '--junit[write the findings as JUnit'\''s XML to FILE, as CI systems read tests; -\: to standard output instead of the text]:FILE:_files' \
            '--fail-below[end with exit code 1 if a rate is below this part of the first'\''s, or of the usual one; 0\: compare\: never, history\: beyond noise]:RATIO:_files' \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
    history)
        _arguments \
            '--json[write the record as JSON to FILE as well; -\: to standard output instead of the text]:FILE:_files' \
            '--csv[write the table as CSV to FILE as well; -\: to standard output instead of the text]:FILE:_files' \
            '--junit[write the findings as JUnit'\''s XML to FILE, as CI systems read tests; -\: to standard output instead of the text]:FILE:_files' \
            '--fail-below[end with exit code 1 if a rate is below this part of the first'\''s, or of the usual one; 0\: compare\: never, history\: beyond noise]:RATIO:_files' \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
    predict)
        _arguments \
            '-N[order of the matrix; auto\: fills the time and fits the memory]:COUNT:_files' \
            '--n[order of the matrix; auto\: fills the time and fits the memory]:COUNT:_files' \
            '--nb[rows and columns of a block]:COUNT:_files' \
            '--grid[process rows x process columns; their product is the number of ranks]:PxQ:_files' \
            '--shares[auto\: by measured rates; equal; speeds of the process columns, such as 3\:1, or of ranks in FILE]:A\:B\:...|@FILE:_files' \
            '--lookahead[1\: factor the next panel beside the update; 0\: after it]:0|1:_files' \
            '--json[write the record as JSON to FILE as well; -\: to standard output instead of the text]:FILE:_files' \
            '--partitions[only these partitions of the machine, in one run]:NAME,...:_files' \
            '--date[only what was in service then\: YYYY, YYYY-MM or YYYY-MM-DD, with or without the hyphens]:DATE:_files' \
            '--nodes[nodes of each partition that is left; auto\: all that it has]:COUNT:_files' \
            '--network[network between the nodes, such as NDR, of partitions whose file names none]:NAME:_files' \
            '--explain[list every figure used, with its source or as assumed]' \
            '--systems[model every system of a table of published ones (csv, xlsx) and compare, in place of a machine]:TABLE:_files' \
            '--list[list to begin with, such as 202306 or 2023-06; auto\: the last one known]:YYYYMM:_files' \
            '--benchmark[which benchmark\: Linpack, or HPL-MxP]:hpl|mxp:(hpl mxp)' \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
    rank)
        _arguments \
            '--json[write the record as JSON to FILE as well; -\: to standard output instead of the text]:FILE:_files' \
            '--list[list to begin with, such as 202306 or 2023-06; auto\: the last one known]:YYYYMM:_files' \
            '--file[a list downloaded from TOP500.org (xlsx, xml, csv)\: exact places, with names]:LIST:_files' \
            '--as-if[place a record that is not comparable with the list, of emulated FP64 or HPL-MxP, as if it were]' \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
    tune)
        _arguments \
            '-N[order of the matrix; auto\: fills the time and fits the memory]:COUNT:_files' \
            '--n[order of the matrix; auto\: fills the time and fits the memory]:COUNT:_files' \
            '--nb[rows and columns of a block]:COUNT:_files' \
            '--grid[process rows x process columns; their product is the number of ranks]:PxQ:_files' \
            '--threads[threads of each rank; auto\: its part of the cores]:COUNT:_files' \
            '--time[how long the solve shall take; also 90s, 10m, 2h]:SECONDS:_files' \
            '--memory[most memory to take on each host\: a share of what is available, such as 80%, or 12G; a device\: all, or a size]:SHARE|SIZE:_files' \
            '--device-memory[how much of its memory a device takes; of more, such as 120%, the rest lies in host memory; auto\: where the model says that it pays]:SHARE|SIZE:_files' \
            '--blas[auto\: the fastest that computes rightly, by trials; openblas, blis, mkl, reference, or a path\: that one as it is]:LIBRARY:_files' \
            '--device[compute on the processors or on a CUDA device; auto\: a device for each rank if there are any]:auto|cpu|cuda|hip[\:NUMBER]:_files' \
            '--mpi[openmpi, mpich, none, or the path of a plug-in; auto\: the one whose launcher started this]:LIBRARY:_files' \
            '--start-timeout[wait so long for all ranks to arrive; 0\: for ever]:SECONDS:_files' \
            '--no-bind[leave the threads free instead of binding each to a core]' \
            '--json[write the record as JSON to FILE as well; -\: to standard output instead of the text]:FILE:_files' \
            '--partitions[only these partitions of the machine, in one run]:NAME,...:_files' \
            '--date[only what was in service then\: YYYY, YYYY-MM or YYYY-MM-DD, with or without the hyphens]:DATE:_files' \
            '--nodes[nodes of each partition that is left; auto\: all that it has]:COUNT:_files' \
            '--network[network between the nodes, such as NDR, of partitions whose file names none]:NAME:_files' \
            '-q[say nothing on standard error but errors]' \
            '--quiet[say nothing on standard error but errors]' \
            '-v[say more on standard error]' \
            '--verbose[say more on standard error]' \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
    train)
        _arguments \
            '--json[write the record as JSON to FILE as well; -\: to standard output instead of the text]:FILE:_files' \
            '--partitions[only these partitions of the machine, in one run]:NAME,...:_files' \
            '--date[only what was in service then\: YYYY, YYYY-MM or YYYY-MM-DD, with or without the hyphens]:DATE:_files' \
            '--nodes[nodes of each partition that is left; auto\: all that it has]:COUNT:_files' \
            '--explain[list every figure used, with its source or as assumed]' \
            '--parameters[of the model to train, such as 7B; none\: tell no more than how long 10^23 and 10^25 operations take]:COUNT:_files' \
            '--tokens[that it is trained on, such as 3T]:COUNT:_files' \
            '--active[parameters that a token passes, where experts are mixed; none\: all]:COUNT:_files' \
            '--hour-price[of a device for an hour, such as 2.5EUR\: what the training costs]:MONEY:_files' \
            '--energy-price[of a MWh, such as 150EUR\: added to what the training costs]:MONEY:_files' \
            '--runs[hold the shares of the peak against a table of published trainings (csv, xlsx), in place of a machine]:TABLE:_files' \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
    plan)
        _arguments \
            '--json[write the record as JSON to FILE as well; -\: to standard output instead of the text]:FILE:_files' \
            '--partitions[only these partitions of the machine, in one run]:NAME,...:_files' \
            '--date[only what was in service then\: YYYY, YYYY-MM or YYYY-MM-DD, with or without the hyphens]:DATE:_files' \
            '--nodes[nodes of each partition that is left; auto\: all that it has]:COUNT:_files' \
            '--network[network between the nodes, such as NDR, of partitions whose file names none]:NAME:_files' \
            '--list[list to begin with, such as 202306 or 2023-06; auto\: the last one known]:YYYYMM:_files' \
            '--factor[reach so many times the baseline]:NUMBER:_files' \
            '--budget[spend at most this, such as 50M (EUR)]:MONEY:_files' \
            '--baseline[what --factor multiplies\: the modelled Rmax, or the published peak]:WORD:(rmax peak)' \
            '--peak[peak that --baseline peak multiplies, such as 36.85PF; auto\: the sum of the partitions'\'' published ones]:RATE:_files' \
            '--of[the partitions that --factor counts]:NAME,...:_files' \
            '--catalogue[kinds of nodes to choose from, a machine file; auto\: the one shipped]:FILE:_files' \
            '--gateway[between the networks of old and added nodes, one way, such as 200GB/s; auto\: as in the file, else assumed]:BANDWIDTH:_files' \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
    machines)
        _arguments \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
    help)
        _arguments \
            '--man[print the manual page; with the command hpl that of xhpl]' \
            '--completion[print the completion for a shell]:SHELL:(none bash zsh fish)' \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
    version)
        _arguments \
            '-h[explain the options and stop]' \
            '--help[explain the options and stop]' \
            '--version[print the version and stop]' \
            '*:file:_files' ;;
esac
