// SPDX-License-Identifier: BSD-3-Clause
// cuBLAS by plain loops: given to a stream like everything else, its operands seen by the checks as
// a whole. A call also writes to its handle's workspace, as the real one may.
#include "device.h"

#include <cmath>
#include <cstdlib>
#include <type_traits>
#include <vector>

using namespace emulate;

struct emulate_blas {
    emulate_stream *stream;
    void *workspace;
    bool emulates; // FP64, with so many bits
    int bits = 55;
};

namespace
{
struct bfloat16 { // its bits
    uint16_t bits;
};

struct matrix { // column-major
    const void *data;
    int rows, columns, ld;
    size_t size;       // of an entry
    bool once = false; // each is used once
};
} // namespace

static double value_of(double number)
{
    return number;
}

static float value_of(float number)
{
    return number;
}

static float value_of(bfloat16 number)
{
    uint32_t bits = (uint32_t)number.bits << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void use(const matrix &m, bool write)
{
    if (m.rows == 0 || m.columns == 0)
        return;
    if (place_of(m.data) != DEVICE)
        complain("is given memory that is not the device's", m.data, nullptr, "");
    const char *last =
        (const char *)m.data + ((ptrdiff_t)(m.columns - 1) * m.ld + m.rows - 1) * (ptrdiff_t)m.size;
    if (!m.once && (is_hosted(m.data) || is_hosted(last)))
        complain("is given memory of the host, which it reads more than once", m.data, nullptr, "");
    touch_columns(m.data, (size_t)m.rows * m.size, (size_t)m.columns, (size_t)m.ld * m.size, write);
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
template <class T, class C>
static void multiply(const matrix &a, const matrix &b, bool transposed, const C factors[2], C *c,
                     int ldc)
{
    const T *a_data = (const T *)a.data, *b_data = (const T *)b.data;
    int n = transposed ? b.rows : b.columns;
    for (int j = 0; j < n; j++) {
        C *target = c + (ptrdiff_t)j * ldc;
        for (int i = 0; factors[1] != 1 && i < a.rows; i++)
            target[i] *= factors[1];
        for (int k = 0; k < a.columns; k++) {
            ptrdiff_t at = transposed ? (ptrdiff_t)k * b.ld + j : (ptrdiff_t)j * b.ld + k;
            C value = factors[0] * value_of(b_data[at]);
            const T *source = a_data + (ptrdiff_t)k * a.ld;
            for (int i = 0; i < a.rows; i++)
                target[i] += value * value_of(source[i]);
        }
    }
}

// A copy with what lies `bits` below the greatest of its row, or of its column, cut off.
static std::vector<double> cut(const matrix &m, bool by_row, int bits)
{
    const double *data = (const double *)m.data;
    std::vector<double> copy((size_t)m.rows * (size_t)m.columns);
    int lines = by_row ? m.rows : m.columns, length = by_row ? m.columns : m.rows;
    for (int line = 0; line < lines; line++) {
        double most = 0;
        auto entry = [&](int i) {
            return data[by_row ? line + (ptrdiff_t)i * m.ld : i + (ptrdiff_t)line * m.ld];
        };
        for (int i = 0; i < length; i++)
            most = std::fmax(most, std::fabs(entry(i)));
        int exponent = most > 0 && std::isfinite(most) ? std::ilogb(most) + 1 : 0;
        for (int i = 0; i < length; i++) {
            double whole = std::trunc(std::ldexp(entry(i), bits - 1 - exponent));
            copy[by_row ? line + (size_t)i * m.rows : i + (size_t)line * m.rows] =
                std::isfinite(whole) ? std::ldexp(whole, exponent + 1 - bits) : entry(i);
        }
    }
    return copy;
}

static void multiply_emulated(const matrix &a, const matrix &b, bool transposed,
                              const double factors[2], double *c, int ldc, int bits)
{
    std::vector<double> left = cut(a, true, bits), right = cut(b, transposed, bits);
    multiply<double, double>({left.data(), a.rows, a.columns, a.rows, sizeof(double)},
                             {right.data(), b.rows, b.columns, b.rows, sizeof(double)}, transposed,
                             factors, c, ldc);
}

// What was asked for: C (m x n), op(A) = A.
struct shape {
    cublasOperation_t op_a, op_b;
    int m, n, k, lda, ldb, ldc;
};

template <class T, class C>
static cublasStatus_t give_product(cublasHandle_t handle, const shape &s, const C *alpha,
                                   const void *a, const void *b, const C *beta, C *c)
{
    bool transposed = s.op_b == CUBLAS_OP_T;
    if (s.op_a != CUBLAS_OP_N || s.m < 0 || s.n < 0 || s.k < 0 || s.lda < s.m ||
        s.ldb < (transposed ? s.n : s.k) || s.ldc < s.m)
        return CUBLAS_STATUS_INVALID_VALUE;
    matrix left = {a, s.m, s.k, s.lda, sizeof(T)},
           right = {b, transposed ? s.n : s.k, transposed ? s.k : s.n, s.ldb, sizeof(T)};
    C first = *alpha, second = *beta;
    int bits = handle->emulates ? handle->bits : 0;
    int ldc = s.ldc;
    give_call(handle, "gemm", {left, right}, {c, s.m, s.n, s.ldc, sizeof(C)}, [=] {
        const C factors[2] = {first, second};
        if constexpr (std::is_same_v<T, double>)
            if (bits > 0)
                return multiply_emulated(left, right, transposed, factors, c, ldc, bits);
        multiply<T, C>(left, right, transposed, factors, c, ldc);
    });
    return CUBLAS_STATUS_SUCCESS;
}

// Lower triangles with ones on the diagonal: from the left as they are, from the right transposed.
template <class T> static void solve(const matrix &l, const matrix &b, bool left)
{
    T *data = (T *)b.data;
    const T *triangle = (const T *)l.data;
    for (int k = 0; k < l.rows; k++)
        for (int i = k + 1; i < l.rows; i++) {
            T value = triangle[(ptrdiff_t)k * l.ld + i];
            for (int j = 0; j < (left ? b.columns : b.rows); j++)
                if (left)
                    data[(ptrdiff_t)j * b.ld + i] -= value * data[(ptrdiff_t)j * b.ld + k];
                else
                    data[(ptrdiff_t)i * b.ld + j] -= value * data[(ptrdiff_t)k * b.ld + j];
        }
}

// Upper triangles from the right.
template <class T> static void solve_upper(const matrix &u, const matrix &b)
{
    T *data = (T *)b.data;
    const T *triangle = (const T *)u.data;
    for (int k = 0; k < u.rows; k++)
        for (int i = 0; i < b.rows; i++) {
            T value = data[(ptrdiff_t)k * b.ld + i] /= triangle[(ptrdiff_t)k * u.ld + k];
            for (int j = k + 1; j < u.rows; j++)
                data[(ptrdiff_t)j * b.ld + i] -= value * triangle[(ptrdiff_t)j * u.ld + k];
        }
}

struct triangle_words {
    cublasSideMode_t side;
    cublasFillMode_t fill;
    cublasOperation_t op;
    cublasDiagType_t diagonal;
};

template <class T>
static cublasStatus_t give_solution(cublasHandle_t handle, const triangle_words &w, int m, int n,
                                    const T *alpha, const T *a, int lda, T *b, int ldb)
{
    bool left = w.side == CUBLAS_SIDE_LEFT, upper = w.fill == CUBLAS_FILL_MODE_UPPER;
    int order = left ? m : n;
    bool is_known = upper ? !left && w.op == CUBLAS_OP_N && w.diagonal == CUBLAS_DIAG_NON_UNIT
                          : left == (w.op == CUBLAS_OP_N) && w.diagonal == CUBLAS_DIAG_UNIT;
    if (!is_known || *alpha != 1 || m < 0 || n < 0 || lda < order || ldb < m)
        return CUBLAS_STATUS_INVALID_VALUE;
    std::vector<matrix> triangle; // the columns below the diagonal, or down to it
    for (int j = 0; j + (upper ? 0 : 1) < order; j++) {
        const T *column = a + (ptrdiff_t)j * lda;
        if (upper)
            triangle.push_back({column, j + 1, 1, lda, sizeof(T)});
        else
            triangle.push_back({column + j + 1, order - j - 1, 1, lda, sizeof(T)});
    }
    matrix whole = {a, order, order, lda, sizeof(T)}, right = {b, m, n, ldb, sizeof(T)};
    give_call(handle, "trsm", triangle, right, [=] {
        if (upper)
            solve_upper<T>(whole, right);
        else
            solve<T>(whole, right, left);
    });
    return CUBLAS_STATUS_SUCCESS;
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

cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode)
{
    handle->emulates = (int)mode == 8 || getenv("PANACHE_EMULATE_FP64");
    return CUBLAS_STATUS_SUCCESS;
}

// Those of CUDA 13 by which products of FP64 are emulated.
cublasStatus_t cublasSetEmulationStrategy(cublasHandle_t, int strategy)
{
    return strategy == 2 ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_INVALID_VALUE;
}

cublasStatus_t cublasSetFixedPointEmulationMantissaControl(cublasHandle_t, int control)
{
    return control == 1 ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_INVALID_VALUE;
}

cublasStatus_t cublasSetFixedPointEmulationMaxMantissaBitCount(cublasHandle_t handle, int bits)
{
    handle->bits = bits;
    return bits > 0 ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_INVALID_VALUE;
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
    return give_product<double>(handle, {op_a, op_b, m, n, k, lda, ldb, ldc}, alpha, a, b, beta, c);
}

cublasStatus_t cublasSgemm(cublasHandle_t handle, cublasOperation_t op_a, cublasOperation_t op_b,
                           int m, int n, int k, const float *alpha, const float *a, int lda,
                           const float *b, int ldb, const float *beta, float *c, int ldc)
{
    return give_product<float>(handle, {op_a, op_b, m, n, k, lda, ldb, ldc}, alpha, a, b, beta, c);
}

// PANACHE_EMULATE_HALF: 0 refuses 16 bits, 2 gets them wrong.
cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t op_a, cublasOperation_t op_b,
                            int m, int n, int k, const void *alpha, const void *a,
                            cudaDataType_t type_a, int lda, const void *b, cudaDataType_t type_b,
                            int ldb, const void *beta, void *c, cudaDataType_t type_c, int ldc,
                            cublasComputeType_t compute, cublasGemmAlgo_t)
{
    enum { REFUSED, RIGHT, WRONG };
    int half = setting("PANACHE_EMULATE_HALF", RIGHT);
    if (half == REFUSED || type_a != CUDA_R_16BF || type_b != CUDA_R_16BF || type_c != CUDA_R_32F ||
        compute != CUBLAS_COMPUTE_32F)
        return CUBLAS_STATUS_INVALID_VALUE;
    float factor = *(const float *)alpha * (half == WRONG ? 1.5F : 1);
    return give_product<bfloat16>(handle, {op_a, op_b, m, n, k, lda, ldb, ldc}, &factor, a, b,
                                  (const float *)beta, (float *)c);
}

cublasStatus_t cublasDtrsm(cublasHandle_t handle, cublasSideMode_t side, cublasFillMode_t fill,
                           cublasOperation_t op, cublasDiagType_t diagonal, int m, int n,
                           const double *alpha, const double *a, int lda, double *b, int ldb)
{
    return give_solution(handle, {side, fill, op, diagonal}, m, n, alpha, a, lda, b, ldb);
}

cublasStatus_t cublasStrsm(cublasHandle_t handle, cublasSideMode_t side, cublasFillMode_t fill,
                           cublasOperation_t op, cublasDiagType_t diagonal, int m, int n,
                           const float *alpha, const float *a, int lda, float *b, int ldb)
{
    return give_solution(handle, {side, fill, op, diagonal}, m, n, alpha, a, lda, b, ldb);
}

cublasStatus_t cublasDgemv(cublasHandle_t handle, cublasOperation_t op, int m, int n,
                           const double *alpha, const double *a, int lda, const double *x, int incx,
                           const double *beta, double *y, int incy)
{
    if (op != CUBLAS_OP_T || m < 0 || n < 0 || lda < m || incx != 1 || incy != 1 || *beta != 1)
        return CUBLAS_STATUS_INVALID_VALUE;
    double factor = *alpha;
    give_call(handle, "gemv", {{a, m, n, lda, sizeof *a, true}, {x, m, 1, m, sizeof *x}},
              {y, n, 1, n, sizeof *y}, [=] {
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
