// SPDX-License-Identifier: BSD-3-Clause
// cuBLAS by plain loops: given to a stream like everything else, its operands seen by the checks as
// a whole. A call also writes to its handle's workspace, as the real one may.
#include "device.h"

using namespace emulate;

struct emulate_blas {
    emulate_stream *stream;
    void *workspace;
};

namespace
{
struct matrix { // column-major
    const double *data;
    int rows, columns, ld;
};
} // namespace

static void use(const matrix &m, bool write)
{
    if (m.rows == 0 || m.columns == 0)
        return;
    if (place_of(m.data) != DEVICE)
        complain("is given memory that is not the device's", m.data, nullptr, "");
    touch_columns(m.data, (size_t)m.rows * sizeof(double), (size_t)m.columns,
                  (size_t)m.ld * sizeof(double), write);
}

// Given to the handle's stream; what is updated is read as well.
static void give_call(cublasHandle_t handle, const char *name, std::vector<matrix> read,
                      matrix updated, std::function<void()> run)
{
    void *workspace = handle->workspace;
    give(handle->stream, name, [=] {
        if (workspace)
            touch(workspace, sizeof(double), true);
        for (const matrix &m : read)
            use(m, false);
        use(updated, false);
        use(updated, true);
        run();
    });
    perhaps();
}

// C := alpha A op(B) + beta C for A as it is.
static void multiply(const matrix &a, const matrix &b, bool transposed, const double factors[2],
                     double *c, int ldc)
{
    int n = transposed ? b.rows : b.columns;
    for (int j = 0; j < n; j++) {
        double *target = c + (ptrdiff_t)j * ldc;
        for (int i = 0; factors[1] != 1 && i < a.rows; i++)
            target[i] *= factors[1];
        for (int k = 0; k < a.columns; k++) {
            ptrdiff_t at = transposed ? (ptrdiff_t)k * b.ld + j : (ptrdiff_t)j * b.ld + k;
            double value = factors[0] * b.data[at];
            const double *source = a.data + (ptrdiff_t)k * a.ld;
            for (int i = 0; i < a.rows; i++)
                target[i] += value * source[i];
        }
    }
}

// Lower triangles with ones on the diagonal: from the left as they are, from the right transposed.
static void solve(const matrix &l, const matrix &b, bool left)
{
    double *data = (double *)b.data;
    for (int k = 0; k < l.rows; k++)
        for (int i = k + 1; i < l.rows; i++) {
            double value = l.data[(ptrdiff_t)k * l.ld + i];
            for (int j = 0; j < (left ? b.columns : b.rows); j++)
                if (left)
                    data[(ptrdiff_t)j * b.ld + i] -= value * data[(ptrdiff_t)j * b.ld + k];
                else
                    data[(ptrdiff_t)i * b.ld + j] -= value * data[(ptrdiff_t)k * b.ld + j];
        }
}

extern "C" {
cublasStatus_t cublasCreate(cublasHandle_t *handle)
{
    *handle = new emulate_blas();
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasDestroy(cublasHandle_t handle)
{
    delete handle;
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetMathMode(cublasHandle_t, cublasMath_t)
{
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetStream(cublasHandle_t handle, cudaStream_t stream)
{
    handle->stream = stream;
    handle->workspace = nullptr;
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetWorkspace(cublasHandle_t handle, void *memory, size_t)
{
    handle->workspace = memory;
    return CUBLAS_STATUS_SUCCESS;
}

const char *cublasGetStatusString(cublasStatus_t status)
{
    return status == CUBLAS_STATUS_SUCCESS ? "success" : "an invalid value";
}

cublasStatus_t cublasDgemm(cublasHandle_t handle, cublasOperation_t op_a, cublasOperation_t op_b,
                           int m, int n, int k, const double *alpha, const double *a, int lda,
                           const double *b, int ldb, const double *beta, double *c, int ldc)
{
    bool transposed = op_b == CUBLAS_OP_T;
    if (op_a != CUBLAS_OP_N || m < 0 || n < 0 || k < 0 || lda < m || ldb < (transposed ? n : k) ||
        ldc < m)
        return CUBLAS_STATUS_INVALID_VALUE;
    matrix left = {a, m, k, lda}, right = {b, transposed ? n : k, transposed ? k : n, ldb};
    double factors[2] = {*alpha, *beta};
    give_call(handle, "gemm", {left, right}, {c, m, n, ldc},
              [=] { multiply(left, right, transposed, factors, c, ldc); });
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasDtrsm(cublasHandle_t handle, cublasSideMode_t side, cublasFillMode_t fill,
                           cublasOperation_t op, cublasDiagType_t diagonal, int m, int n,
                           const double *alpha, const double *a, int lda, double *b, int ldb)
{
    bool left = side == CUBLAS_SIDE_LEFT;
    int order = left ? m : n;
    if (m < 0 || n < 0 || lda < order || ldb < m || fill != CUBLAS_FILL_MODE_LOWER ||
        diagonal != CUBLAS_DIAG_UNIT || *alpha != 1 || left != (op == CUBLAS_OP_N))
        return CUBLAS_STATUS_INVALID_VALUE;
    std::vector<matrix> triangle; // the columns below the diagonal
    for (int j = 0; j + 1 < order; j++)
        triangle.push_back({a + (ptrdiff_t)j * lda + j + 1, order - j - 1, 1, lda});
    matrix whole = {a, order, order, lda}, right = {b, m, n, ldb};
    give_call(handle, "trsm", triangle, right, [=] { solve(whole, right, left); });
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasDgemv(cublasHandle_t handle, cublasOperation_t op, int m, int n,
                           const double *alpha, const double *a, int lda, const double *x, int incx,
                           const double *beta, double *y, int incy)
{
    if (op != CUBLAS_OP_T || m < 0 || n < 0 || lda < m || incx != 1 || incy != 1 || *beta != 1)
        return CUBLAS_STATUS_INVALID_VALUE;
    double factor = *alpha;
    give_call(handle, "gemv", {{a, m, n, lda}, {x, m, 1, m}}, {y, n, 1, n}, [=] {
        for (int j = 0; j < n; j++) {
            double sum = 0;
            for (int i = 0; i < m; i++)
                sum += a[(ptrdiff_t)j * lda + i] * x[i];
            y[j] += factor * sum;
        }
    });
    return CUBLAS_STATUS_SUCCESS;
}
}
