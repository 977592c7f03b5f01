// SPDX-License-Identifier: BSD-3-Clause
// A machine file: what is read can be written and read again, and makes a job.
#include "config/batch_job.h"
#include "config/machine_check.h"
#include "config/machine_make.h"
#include "config/machine_read.h"
#include "config/machine_select.h"
#include "config/machine_write.h"
#include "memory_file.h"

#include <stdio.h>
#include <stdlib.h>

static void write_and_read(const pn_machine *machine)
{
    char *text = NULL;
    size_t bytes;
    pn_machine *again;
    FILE *stream = open_memstream(&text, &bytes);
    must_hold(stream != NULL, "there is memory for the text");
    must_hold(pn_machine_write(machine, stream) == PN_OK, "a machine can be written");
    fclose(stream);
    pn_status status = pn_machine_read_text(&again, "again", text);
    must_hold(status == PN_OK, pn_fail_message());
    must_hold(again->partitions_count == machine->partitions_count, "no partition is lost");
    pn_machine_destroy(again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pn_machine *machine;
    pn_batch_job job;
    memory_file file = memory_file_of(data, size);
    if (pn_machine_read(&machine, file.path) == PN_OK) {
        write_and_read(machine);
        if (pn_batch_job_plan(&job, machine, 0) == PN_OK)
            pn_batch_job_release(&job);
        if (pn_machine_at(machine, "2023-06-15") == PN_OK)
            pn_machine_resize(machine, 1000);
        pn_machine_destroy(machine);
    }
    memory_file_close(&file);
    return 0;
}
