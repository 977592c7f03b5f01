// SPDX-License-Identifier: BSD-3-Clause
// A choice under way: what the parts of choose*.c share.
#ifndef PN_TUNE_CHOOSING_H
#define PN_TUNE_CHOOSING_H

#include "tune/choice.h"
#include "tune/classes.h"

typedef struct pn_choosing {
    const pn_choice_request *request;
    const pn_rank_info *info; // [ranks]
    int ranks;
    pn_choice *choice;
    pn_rank_rate *rates;  // [ranks]
    int32_t *owner;       // [PN_CHOOSING_BLOCKS] for trial deals
    pn_gidx *caps;        // [ranks] for trial deals
    pn_gidx *count;       // [ranks] the same
    double rate;          // FLOP/s of all ranks together, held back by the slowest for its share
    bool rate_assumed;    // not measured on every rank
    pn_gidx n_for_time;   // that fills the time; 0: N was asked for
    double memory_share;  // of what is available, where no size was asked for
    bool has_links;       // request->links, and the order of the hosts by them
    pn_host_order order;  // of the hosts; empty without links
    int height;           // of the process columns, as the search tries it; 0: by the rules
    double rate_with_all; // expected if nobody were left out; 0: it would not fit
    // To ask what a trouble costs: ranks whose memory or whose links to other hosts count as none.
    const bool *eased; // [ranks]; NULL: nobody's
    pn_left_out trouble;
} pn_choosing;

// Matrices of more block columns than that are dealt in thicker ones to foresee their time.
enum { PN_CHOOSING_BLOCKS = 20000 };

// choose_size.c: arrangement, NB and N, with the ranks that are not left out. Failure: memory.
pn_status pn_choosing_size(pn_choosing *choosing);
// About how large the matrix will be, with the arrangement, rate and NB so far.
pn_gidx pn_choosing_about(const pn_choosing *choosing);
// Seconds of the solve, as asked for or by default.
double pn_choosing_time(const pn_choice_request *request);
// choose_leave.c: takes the choice without the ranks that cost more than they bring in its place.
// sized: what pn_choosing_size said with all of them; if that did not fit, it is tried without some
// as well. Failure: memory.
pn_status pn_choosing_leave_out(pn_choosing *choosing, pn_status sized);

// choose_ranks.c: what was asked for or the default.
double pn_choosing_memory_share(const pn_choice_request *request);

// choose_grid.c: the arrangement, by request and rates.
pn_status pn_choosing_arrange(pn_choosing *choosing);
// Sets the order of the hosts, if their links are known. Failure: memory.
pn_status pn_choosing_order_hosts(pn_choosing *choosing);
// Whether links between hosts are slower than those inside.
bool pn_choosing_has_gaps(const pn_choosing *choosing);
// Sets choosing->rates.
void pn_choosing_know(pn_choosing *choosing);

// Whether unlike memory may keep columns from their share.
bool pn_choosing_has_caps(const pn_choosing *choosing);
// Sets the caps of the arrangement from memory. false: N does not fit.
bool pn_choosing_set_caps(const pn_choosing *choosing, pn_gidx n, int nb);
// Block columns that each column owns with the caps set, or would own if they do not hold the
// matrix.
void pn_choosing_deal(const pn_choosing *choosing, pn_gidx n, int nb, pn_gidx *count);

// Bytes of a rank in a column that owns so many block columns.
int64_t pn_choosing_bytes(const pn_choosing *choosing, int rank, pn_gidx n, int nb, pn_gidx blocks);
bool pn_choosing_fits(const pn_choosing *choosing, pn_gidx n, int nb);
// The largest N, a multiple of NB (or below it), whose parts fit all ranks; 0: none.
pn_gidx pn_choosing_largest(const pn_choosing *choosing, int nb);
// Sets is_full of all ranks for the N and NB chosen.
void pn_choosing_mark_full(const pn_choosing *choosing);
// Whether some column is full before it has its share, with the caps set.
bool pn_choosing_is_full(const pn_choosing *choosing, pn_gidx n, int nb);
// Heights that the grid of like ranks may have: the usual one first. heights[most]; how many.
int pn_choosing_heights(const pn_choosing *choosing, pn_tuned_height *heights, int most);
// The links of the columns of a layout (choose_links.c).
typedef struct pn_choosing_seats {
    int *first;  // [columns] the rank in row 0
    int *beside; // [columns] ranks of the column on that one's host, which share its link
} pn_choosing_seats;
pn_status pn_choosing_seat(const pn_choosing *choosing, pn_choosing_seats *seats);
void pn_choosing_unseat(pn_choosing_seats *seats);
// Between two columns; inside a column, the slowest; the faster to a neighbour of it.
pn_link pn_choosing_link(const pn_choosing *choosing, const pn_choosing_seats *seats, int column,
                         int other);
pn_link pn_choosing_link_inside(const pn_choosing *choosing, const pn_choosing_seats *seats,
                                int column);
pn_link pn_choosing_link_beside(const pn_choosing *choosing, const pn_choosing_seats *seats,
                                int column);
// Seconds of the solve by the model (choose_model.c); loss: filled if not NULL. INFINITY: it cannot
// be modelled.
typedef struct pn_choosing_loss { // parts of the rate
    double capped;                // that full columns cost
    double panels;                // and the slow panels of unlike ranks
} pn_choosing_loss;
double pn_choosing_seconds(const pn_choosing *choosing, pn_gidx n, int nb, pn_choosing_loss *loss);
// Sets choosing->rate.
void pn_choosing_rate(pn_choosing *choosing);

// Fills choice->lines and the expectations.
void pn_choosing_explain(pn_choosing *choosing);

// "1.9 GiB".
void pn_bytes_text(int64_t bytes, char *text, size_t room);

#endif
