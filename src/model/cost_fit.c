// SPDX-License-Identifier: BSD-3-Clause
// Small least-squares fits with constants that cannot be negative, one coordinate after the other.
#include "model/cost_fit.h"

#include <math.h>
#include <string.h>

// How much more slowly than a copy goes the back substitution reads, where that was not measured.
static const double back_slowness = 5;

enum { SWEEPS = 4000, ENTRIES = 256 };

void pn_nearest_constants(const double *terms, int rows, int columns, double *constants)
{
    double square[PN_NEAREST_TERMS][PN_NEAREST_TERMS] = {{0}}, right[PN_NEAREST_TERMS] = {0};
    for (int i = 0; i < rows; i++)
        for (int k = 0; k < columns; k++) {
            const double *row = terms + i * columns;
            right[k] += row[k];
            for (int l = 0; l < columns; l++)
                square[k][l] += row[k] * row[l];
        }
    memset(constants, 0, (size_t)columns * sizeof *constants);
    for (int sweep = 0; sweep < SWEEPS; sweep++)
        for (int k = 0; k < columns; k++) {
            double rest = right[k];
            for (int l = 0; l < columns; l++)
                rest -= l == k ? 0 : square[k][l] * constants[l];
            constants[k] = square[k][k] > 0 ? fmax(0, rest / square[k][k]) : 0;
        }
}

// Terms of an operation on m x n with block nb, and its number of operations.
typedef double term_function(double m, double n, double nb, double terms[PN_NEAREST_TERMS]);

// How an operation's time is put together.
typedef struct shape {
    const char *operation;
    int columns; // terms
    term_function *terms;
} shape;

typedef struct samples { // of one operation, each term divided by the seconds that it took
    double terms[ENTRIES * PN_NEAREST_TERMS];
    int rows;
} samples;

static bool is_of(const pn_machine_measurement *entry, const char *operation, double threads)
{
    return entry->operation && strcmp(entry->operation, operation) == 0 &&
           (threads == 0 || entry->threads.value == threads);
}

static double multiply_terms(double m, double n, double nb, double terms[PN_NEAREST_TERMS])
{
    terms[0] = m * n * nb;
    terms[1] = m * n;
    terms[2] = m * nb;
    terms[3] = n * nb;
    terms[4] = 1;
    return 2 * m * n * nb;
}

static double look_ahead_terms(double m, double n, double nb, double terms[PN_NEAREST_TERMS])
{
    terms[0] = m * n * nb;
    terms[1] = m * n;
    return 2 * m * n * nb;
}

static double solve_terms(double m, double n, double nb, double terms[PN_NEAREST_TERMS])
{
    (void)m;
    terms[0] = n * nb * nb;
    terms[1] = n * nb;
    return n * nb * nb;
}

static double panel_terms(double m, double n, double nb, double terms[PN_NEAREST_TERMS])
{
    (void)n;
    terms[0] = m * nb * nb;
    terms[1] = m * nb;
    terms[2] = nb;
    return nb * nb * (m - nb / 3);
}

static const shape multiply = {"multiply", 5, multiply_terms};
static const shape look_ahead = {"strip", 2, look_ahead_terms};
static const shape solve = {"solve", 2, solve_terms};
static const shape rows = {"rows", 2, solve_terms};
static const shape panel = {"panel", 3, panel_terms};

// Fits the entries on so many threads and, unless it is 0, at this block size; false: there are
// fewer than two, or at one block size fewer than it takes.
static bool fit_at(const pn_machine_partition *partition, const shape *of, double threads,
                   double nb, double *constants)
{
    samples all = {.rows = 0};
    for (int i = 0; i < partition->measured_count && all.rows < ENTRIES; i++) {
        const pn_machine_measurement *entry = &partition->measured[i];
        double terms[PN_NEAREST_TERMS];
        if (!is_of(entry, of->operation, threads) || !entry->m.set || !entry->n.set ||
            !entry->nb.set || !entry->rate.set || (nb > 0 && entry->nb.value != nb))
            continue;
        double operations = of->terms(entry->m.value, entry->n.value, entry->nb.value, terms);
        for (int k = 0; k < of->columns; k++)
            all.terms[all.rows * of->columns + k] = terms[k] * entry->rate.value / operations;
        all.rows++;
    }
    if (all.rows < (nb > 0 ? of->columns - 1 : 2))
        return false;
    pn_nearest_constants(all.terms, all.rows, of->columns, constants);
    return true;
}

static bool fit(const pn_machine_partition *partition, const shape *of, double threads,
                double *constants)
{
    return fit_at(partition, of, threads, 0, constants);
}

// What small products lose grows with the block size, and what large ones win as well, so that no
// constants for all block sizes say both: each has its own, where enough shapes were measured. (The
// terms in m w b and in m w are one then.)
static void fit_products(pn_process_cost *process, const pn_machine_partition *partition)
{
    double last = 0;
    while (process->product_count < PN_PRODUCT_COSTS) {
        double next = INFINITY;
        for (int i = 0; i < partition->measured_count; i++) {
            const pn_machine_measurement *entry = &partition->measured[i];
            if (is_of(entry, multiply.operation, process->threads) && entry->nb.set &&
                entry->nb.value > last)
                next = fmin(next, entry->nb.value);
        }
        if (next == INFINITY)
            return;
        pn_product_cost *fresh = &process->products[process->product_count];
        fresh->nb = last = next;
        if (fit_at(partition, &multiply, process->threads, next, fresh->multiply))
            process->product_count++;
    }
}

static const pn_machine_measurement *find(const pn_machine_partition *partition,
                                          const char *operation)
{
    for (int i = 0; i < partition->measured_count; i++)
        if (is_of(&partition->measured[i], operation, 0))
            return &partition->measured[i];
    return NULL;
}

static double most_threads(const pn_machine_partition *partition)
{
    double most = 0;
    for (int i = 0; i < partition->measured_count; i++)
        if (is_of(&partition->measured[i], "multiply", 0))
            most = fmax(most, partition->measured[i].threads.value);
    return most;
}

static void set_links(pn_class_cost *model, const pn_machine_partition *partition,
                      const pn_link *otherwise)
{
    const pn_machine_measurement *message = find(partition, "message");
    const pn_machine_measurement *exchange = find(partition, "exchange");
    model->column = model->row = *otherwise;
    if (!message || !message->bandwidth.set || !message->latency.set)
        return;
    model->process.link = 1;
    model->row = (pn_link){message->latency.value, 1 / message->bandwidth.value};
    model->column = model->row;
    if (exchange && exchange->latency.set)
        model->column.latency =
            fmax(model->row.latency,
                 exchange->latency.value - 16 * exchange->nb.value * model->row.per_byte);
}

bool pn_process_cost_fit(pn_class_cost *model, const pn_machine_partition *partition,
                         const pn_link *otherwise)
{
    double threads = most_threads(partition), solving[2];
    pn_process_cost process = {.threads = (int)threads};
    const pn_machine_measurement *copy = find(partition, "copy");
    const pn_machine_measurement *apply = find(partition, "apply");
    bool is_enough =
        copy && copy->bandwidth.set && fit(partition, &multiply, threads, process.multiply) &&
        fit(partition, &look_ahead, 1, process.look_ahead) &&
        fit(partition, &solve, threads, solving) && fit(partition, &panel, 1, process.panels[0]) &&
        fit(partition, &panel, threads, process.panels[1]);
    if (!is_enough)
        return false;
    fit_products(&process, partition);
    process.solve = solving[0];
    process.solve_row = solving[1];
    process.move = 1 / copy->bandwidth.value;
    process.read = apply && apply->bandwidth.set ? 1 / apply->bandwidth.value
                                                 : back_slowness / copy->bandwidth.value;
    fit(partition, &rows, threads, process.rows); // they stay 0 where it was not measured
    *model = (pn_class_cost){.process = process};
    set_links(model, partition, otherwise);
    return true;
}
