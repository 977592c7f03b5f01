// SPDX-License-Identifier: BSD-3-Clause
// A panel of which other processes have rows, factored on the device in the order of
// compute/joint_panel.h. The host's thread starts the kernels and speaks for them: it waits for
// what a kernel offers, has the processes agree, and answers. Meanwhile messages move on.
#include "compute/cuda/cuda_panel.h"

// The record of that number, which the kernel under way offers. False: it has ended without.
static bool await_record(pn_cuda *cuda, const pn_joint_column *column, unsigned number)
{
    enum { LOOKS = 64 }; // which cost less than to ask after the kernel itself
    const unsigned *asked = &cuda->panel->mail->asked;
    for (;;) {
        for (int i = 0; i < LOOKS; i++)
            if (__atomic_load_n(asked, __ATOMIC_ACQUIRE) == number)
                return true;
        cudaError_t error = cudaStreamQuery(cuda->main);
        if (error != cudaErrorNotReady) {
            pn_cuda_check(error, "factor a panel");
            return false;
        }
        column->pause(column->context);
    }
}

// False: it was given up.
static bool answer(pn_cuda_mail *mail, unsigned number)
{
    unsigned before = number - 1;
    return __atomic_compare_exchange_n(&mail->answered, &before, number, false, __ATOMIC_RELEASE,
                                       __ATOMIC_RELAXED);
}

static bool factor_base(pn_cuda *cuda, const pn_panel_task *t, int first, int width)
{
    pn_cuda_mail *mail = cuda->panel->mail;
    const int columns[2] = {first, width};
    pn_cuda_factor_joint_base(cuda, t, columns, (unsigned)first);
    for (int column = first; column < first + width; column++) {
        unsigned number = (unsigned)column + 1;
        if (!await_record(cuda, t->column, number))
            return false;
        t->column->agree(t->column->context, column, pn_cuda_record_of(mail));
        if (!answer(mail, number))
            return false;
    }
    return true;
}

// Columns [first + size[0], first + size[1]) after size[0] new pivots.
static void update_right(pn_cuda *cuda, const pn_panel_task *t, int first, const int size[2])
{
    const double one = 1.0, minus = -1.0;
    int done = size[0], right = size[1] - done, ld = (int)t->ld, ld_l11 = (int)t->ld_l11;
    pn_lidx live = t->column->has_top ? first + done : 0;
    const double *l11 = t->l11 + first * (t->ld_l11 + 1);
    double *u = t->l11 + (first + done) * t->ld_l11 + first;
    const double *l = t->a + first * t->ld + live;
    double *c = t->a + (first + done) * t->ld + live;
    pn_cuda_check_blas(cublasDtrsm(cuda->main_blas, CUBLAS_SIDE_LEFT, CUBLAS_FILL_MODE_LOWER,
                                   CUBLAS_OP_N, CUBLAS_DIAG_UNIT, done, right, &one, l11, ld_l11, u,
                                   ld_l11),
                       "solve in a panel");
    if (live < t->rows)
        pn_cuda_check_blas(cublasDgemm(cuda->main_blas, CUBLAS_OP_N, CUBLAS_OP_N,
                                       (int)(t->rows - live), right, done, &minus, l, ld, u, ld_l11,
                                       &one, c, ld),
                           "multiply in a panel");
}

static bool factor_columns(pn_cuda *cuda, const pn_panel_task *t, int first, int columns)
{
    if (columns <= PN_JOINT_BASE)
        return factor_base(cuda, t, first, columns);
    int left = pn_joint_left(columns);
    int size[2] = {left, columns};
    if (!factor_columns(cuda, t, first, left))
        return false;
    update_right(cuda, t, first, size);
    return factor_columns(cuda, t, first + left, columns - left);
}

bool pn_cuda_factor_jointly(pn_cuda *cuda, const pn_panel_task *task)
{
    pn_cuda_mail *mail = cuda->panel->mail;
    unsigned before = __atomic_load_n(&mail->answered, __ATOMIC_RELAXED);
    mail->asked = 0;
    if (before == PN_CUDA_GIVE_UP ||
        !__atomic_compare_exchange_n(&mail->answered, &before, 0, false, __ATOMIC_RELEASE,
                                     __ATOMIC_RELAXED))
        return false;
    return factor_columns(cuda, task, 0, task->width);
}

void pn_cuda_give_up(pn_compute *compute)
{
    __atomic_store_n(&pn_cuda_of(compute)->panel->mail->answered, PN_CUDA_GIVE_UP,
                     __ATOMIC_RELEASE);
}
