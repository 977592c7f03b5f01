// SPDX-License-Identifier: BSD-3-Clause
// The shapes are those of HPL 2.3, given in docs/interfaces.md; the words that explain them are
// not part of what readers parse.
#include "report/text.h"

#include "measure/fp64.h"

#include <inttypes.h>
#include <math.h>

enum { LIST_WIDTH = 8 }; // values of a list on one line

// HPL's eps: half the distance from 1 to the next double.
static const double unit_roundoff = 0x1p-53;

static const char dashes[] =
    "--------------------------------------------------------------------------------\n";
static const char equals[] =
    "================================================================================\n";

static void print_numbers(FILE *stream, const char *name, const pn_list *list)
{
    fprintf(stream, "%-7s:", name);
    for (int64_t i = 0; i < list->count; i++)
        fprintf(stream, "%s%8" PRId64 " ", i > 0 && i % LIST_WIDTH == 0 ? "\n        " : "",
                list->value[i]);
    fputc('\n', stream);
}

static void print_words(FILE *stream, const char *name, const pn_list *list,
                        const char *const *words)
{
    fprintf(stream, "%-7s:", name);
    for (int64_t i = 0; i < list->count; i++)
        fprintf(stream, "%s%8s ", i > 0 && i % LIST_WIDTH == 0 ? "\n        " : "",
                words[list->value[i]]);
    fputc('\n', stream);
}

static void print_parameters(FILE *stream, const pn_hpldat *dat)
{
    static const char *const factorizations[] = {"Left", "Crout", "Right"};
    static const char *const topologies[] = {"1ring",  "1ringM", "2ring",
                                             "2ringM", "Blong",  "BlongM"};
    static const char *const swaps[] = {"Binary-exchange", "Spread-roll (long)", "Mix"};
    print_numbers(stream, "N", &dat->n);
    print_numbers(stream, "NB", &dat->nb);
    fprintf(stream, "PMAP   : %s process mapping\n",
            dat->column_major ? "Column-major" : "Row-major");
    print_numbers(stream, "P", &dat->p);
    print_numbers(stream, "Q", &dat->q);
    print_words(stream, "PFACT", &dat->pfact, factorizations);
    print_numbers(stream, "NBMIN", &dat->nbmin);
    print_numbers(stream, "NDIV", &dat->ndiv);
    print_words(stream, "RFACT", &dat->rfact, factorizations);
    print_words(stream, "BCAST", &dat->bcast, topologies);
    print_numbers(stream, "DEPTH", &dat->depth);
    fprintf(stream, "SWAP   : %s", swaps[dat->swap]);
    if (dat->swap == 2)
        fprintf(stream, " (threshold = %" PRId64 ")", dat->swap_threshold);
    fprintf(stream, "\nL1     : %stransposed form\n", dat->l1 ? "no-" : "");
    fprintf(stream, "U      : %stransposed form\n", dat->u ? "no-" : "");
    fprintf(stream, "EQUIL  : %s\n", dat->equilibration ? "yes" : "no");
    fprintf(stream, "ALIGN  : %" PRId64 " double precision words\n", dat->alignment);
}

static void print_matrix(FILE *stream, pn_matrix_rule matrix)
{
    fputs("- The matrix A is HPL's own sequence of pseudo-random numbers", stream);
    if (matrix == PN_MATRIX_HPL)
        fputs(".\n", stream);
    else if (matrix == PN_MATRIX_MILD)
        fputs(" with sqrt(N) more on its diagonal.\n", stream);
    else
        fputs(" with (N + 1) / 2 more on its\n  diagonal, which dominates: for testing only.\n",
              stream);
}

static void print_threshold(FILE *stream, double threshold)
{
    const char *format = threshold == round(threshold * 10) / 10 ? "%20.1f\n" : "%20.4g\n";
    fputs("- Computational tests pass if scaled residuals are less than", stream);
    fprintf(stream, format, threshold);
}

void pn_text_header(FILE *stream, const pn_hpldat *dat, double threshold, pn_matrix_rule matrix)
{
    fputs(equals, stream);
    fputs("HPLinpack 2.3 text, written by Panache " PANACHE_VERSION "\n", stream);
    fputs(equals, stream);
    fputs("\nThe columns of the table:\n"
          "T/V    : W for wall time, then the code of the variant asked for.\n"
          "N      : Rows and columns of the matrix A.\n"
          "NB     : Rows and columns of a block.\n"
          "P      : Process rows.\n"
          "Q      : Process columns.\n"
          "Time   : Seconds from the matrix in memory to the solution x.\n"
          "Gflops : (2/3 N^3 + 3/2 N^2) / Time, in 10^9 operations a second.\n"
          "\nThe following parameter values will be used:\n\n",
          stream);
    print_parameters(stream, dat);
    fprintf(stream, "\n%s\n", dashes);
    print_matrix(stream, matrix);
    fputs("- Each solution is held against the regenerated matrix by the scaled residual\n"
          "      ||Ax-b||_oo / ( eps * ( || x ||_oo * || A ||_oo + || b ||_oo ) * N )\n",
          stream);
    fprintf(stream, "- The relative machine precision (eps) is taken to be %24.6e\n",
            unit_roundoff);
    print_threshold(stream, threshold);
    fputc('\n', stream);
    fflush(stream);
}

// ctime's form, with the end of line that belongs to it.
static void print_moment(FILE *stream, const char *what, time_t moment)
{
    char text[64];
    fprintf(stream, "HPL_pdgesv() %s %s\n", what,
            ctime_r(&moment, text) ? text : "at an unknown time\n");
}

// As HPL does after a failed test: the norm of the residual itself is the scaled one times
// eps (||A|| ||x|| + ||b||) N, all in the infinity norm.
static void print_norms(FILE *stream, const pn_result *result)
{
    const pn_norms *norms = &result->norms;
    double scale =
        unit_roundoff * (norms->a_inf * norms->x_inf + norms->b_inf) * (double)result->settings.n;
    fprintf(stream, "||Ax-b||_oo  . . . . . . . . . . . . . . . . . = %18.6f\n",
            result->residual * scale);
    fprintf(stream, "||A||_oo . . . . . . . . . . . . . . . . . . . = %18.6f\n", norms->a_inf);
    fprintf(stream, "||A||_1  . . . . . . . . . . . . . . . . . . . = %18.6f\n", norms->a_one);
    fprintf(stream, "||x||_oo . . . . . . . . . . . . . . . . . . . = %18.6f\n", norms->x_inf);
    fprintf(stream, "||x||_1  . . . . . . . . . . . . . . . . . . . = %18.6f\n", norms->x_one);
    fprintf(stream, "||b||_oo . . . . . . . . . . . . . . . . . . . = %18.6f\n", norms->b_inf);
}

static void print_fp64(FILE *stream, const pn_result *result)
{
    pn_fp64 fp64 = pn_fp64_of(result);
    char text[PN_FP64_TEXT];
    pn_fp64_text(&fp64, text);
    if (text[0])
        fprintf(stream, "%s\n", text);
}

void pn_text_result(FILE *stream, const pn_hpldat_test *asked, const pn_result *result)
{
    static const char factorizations[] = {'L', 'C', 'R'};
    fputs(equals, stream);
    fputs("T/V                N    NB     P     Q               Time                 Gflops\n",
          stream);
    fputs(dashes, stream);
    fprintf(stream, "W%c%1d%c%c%1d%c%1d%12d %5d %5d %5d %18.2f    %19.4e\n",
            asked->settings.mapping == PN_MAPPING_COLUMNS ? 'C' : 'R', (int)asked->depth,
            '0' + (int)asked->settings.topology, factorizations[asked->rfact], (int)asked->ndiv,
            factorizations[asked->pfact], (int)asked->nbmin, (int)result->settings.n,
            result->settings.nb, result->settings.p, result->settings.q, result->seconds,
            1e-9 * result->rate);
    print_moment(stream, "start time", result->began);
    print_moment(stream, "end time  ", result->ended);
    fputs(dashes, stream);
    fprintf(stream, "||Ax-b||_oo/(eps*(||A||_oo*||x||_oo+||b||_oo)*N)= %18.10f ...... %s\n",
            isnan(result->residual) ? NAN : result->residual, result->passed ? "PASSED" : "FAILED");
    if (!result->passed)
        print_norms(stream, result);
    if (result->correction_count > 0)
        fprintf(stream,
                "Corrected during the run: %d error%s in the matrix, found by their sums.\n",
                result->correction_count, result->correction_count == 1 ? "" : "s");
    print_fp64(stream, result);
    fflush(stream);
}

static bool multiplies_half(const pn_result *result)
{
    for (int i = 0; i < result->rank_count; i++)
        if (result->ranks[i].product == PN_BFLOAT16)
            return true;
    return false;
}

static void print_rate(FILE *stream, const char *name, double operations, double seconds, int ranks)
{
    double rate = seconds > 0 ? 1e-9 * operations / seconds : 0;
    fprintf(stream, "%s = %.4e, per GPU =%11.2f\n", name, rate, rate / ranks);
}

void pn_text_mixed(FILE *stream, const pn_result *result)
{
    enum { SLOPPY_HALF = 2, SLOPPY_SINGLE = 3 };
    const pn_settings *settings = &result->settings;
    double n = (double)settings->n;
    bool half = multiplies_half(result), all = half;
    int ranks = result->rank_count;
    for (int i = 0; i < ranks; i++)
        all = all && result->ranks[i].product == PN_BFLOAT16;
    fprintf(stream, "N = %d, NB = %d, NPROW = %d, NPCOL = %d, SLOPPY-TYPE = %d\n", (int)settings->n,
            settings->nb, settings->p, settings->q, half ? SLOPPY_HALF : SLOPPY_SINGLE);
    print_rate(stream, "       GFLOPS", result->rate * result->seconds, result->seconds, ranks);
    print_rate(stream, "    LU GFLOPS", 2.0 / 3.0 * n * n * n, result->lu_seconds, ranks);
    fprintf(stream, "Formats: storage fp32, panels fp32, products %s, refinement fp64\n",
            all    ? "bf16 with sums in fp32"
            : half ? "bf16 with sums in fp32 on some ranks, fp32 on others"
                   : "fp32");
    fprintf(stream, "Refinement: %d step%s after the first solution", result->refinement.steps,
            result->refinement.steps == 1 ? "" : "s");
    if (result->refinement.gmres > 0)
        fprintf(stream, ", %d of them by GMRES", result->refinement.gmres);
    fputs("\n", stream);
    if (settings->matrix == PN_MATRIX_DOMINANT)
        fputs("The matrix dominates its rows: for testing only.\n", stream);
    fflush(stream);
}

void pn_text_footer(FILE *stream, const pn_text_counts *counts)
{
    fputs(equals, stream);
    fprintf(stream, "\nFinished %6d tests with the following results:\n",
            counts->passed + counts->failed + counts->skipped);
    fprintf(stream, "         %6d tests completed and passed residual checks,\n", counts->passed);
    fprintf(stream, "         %6d tests completed and failed residual checks,\n", counts->failed);
    fprintf(stream, "         %6d tests skipped because of illegal input values.\n",
            counts->skipped);
    fprintf(stream, "%s\nEnd of Tests.\n%s", dashes, equals);
    fflush(stream);
}
