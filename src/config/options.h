// SPDX-License-Identifier: BSD-3-Clause
// Everything that can be asked for on the command line, in one table: a row is a field of
// pn_options, how its value is read and bounded, its names, who takes it, and its help sentence.
// The parser, --help, the man page, the completion and the echo in JSON all come from the rows; an
// option is added by adding a row. Commands have a table of their own, above it.
#ifndef PN_CONFIG_OPTIONS_H
#define PN_CONFIG_OPTIONS_H

#include "base/settings.h"
#include "base/status.h"
#include "base/types.h"
#include "config/value.h"

// X(identifier, name, operands, most operands, summary): pn_command_<name> carries it out.
#define PN_COMMANDS(X)                                                                             \
    X(RUN, run, "", 0, "measure this machine: choose everything, solve a Linpack, check it")       \
    X(RESUME, resume, "DIRECTORY", 1,                                                              \
      "go on with a run from its checkpoints, on whatever ranks there are")                        \
    X(MXP, mxp, "", 0, "the same in FP32 with 16-bit products, refined to FP64: HPL-MxP")          \
    X(PROBE, probe, "", 0, "show this machine as data: processors, memory, BLAS and its rates")    \
    X(HPL, hpl, "[FILE]", 1, "run what HPL.dat (or FILE) lists and print HPL's own text")          \
    X(SCREEN, screen, "", 0, "find the part that is slower than its like, without a Linpack")      \
    X(DOCTOR, doctor, "", 0, "what slows a run here: each fact, what it costs, what to do")        \
    X(BLAS, blas, "", 0, "try every BLAS of this host: which is fastest, which is wrong")          \
    X(LAUNCH, launch, "MACHINE.yaml [-- OPTION... [-- LINE...]]", 32,                              \
      "print or submit the job that runs on a machine; OPTIONs are those of the run, LINEs "       \
      "further ones of the batch script, such as --constraint=h100")                               \
    X(REPORT, report, "RESULT.json", 1, "draw and explain a run from its record")                  \
    X(COMPARE, compare, "RESULT.json RESULT.json...", 32,                                          \
      "runs beside the first: the ratio, the phase and part that made it, what differs")           \
    X(HISTORY, history, "[DIRECTORY]", 1,                                                          \
      "the results of a folder over time: what changed, what is slower")                           \
    X(PREDICT, predict, "MACHINE.yaml", 1, "model a machine: its Rmax, N, grid, time, and why")    \
    X(RANK, rank, "RATE|FILE", 1, "the place of an Rmax on the TOP500 lists")                      \
    X(TUNE, tune, "[MACHINE.yaml]", 1,                                                             \
      "search N, NB, P x Q, shares and look-ahead by the model, best first")                       \
    X(TRAIN, train, "MACHINE.yaml|RESULT.json", 1,                                                 \
      "hours, energy and cost to train a language model on a machine")                             \
    X(PLAN, plan, "MACHINE.yaml", 1, "which added nodes reach a factor or fit a budget")           \
    X(MACHINES, machines, "", 0, "list the machines that are known by name")                       \
    X(HELP, help, "[COMMAND]", 1, "explain a command and its options")                             \
    X(VERSION, version, "", 0, "print the version")

typedef enum pn_command {
#define PN_COMMAND_ENUM(id, name, operands, most, summary) PN_COMMAND_##id,
    PN_COMMANDS(PN_COMMAND_ENUM)
#undef PN_COMMAND_ENUM
        PN_COMMAND_COUNT
} pn_command;

#define PN_FOR(id) (1u << PN_COMMAND_##id)
#define PN_FOR_RUNS (PN_FOR(RUN) | PN_FOR(MXP) | PN_FOR(HPL))
#define PN_FOR_SOLVE (PN_FOR(RUN) | PN_FOR(MXP) | PN_FOR(RESUME))
#define PN_FOR_SOLVES (PN_FOR_RUNS | PN_FOR(RESUME))
#define PN_FOR_RANKS (PN_FOR_SOLVES | PN_FOR(SCREEN))
#define PN_FOR_JOBS (PN_FOR_RANKS | PN_FOR(PROBE) | PN_FOR(TUNE) | PN_FOR(DOCTOR))
#define PN_FOR_MODELS (PN_FOR(PREDICT) | PN_FOR(RANK) | PN_FOR(PLAN))
#define PN_FOR_MACHINES (PN_FOR(PREDICT) | PN_FOR(PLAN) | PN_FOR(TUNE))
#define PN_FOR_PARTITIONS (PN_FOR_MACHINES | PN_FOR(LAUNCH) | PN_FOR(TRAIN))
#define PN_FOR_TABLES (PN_FOR(COMPARE) | PN_FOR(HISTORY))
#define PN_FOR_RECORDS                                                                             \
    (PN_FOR_RANKS | PN_FOR_MODELS | PN_FOR(TUNE) | PN_FOR(BLAS) | PN_FOR(DOCTOR) | PN_FOR(TRAIN) | \
     PN_FOR_TABLES)
#define PN_FOR_ALL (~0u)

#define PN_MAPPING_WORDS "auto-mapping|row-major|column-major"
#define PN_DEVICE_MPI_WORDS "auto|on|off"
#define PN_PANEL_WORDS "auto|host|device"
#define PN_PRODUCT_WORDS "auto|bf16|fp32"
#define PN_BENCHMARK_WORDS "hpl|mxp"
#define PN_PROGRESS_WORDS "auto|live|plain|json|none"
#define PN_MATRIX_WORDS "mild|dominant"
#define PN_SHELL_WORDS "none|bash|zsh|fish"
#define PN_TOPOLOGY_WORDS "ring|ring-modified|two-rings|two-rings-modified|long|long-modified"

// X(type, field, kind, default, least, most, words, letter, name, commands, argument, help)
// The default is text, read as if typed. least and most bound numbers; words are those of
// PN_KIND_WORD. A letter of 0 means that there is only the long name.
// clang-format off
#define PN_OPTIONS(X) \
    X(int64_t, n, COUNT, "auto", 1, (double)PN_N_LIMIT, NULL, 'N', "n", PN_FOR_RUNS | PN_FOR(PREDICT) | PN_FOR(TUNE), "COUNT", \
      "order of the matrix; auto: fills the time and fits the memory") \
    X(int64_t, nb, COUNT, "auto", 1, PN_NB_LIMIT, NULL, 0, "nb", PN_FOR_RUNS | PN_FOR(PREDICT) | PN_FOR(TUNE), "COUNT", \
      "rows and columns of a block") \
    X(pn_grid, grid, GRID, "auto", 1, 1e6, NULL, 0, "grid", PN_FOR_SOLVES | PN_FOR(PREDICT) | PN_FOR(TUNE) | PN_FOR(SCREEN), "PxQ", \
      "process rows x process columns; their product is the number of ranks") \
    X(int64_t, mapping, WORD_FLAGS, "auto-mapping", 0, 0, PN_MAPPING_WORDS, 0, NULL, PN_FOR_SOLVE, NULL, \
      "number the ranks along the process rows, or down the columns first, or as suits the hosts") \
    X(pn_shares, shares, SHARES, "auto", 0, 1e12, NULL, 0, "shares", PN_FOR_SOLVES | PN_FOR(PREDICT), "A:B:...|@FILE", \
      "auto: by measured rates; equal; speeds of the process columns, such as 3:1, or of ranks in FILE") \
    X(int64_t, threads, COUNT, "auto", 1, 4096, NULL, 0, "threads", PN_FOR_JOBS | PN_FOR(BLAS), "COUNT", \
      "threads of each rank; auto: its part of the cores") \
    X(double, time, SECONDS, "60", 1, 2592000, NULL, 0, "time", PN_FOR(RUN) | PN_FOR(MXP) | PN_FOR(LAUNCH) | PN_FOR(TUNE), "SECONDS", \
      "how long the solve shall take; also 90s, 10m, 2h") \
    X(pn_memory, memory, MEMORY, "80%", 1, 1e18, NULL, 0, "memory", PN_FOR_SOLVES | PN_FOR(PROBE) | PN_FOR(TUNE), "SHARE|SIZE", \
      "most memory to take on each host: a share of what is available, such as 80%, or 12G; a device: all, or a size") \
    X(pn_memory, device_memory, MORE, "auto", 1, 1e18, NULL, 0, "device-memory", PN_FOR(RUN) | PN_FOR(HPL) | PN_FOR(RESUME) | PN_FOR(TUNE), "SHARE|SIZE", \
      "how much of its memory a device takes; of more, such as 120%, the rest lies in host memory; auto: where the model says that it pays") \
    X(int64_t, lookahead, COUNT, "1", 0, 1, NULL, 0, "lookahead", PN_FOR_SOLVE | PN_FOR(PREDICT), "0|1", \
      "1: factor the next panel beside the update; 0: after it") \
    X(int64_t, bcast, WORD, "ring-modified", 0, 0, PN_TOPOLOGY_WORDS, 0, "bcast", PN_FOR_SOLVE, "WORD", \
      "way of the panels along the process rows") \
    X(int64_t, segment, BYTES, "auto", 1, 2147483647, NULL, 0, "segment", PN_FOR_SOLVES, "BYTES", \
      "piece in which panels travel; also 256K, 2M") \
    X(int64_t, panel_threads, COUNT, "auto", 1, 4096, NULL, 0, "panel-threads", PN_FOR_SOLVES, "COUNT", \
      "threads that factor the panel while the others multiply") \
    X(int64_t, panel, WORD, "auto", 0, 0, PN_PANEL_WORDS, 0, "panel", PN_FOR_SOLVES, "WORD", \
      "where a device's panels are factored; auto: each where it costs less, by trials before the run") \
    X(int64_t, buffers, COUNT, "auto", 1, 64, NULL, 0, "buffers", PN_FOR_SOLVES, "COUNT", \
      "panels that may be under way at once") \
    X(double, split, REAL, "0.5", 0, 1, NULL, 0, "split", PN_FOR_SOLVES, "SHARE", \
      "first part of the split update, where rows are exchanged between processes") \
    X(int64_t, adapt, WORD, "on", 0, 0, "on|off", 0, "adapt", PN_FOR_SOLVE, "on|off", \
      "move block columns when parts turn out slower or faster than their shares") \
    X(int64_t, seed, COUNT, "100", 0, 9007199254740992.0, NULL, 0, "seed", PN_FOR_RUNS, "NUMBER", \
      "seed of the matrix; 100 is HPL's") \
    X(int64_t, repeat, COUNT, "1", 1, 999, NULL, 0, "repeat", PN_FOR(RUN) | PN_FOR(MXP), "COUNT", \
      "solve it so many times: the median and the spread are told, and all are in the record") \
    X(double, threshold, REAL, "16", 1e-12, 1e12, NULL, 0, "threshold", PN_FOR(RUN) | PN_FOR(MXP), "NUMBER", \
      "the scaled residual must be below it") \
    X(int64_t, product, WORD, "auto", 0, 0, PN_PRODUCT_WORDS, 0, "product", PN_FOR(MXP), "auto|bf16|fp32", \
      "numbers that are multiplied, summed in FP32; auto: on each rank what is faster there") \
    X(int64_t, matrix, WORD, "mild", 0, 0, PN_MATRIX_WORDS, 0, "matrix", PN_FOR(MXP), "mild|dominant", \
      "mild: HPL's with sqrt(N) more on its diagonal; dominant: with so much that it dominates, for testing only") \
    X(pn_fault, poison, FAULT, "none", 0, 1e9, NULL, 0, "poison", PN_FOR_RUNS, "[ROW,]COLUMN=VALUE", \
      "a deliberate fault: set one entry, or a whole column, counted from 0, to VALUE (nan, inf)") \
    X(int64_t, check, CHECK, "auto", PN_CHECK_STEPS_LEAST, 1e9, NULL, 0, "check", PN_FOR(RUN) | PN_FOR(RESUME) | PN_FOR(HPL), "auto|off|rows[:STEPS]", \
      "check the sums of the matrix's rows during the run, and put right what is wrong; auto: if it costs less than 1 %") \
    X(pn_text, blas, TEXT, "auto", 0, 0, NULL, 0, "blas", PN_FOR_JOBS, "LIBRARY", \
      "auto: the fastest that computes rightly, by trials; openblas, blis, mkl, reference, or a path: that one as it is") \
    X(pn_text, device, TEXT, "auto", 0, 0, NULL, 0, "device", PN_FOR_JOBS | PN_FOR(TUNE), "auto|cpu|cuda|hip[:NUMBER]", \
      "compute on the processors or on a CUDA device; auto: a device for each rank if there are any") \
    X(pn_text, fp64, TEXT, "native", 0, 0, NULL, 0, "fp64", PN_FOR(RUN) | PN_FOR(RESUME) | PN_FOR(HPL), "native|emulated[:BITS]", \
      "emulated: products of FP64 by integers with so many bits, 55 if not said, on CUDA devices that can; not comparable with the TOP500") \
    X(int64_t, device_mpi, WORD, "auto", 0, 0, PN_DEVICE_MPI_WORDS, 0, "device-mpi", PN_FOR_SOLVES, "auto|on|off", \
      "hand a device's memory to MPI as it is, without a copy on the host; auto: where the MPI says that it can") \
    X(pn_text, mpi, TEXT, "auto", 0, 0, NULL, 0, "mpi", PN_FOR_JOBS | PN_FOR(LAUNCH), "LIBRARY", \
      "openmpi, mpich, none, or the path of a plug-in; auto: the one whose launcher started this") \
    X(double, start_timeout, SECONDS, "60", 0, 86400, NULL, 0, "start-timeout", PN_FOR_JOBS, "SECONDS", \
      "wait so long for all ranks to arrive; 0: for ever") \
    X(double, stall_timeout, SECONDS, "auto", 0, 2592000, NULL, 0, "stall-timeout", PN_FOR_SOLVES, "SECONDS", \
      "end a run in which a rank makes no progress for so long, ten times that outside the solve; auto: 120 or more; 0: never") \
    X(double, tolerance, PERCENT, "5%", 0, 100, NULL, 0, "tolerance", PN_FOR_RANKS, "SHARE", \
      "name ranks that are slower than others of their kind by more than this") \
    X(pn_grid, expect, GRID, "auto", 1, 1e6, NULL, 0, "expect", PN_FOR_RANKS, "RANKSxCORES", \
      "refuse to start unless this rank's host has so many ranks with so many cores each; auto: as they come") \
    X(int64_t, rounds, COUNT, "auto", 1, 99, NULL, 0, "rounds", PN_FOR(PROBE) | PN_FOR(SCREEN), "COUNT", \
      "times that everything is measured; auto: 5 for probe; for screen once, and up to 3 times while something seems slow") \
    X(bool, no_bind, FLAG, "no", 0, 0, NULL, 0, "no-bind", PN_FOR_JOBS, NULL, \
      "leave the threads free instead of binding each to a core") \
    X(pn_text, json, TEXT, "none", 0, 0, NULL, 0, "json", PN_FOR_RECORDS, "FILE", \
      "write the record as JSON to FILE as well; -: to standard output instead of the text") \
    X(pn_text, output, TEXT, "panache-results", 0, 0, NULL, 0, "output", PN_FOR_SOLVE, "DIRECTORY", \
      "folder for the results: HPL's text and the JSON record; none: write no files") \
    X(int64_t, progress, WORD, "auto", 0, 0, PN_PROGRESS_WORDS, 0, "progress", PN_FOR_SOLVES, "auto|live|plain|json|none", \
      "how far the solve is, on standard error: live: a screen, where that is a terminal of 80 x 20; auto: the same for runs of a while; plain: lines; json: JSON lines") \
    X(pn_text, progress_file, TEXT, "none", 0, 0, NULL, 0, "progress-file", PN_FOR_SOLVES, "FILE|fd:NUMBER", \
      "write JSON lines of how far the solve is to FILE, or to an open descriptor, for dashboards") \
    X(pn_text, metrics_file, TEXT, "none", 0, 0, NULL, 0, "metrics-file", PN_FOR_SOLVES, "FILE", \
      "keep FILE as OpenMetrics text of how far the solve is, replaced as a whole, as node_exporter's textfile collector reads it") \
    X(pn_text, sysfs_root, TEXT, "/sys", 0, 0, NULL, 0, "sysfs-root", PN_FOR_SOLVES, "DIRECTORY", \
      "where the host's energy meters are read") \
    X(pn_text, checkpoint, TEXT, "none", 0, 0, NULL, 0, "checkpoint", PN_FOR(RUN) | PN_FOR(MXP), "DIRECTORY", \
      "write the run away to DIRECTORY from time to time, so that panache resume can go on with it; none: do not") \
    X(double, checkpoint_every, SECONDS, "1800", 0, 2592000, NULL, 0, "checkpoint-every", PN_FOR(RUN) | PN_FOR(MXP) | PN_FOR(RESUME), "SECONDS", \
      "time from one checkpoint to the next; also 90s, 10m, 2h; 0: as often as can be") \
    X(pn_text, partitions, TEXT, "all", 0, 0, NULL, 0, "partitions", PN_FOR_PARTITIONS, "NAME,...", \
      "only these partitions of the machine, in one run") \
    X(pn_text, date, TEXT, "any", 0, 0, NULL, 0, "date", PN_FOR_PARTITIONS, "DATE", \
      "only what was in service then: YYYY, YYYY-MM or YYYY-MM-DD, with or without the hyphens") \
    X(int64_t, nodes, COUNT, "auto", 1, 1e6, NULL, 0, "nodes", PN_FOR_PARTITIONS, "COUNT", \
      "nodes of each partition that is left; auto: all that it has") \
    X(pn_text, network, TEXT, "none", 0, 0, NULL, 0, "network", PN_FOR_MACHINES, "NAME", \
      "network between the nodes, such as NDR, of partitions whose file names none") \
    X(bool, explain, FLAG, "no", 0, 0, NULL, 0, "explain", PN_FOR(PREDICT) | PN_FOR(TRAIN), NULL, \
      "list every figure used, with its source or as assumed") \
    X(pn_text, systems, TEXT, "none", 0, 0, NULL, 0, "systems", PN_FOR(PREDICT), "TABLE", \
      "model every system of a table of published ones (csv, xlsx) and compare, in place of a machine") \
    X(int64_t, list, MONTH, "auto", 199306, 299912, NULL, 0, "list", PN_FOR_MODELS, "YYYYMM", \
      "list to begin with, such as 202306 or 2023-06; auto: the last one known") \
    X(pn_text, file, TEXT, "none", 0, 0, NULL, 0, "file", PN_FOR(RANK), "LIST", \
      "a list downloaded from TOP500.org (xlsx, xml, csv): exact places, with names") \
    X(double, parameters, AMOUNT, "none", 1, 1e18, NULL, 0, "parameters", PN_FOR(TRAIN), "COUNT", \
      "of the model to train, such as 7B; none: tell no more than how long 10^23 and 10^25 operations take") \
    X(double, tokens, AMOUNT, "none", 1, 1e18, NULL, 0, "tokens", PN_FOR(TRAIN), "COUNT", \
      "that it is trained on, such as 3T") \
    X(double, active, AMOUNT, "none", 1, 1e18, NULL, 0, "active", PN_FOR(TRAIN), "COUNT", \
      "parameters that a token passes, where experts are mixed; none: all") \
    X(pn_text, hour_price, TEXT, "none", 0, 0, NULL, 0, "hour-price", PN_FOR(TRAIN), "MONEY", \
      "of a device for an hour, such as 2.5EUR: what the training costs") \
    X(pn_text, energy_price, TEXT, "none", 0, 0, NULL, 0, "energy-price", PN_FOR(TRAIN), "MONEY", \
      "of a MWh, such as 150EUR: added to what the training costs") \
    X(pn_text, runs, TEXT, "none", 0, 0, NULL, 0, "runs", PN_FOR(TRAIN), "TABLE", \
      "hold the shares of the peak against a table of published trainings (csv, xlsx), in place of a machine") \
    X(bool, as_if, FLAG, "no", 0, 0, NULL, 0, "as-if", PN_FOR(RANK), NULL, \
      "place a record that is not comparable with the list, of emulated FP64 or HPL-MxP, as if it were") \
    X(double, factor, REAL, "0", 0, 1e6, NULL, 0, "factor", PN_FOR(PLAN), "NUMBER", \
      "reach so many times the baseline") \
    X(pn_text, budget, TEXT, "none", 0, 0, NULL, 0, "budget", PN_FOR(PLAN), "MONEY", \
      "spend at most this, such as 50M (EUR)") \
    X(int64_t, baseline, WORD, "rmax", 0, 0, "rmax|peak", 0, "baseline", PN_FOR(PLAN), "WORD", \
      "what --factor multiplies: the modelled Rmax, or the published peak") \
    X(pn_text, peak, TEXT, "auto", 0, 0, NULL, 0, "peak", PN_FOR(PLAN), "RATE", \
      "peak that --baseline peak multiplies, such as 36.85PF; auto: the sum of the partitions' published ones") \
    X(pn_text, of, TEXT, "all", 0, 0, NULL, 0, "of", PN_FOR(PLAN), "NAME,...", \
      "the partitions that --factor counts") \
    X(pn_text, catalogue, TEXT, "auto", 0, 0, NULL, 0, "catalogue", PN_FOR(PLAN), "FILE", \
      "kinds of nodes to choose from, a machine file; auto: the one shipped") \
    X(pn_text, gateway, TEXT, "auto", 0, 0, NULL, 0, "gateway", PN_FOR(PLAN), "BANDWIDTH", \
      "between the networks of old and added nodes, one way, such as 200GB/s; auto: as in the file, else assumed") \
    X(bool, quiet, FLAG, "no", 0, 0, NULL, 'q', "quiet", PN_FOR_JOBS, NULL, \
      "say nothing on standard error but errors") \
    X(bool, verbose, FLAG, "no", 0, 0, NULL, 'v', "verbose", PN_FOR_JOBS, NULL, \
      "say more on standard error") \
    X(int64_t, with, WORD, "slurm", 0, 0, "slurm|mpirun", 0, "with", PN_FOR(LAUNCH), "WORD", \
      "what starts the job") \
    X(int64_t, benchmark, WORD, "hpl", 0, 0, PN_BENCHMARK_WORDS, 0, "benchmark", PN_FOR(LAUNCH) | PN_FOR(PREDICT), "hpl|mxp", \
      "which benchmark: Linpack, or HPL-MxP") \
    X(pn_text, account, TEXT, "none", 0, 0, NULL, 0, "account", PN_FOR(LAUNCH), "NAME", \
      "account that the batch system charges; none: its default") \
    X(pn_text, qos, TEXT, "none", 0, 0, NULL, 0, "qos", PN_FOR(LAUNCH), "NAME", \
      "quality of service that is asked of the batch system; none: its default") \
    X(bool, submit, FLAG, "no", 0, 0, NULL, 0, "submit", PN_FOR(LAUNCH), NULL, \
      "hand the job to Slurm instead of printing it") \
    X(pn_text, html, TEXT, "auto", 0, 0, NULL, 0, "html", PN_FOR(REPORT), "FILE", \
      "write the report for a browser to FILE; auto: beside the record; -: to standard output instead of the text; none: do not") \
    X(pn_text, svg, TEXT, "auto", 0, 0, NULL, 0, "svg", PN_FOR(REPORT), "FILE", \
      "write the picture alone to FILE; auto: beside the record; -: to standard output instead of the text; none: do not") \
    X(pn_text, power, TEXT, "none", 0, 0, NULL, 0, "power", PN_FOR(REPORT), "TABLE", \
      "a site's meter readings (csv, xlsx: time, watts or joules, set, metered, nodes): power in the core phase by the EEHPC method") \
    X(pn_text, csv, TEXT, "none", 0, 0, NULL, 0, "csv", PN_FOR_TABLES, "FILE", \
      "write the table as CSV to FILE as well; -: to standard output instead of the text") \
    X(pn_text, junit, TEXT, "none", 0, 0, NULL, 0, "junit", PN_FOR_TABLES, "FILE", \
      "write the findings as JUnit's XML to FILE, as CI systems read tests; -: to standard output instead of the text") \
    X(double, fail_below, REAL, "0", 0, 10, NULL, 0, "fail-below", PN_FOR_TABLES, "RATIO", \
      "end with exit code 1 if a rate is below this part of the first's, or of the usual one; 0: compare: never, history: beyond noise") \
    X(bool, man, FLAG, "no", 0, 0, NULL, 0, "man", PN_FOR(HELP), NULL, \
      "print the manual page; with the command hpl that of xhpl") \
    X(int64_t, completion, WORD, "none", 0, 0, PN_SHELL_WORDS, 0, "completion", PN_FOR(HELP), "SHELL", \
      "print the completion for a shell") \
    X(bool, help, FLAG, "no", 0, 0, NULL, 'h', "help", PN_FOR_ALL, NULL, \
      "explain the options and stop") \
    X(bool, version, FLAG, "no", 0, 0, NULL, 0, "version", PN_FOR_ALL, NULL, \
      "print the version and stop")
// clang-format on

typedef enum pn_benchmark_word { PN_BENCHMARK_HPL, PN_BENCHMARK_MXP } pn_benchmark_word;
typedef enum pn_product_word { PN_PRODUCT_AUTO, PN_PRODUCT_BF16, PN_PRODUCT_FP32 } pn_product_word;

typedef enum pn_matrix_word { PN_MATRIX_WORD_MILD, PN_MATRIX_WORD_DOMINANT } pn_matrix_word;

typedef enum pn_progress_word {
    PN_PROGRESS_AUTO,
    PN_PROGRESS_LIVE,
    PN_PROGRESS_PLAIN,
    PN_PROGRESS_JSON,
    PN_PROGRESS_NONE
} pn_progress_word;

typedef enum pn_adapt_word { PN_ADAPT_ON, PN_ADAPT_OFF } pn_adapt_word;

// Plain bytes throughout: may be copied and sent to other ranks.
typedef struct pn_options {
#define PN_OPTION_FIELD(type, field, ...) type field;
    PN_OPTIONS(PN_OPTION_FIELD)
#undef PN_OPTION_FIELD
} pn_options;

typedef struct pn_option { // a row
    const char *field;
    size_t offset;
    pn_kind kind;
    const char *initial;
    double least, most;
    const char *words;
    char letter;
    const char *name; // NULL: each of the words is an option
    unsigned commands;
    const char *argument; // NULL: takes none
    const char *help;
} pn_option;

typedef struct pn_command_row {
    const char *name;
    const char *operands;
    int most_operands;
    const char *summary;
} pn_command_row;

// The tables.
const pn_option *pn_option_rows(int *count);
const pn_command_row *pn_command_rows(void); // [PN_COMMAND_COUNT]
// PN_COMMAND_COUNT if there is none of that name.
pn_command pn_command_of(const char *name);

void pn_options_default(pn_options *options);

// The settings of a run that were asked for; their shares are borrowed from `options`.
pn_settings pn_options_settings(const pn_options *options);

enum { PN_OPERANDS = 32 };

typedef struct pn_operands { // what is left of the command line; the words are borrowed
    int count;
    const char *word[PN_OPERANDS];
} pn_operands;

// Reads the words of a command line after the command's name, as getopt does: -N 5, -N5, --n=5,
// --n 5; `--` ends the options. Failures: PN_ERROR_USAGE.
pn_status pn_options_parse(pn_options *options, pn_operands *operands, pn_command command,
                           int count, char *const *words);

// The value of a row in `options`, and as text that could be typed.
const void *pn_option_value(const pn_option *row, const pn_options *options);
void pn_option_print(const pn_option *row, const pn_options *options, char *text, size_t bytes);

#endif
