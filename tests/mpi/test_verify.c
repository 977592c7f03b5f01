// SPDX-License-Identifier: BSD-3-Clause
// The residual and the norms on several ranks: the same bits everywhere, and the numbers that one
// plain walk over the whole matrix gives.
#include "base/lcg.h"
#include "comm/group.h"
#include "harness.h"
#include "run/verify.h"

#include <math.h>
#include <string.h>

enum { N_MOST = 600, RANKS_MOST = 64 };

typedef struct numbers {
    pn_norms norms;
    double residual;
} numbers;

static numbers measure_plainly(pn_gidx n, const double *x)
{
    numbers all = {0};
    double column_sums[N_MOST] = {0};
    double worst = 0;
    for (pn_gidx i = 0; i < n; i++) {
        double row = 0;
        double product = 0;
        for (pn_gidx j = 0; j < n; j++) {
            double value = pn_lcg_value(pn_lcg_state(100, n, i, j));
            row += fabs(value);
            column_sums[j] += fabs(value);
            product += value * x[j];
        }
        double b = pn_lcg_value(pn_lcg_state(100, n, i, n));
        all.norms.a_inf = fmax(all.norms.a_inf, row);
        all.norms.b_inf = fmax(all.norms.b_inf, fabs(b));
        worst = fmax(worst, fabs(product - b));
    }
    for (pn_gidx j = 0; j < n; j++) {
        all.norms.a_one = fmax(all.norms.a_one, column_sums[j]);
        all.norms.x_one += fabs(x[j]);
        all.norms.x_inf = fmax(all.norms.x_inf, fabs(x[j]));
    }
    double scale = 0x1p-53 * (all.norms.a_inf * all.norms.x_inf + all.norms.b_inf) * (double)n;
    all.residual = worst / scale;
    return all;
}

static bool near(double value, double wanted)
{
    return fabs(value - wanted) <= 1e-11 * wanted;
}

static void check_size(pn_comm *comm, pn_team *team, pn_gidx n)
{
    double x[N_MOST];
    static numbers found[RANKS_MOST];
    for (pn_gidx i = 0; i < n; i++)
        x[i] = cos((double)i) * 5;
    pn_verify_request request = {.n = n, .seed = 100, .x = x, .comm = comm, .team = team};
    numbers *mine = &found[comm->rank];
    CHECK(comm, pn_verify_solution(&request, &mine->norms, &mine->residual) == PN_OK);
    numbers wanted = measure_plainly(n, x);
    CHECK(comm, near(mine->norms.a_one, wanted.norms.a_one));
    CHECK(comm, near(mine->norms.a_inf, wanted.norms.a_inf));
    CHECK(comm, near(mine->norms.b_inf, wanted.norms.b_inf));
    CHECK(comm, near(mine->norms.x_one, wanted.norms.x_one));
    CHECK(comm, near(mine->norms.x_inf, wanted.norms.x_inf));
    CHECK(comm, near(mine->residual, wanted.residual));
    pn_group world = pn_group_world(comm, 0);
    pn_group_gather_all(&world, found, sizeof *found);
    for (int rank = 1; rank < comm->size; rank++)
        CHECK(comm, memcmp(&found[rank], &found[0], sizeof *found) == 0);
    x[n - 1] = NAN;
    CHECK(comm, pn_verify_solution(&request, &mine->norms, &mine->residual) == PN_OK);
    CHECK(comm, !isfinite(mine->residual));
}

int main(int argc, char **argv)
{
    pn_log log;
    pn_team *team;
    pn_comm *comm = harness_open(&log, &(pn_comm_request){.argc = &argc, .argv = &argv});
    CHECK(comm, comm->size <= RANKS_MOST && (argc < 2 || comm->size == atoi(argv[1])));
    CHECK(comm, pn_team_create(&team, 1 + comm->rank % 2, NULL) == PN_OK);
    const pn_gidx sizes[] = {1, 2, 5, 15, 64, 131, N_MOST};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        check_size(comm, team, sizes[i]);
    pn_team_destroy(team);
    pn_comm_close(comm);
    return 0;
}
