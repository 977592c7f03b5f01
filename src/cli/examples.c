// SPDX-License-Identifier: BSD-3-Clause
#include "cli/examples.h"

static const pn_example examples[PN_COMMAND_COUNT][PN_EXAMPLES] = {
    [PN_COMMAND_RUN] = {{"panache run", "all cores of this machine, for about a minute"},
                        {"mpirun -np 4 panache run --time 10m", "four ranks, for ten minutes"},
                        {"panache run -N 20000 --nb 256 --json run.json",
                         "this size, and the record in a file of that name"},
                        {"panache run --time 2h --checkpoint saved", "one that can be resumed"}},
    [PN_COMMAND_RESUME] = {{"panache resume saved", "from the newest whole checkpoint there"},
                           {"mpirun -np 8 panache resume saved", "on other ranks than before"}},
    [PN_COMMAND_MXP] = {{"panache mxp", "HPL-MxP on all cores of this machine"},
                        {"panache mxp -N 20000 --product bf16", "with products of 16 bits"}},
    [PN_COMMAND_PROBE] = {{"panache probe >here.yaml", "this machine as a machine file"},
                          {"mpirun -np 2 panache probe >two.yaml", "with the links between ranks"}},
    [PN_COMMAND_HPL] = {{"panache hpl", "what HPL.dat here lists; so does xhpl"},
                        {"mpirun -np 4 panache hpl other.dat", "another file, on four ranks"}},
    [PN_COMMAND_SCREEN] = {{"mpirun -np 64 panache screen", "ranks and links against their like"},
                           {"panache screen --tolerance 10%", "name only what is far off"}},
    [PN_COMMAND_DOCTOR] = {{"panache doctor", "this machine, as a run would have it"},
                           {"mpirun -np 64 panache doctor >doctor.txt",
                            "all ranks of a job; what to send with a question"}},
    [PN_COMMAND_BLAS] = {{"panache blas", "every library here, measured anew"},
                         {"panache blas --threads 1", "as one thread has them"}},
    [PN_COMMAND_LAUNCH] = {{"panache launch jean-zay --nodes 2", "a batch script for Slurm"},
                           {"panache launch here.yaml --with mpirun -- -N 20000",
                            "a line for mpirun"},
                           {"panache launch here.yaml --submit --account abc@cpu",
                            "hand it to Slurm"}},
    [PN_COMMAND_REPORT] = {{"panache report run.json", "a summary, a page and a picture"},
                           {"panache report run.json --svg - >run.svg", "the picture alone"}},
    [PN_COMMAND_COMPARE] = {{"panache compare before.json after.json", "what made the difference"},
                            {"panache compare old.json new.json --fail-below 0.97 --junit ci.xml",
                             "a test for a CI system"}},
    [PN_COMMAND_HISTORY] = {{"panache history", "the results of panache-results"},
                            {"panache history results --csv -", "as a table for a spreadsheet"}},
    [PN_COMMAND_PREDICT] = {{"panache predict frontier", "a machine that is shipped"},
                            {"panache predict here.yaml --nodes 100 --network NDR",
                             "a hundred such nodes"},
                            {"panache predict jean-zay --date 2023-06 --explain",
                             "as it was then, with every figure used"}},
    [PN_COMMAND_RANK] = {{"panache rank 19.8PF", "the place on the newest list"},
                         {"panache rank run.json --list 202306", "of a record, from a list on"},
                         {"panache rank 2PF --file TOP500_202606.xlsx", "exact, with names"}},
    [PN_COMMAND_TUNE] = {{"panache tune", "the settings that suit this machine"},
                         {"panache tune jean-zay --date 2023-06", "or one on paper"}},
    [PN_COMMAND_PLAN] = {{"panache plan jean-zay --factor 2", "nodes for twice the Rmax"},
                         {"panache plan jean-zay --budget 20M", "what 20 million euros buy"}},
    [PN_COMMAND_TRAIN] = {{"panache train jean-zay --parameters 7B --tokens 3T",
                           "each of its partitions, and all together"},
                          {"panache train jupiter --parameters 671B --active 37B --tokens 14.8T",
                           "a mixture of experts"},
                          {"panache train run.json --parameters 100M --tokens 2B",
                           "by the rates that panache mxp measured"},
                          {"panache train alice-recoque", "when 10^25 operations are spent"}},
    [PN_COMMAND_MACHINES] = {{"panache machines",
                              "names that predict, tune, plan and launch take"}},
    [PN_COMMAND_HELP] = {{"panache help run", "the options of a command"},
                         {"panache help --completion bash >panache.bash", "for a shell"}},
    [PN_COMMAND_VERSION] = {{"panache version", "what to name in a question"}},
};

static const char *const exit_codes[PN_COMMAND_COUNT] = {
    [PN_COMMAND_RUN] = "0 passed, 1 a finding (the result failed its check), 2 a failure.",
    [PN_COMMAND_RESUME] = "0 passed, 1 a finding (the result failed its check), 2 a failure.",
    [PN_COMMAND_MXP] = "0 passed, 1 a finding (the result failed its check), 2 a failure.",
    [PN_COMMAND_HPL] = "0 all passed, 1 a finding (a result failed its check), 2 a failure.",
    [PN_COMMAND_SCREEN] = "0 all alike, 1 a finding (a part is slower than its like), 2 a failure.",
    [PN_COMMAND_DOCTOR] = "0 well, 1 a finding (something costs more than 5 %), 2 a failure.",
    [PN_COMMAND_BLAS] = "0 there is one that is right, 1 a finding (there is none), 2 a failure.",
    [PN_COMMAND_REPORT] = "0 done, whatever the record says of the run, 2 a failure.",
};

const pn_example *pn_examples_of(pn_command command)
{
    return examples[command];
}

const char *pn_exit_codes_of(pn_command command)
{
    return exit_codes[command] ? exit_codes[command] : "0 done, 2 a failure.";
}
