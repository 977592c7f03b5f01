// SPDX-License-Identifier: BSD-3-Clause
// A language model to be trained, and what that takes.
#ifndef PN_MACHINES_LANGUAGE_MODEL_H
#define PN_MACHINES_LANGUAGE_MODEL_H

typedef struct pn_language_model {
    double parameters;
    double active; // that a token passes: fewer where experts are mixed
    double tokens;
} pn_language_model;

// Forward and backward pass, without what is computed twice to save memory: 6 a parameter and token
// (Kaplan et al., Scaling Laws for Neural Language Models, 2020, section 2.1).
static inline double pn_language_model_operations(const pn_language_model *model)
{
    return 6 * model->active * model->tokens;
}

// Bytes that all devices hold together, the activations apart: parameters and gradients in 16 bits,
// and in FP32 the parameters and both moments of Adam (Rajbhandari et al., ZeRO, 2020,
// section 3.1).
static inline double pn_language_model_bytes(const pn_language_model *model)
{
    return 16 * model->parameters;
}

#endif
