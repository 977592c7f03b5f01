// SPDX-License-Identifier: BSD-3-Clause
#include "report/blas_text.h"

#include "base/plural.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *left, const void *right)
{
    const pn_blas_row *a = *(const pn_blas_row *const *)left;
    const pn_blas_row *b = *(const pn_blas_row *const *)right;
    if (a->verdict != b->verdict)
        return a->verdict < b->verdict ? -1 : 1;
    if (a->gflops != b->gflops)
        return a->gflops > b->gflops ? -1 : 1;
    return a < b ? -1 : a > b; // as they were tried
}

static void sort(const pn_blas_table *table, const pn_blas_row *rows[PN_BLAS_ROWS])
{
    for (int i = 0; i < table->count; i++)
        rows[i] = &table->rows[i];
    qsort(rows, (size_t)table->count, sizeof *rows, compare);
}

static void print_row(FILE *stream, const pn_blas_table *table, const pn_blas_row *row)
{
    char library[96], rate[16] = "-", share[16] = "";
    const char *kernels = row->kernels[0] ? row->kernels : row->value;
    snprintf(library, sizeof library, "%s%s%s", row->name, row->threading[0] ? ", " : "",
             row->threading);
    if (row->gflops > 0)
        snprintf(rate, sizeof rate, "%.1f", row->gflops);
    if (row->gflops > 0 && table->peak_gflops > 0)
        snprintf(share, sizeof share, "%.0f %%", 100 * row->gflops / table->peak_gflops);
    fprintf(stream, "%c %-27s %-16s %14s %7s  %s\n", row == &table->rows[table->taken] ? '*' : ' ',
            library, kernels[0] ? kernels : "-", rate, share, pn_blas_verdict_name(row->verdict));
}

// What a row has no room for: where the files are, and what is wrong with them.
static void print_files(FILE *stream, const pn_blas_table *table)
{
    for (int i = 0; i < table->count; i++) {
        int first = 0;
        while (strcmp(table->rows[first].path, table->rows[i].path) != 0)
            first++;
        if (first == i)
            fprintf(stream, "%s: %s\n", table->rows[i].name, table->rows[i].path);
    }
    for (int i = 0; i < table->count; i++) {
        const pn_blas_row *row = &table->rows[i];
        char name[128];
        pn_blas_row_name(row, name, sizeof name);
        if (row->why[0])
            fprintf(stream, "%s: %s: %s\n", pn_blas_verdict_name(row->verdict), name, row->why);
    }
}

void pn_blas_text(FILE *stream, const pn_blas_table *table)
{
    const pn_blas_row *rows[PN_BLAS_ROWS];
    char line[512];
    sort(table, rows);
    fprintf(stream, "%s, %d thread%s at once, products of %d columns\n",
            table->processor[0] ? table->processor : "unknown processor", table->threads,
            pn_plural(table->threads), table->nb);
    if (table->peak_gflops > 0)
        fprintf(stream, "peak by %s multiply-adds: %.1f GFLOP/s a core\n", table->peak_unit,
                table->peak_gflops);
    fprintf(stream, "\n  %-27s %-16s %14s %7s  %s\n", "library", "kernels", "GFLOP/s a core",
            "peak", "results");
    for (int i = 0; i < table->count; i++)
        print_row(stream, table, rows[i]);
    fputc('\n', stream);
    print_files(stream, table);
    if (pn_blas_table_held_back(table, line, sizeof line))
        fprintf(stream, "note: %s\n", line);
    if (table->taken >= 0)
        fprintf(stream, "* is what --blas auto takes\n");
    else
        fprintf(stream, "finding: no BLAS here computes rightly\n");
}

static json_t *row_of(const pn_blas_table *table, const pn_blas_row *row)
{
    json_t *object = json_object();
    json_object_set_new(object, "library", json_string(row->name));
    json_object_set_new(object, "path", json_string(row->path));
    json_object_set_new(object, "kernels", json_string(row->kernels));
    json_object_set_new(object, "threading", json_string(row->threading));
    json_object_set_new(object, "variable", json_string(row->variable));
    json_object_set_new(object, "value", json_string(row->value));
    json_object_set_new(object, "verdict", json_string(pn_blas_verdict_name(row->verdict)));
    json_object_set_new(object, "why", json_string(row->why));
    json_object_set_new(object, "gflops_a_core",
                        row->gflops > 0 ? json_real(row->gflops) : json_null());
    json_object_set_new(object, "asked_for_by", json_string(row->users_own));
    json_object_set_new(object, "taken", json_boolean(row == &table->rows[table->taken]));
    return object;
}

json_t *pn_blas_json(const pn_blas_table *table)
{
    const pn_blas_row *rows[PN_BLAS_ROWS];
    json_t *root = json_object(), *list = json_array();
    sort(table, rows);
    json_object_set_new(root, "processor", json_string(table->processor));
    json_object_set_new(root, "threads", json_integer(table->threads));
    json_object_set_new(root, "nb", json_integer(table->nb));
    json_object_set_new(root, "peak_gflops_a_core", json_real(table->peak_gflops));
    json_object_set_new(root, "peak_unit", json_string(table->peak_unit));
    json_object_set_new(root, "seconds", json_real(table->seconds));
    for (int i = 0; i < table->count; i++)
        json_array_append_new(list, row_of(table, rows[i]));
    json_object_set_new(root, "libraries", list);
    return root;
}
