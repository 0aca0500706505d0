// An input to run a model with when there is no request: to warm it up or to measure it. Pure.
#pragma once

#include "cnnselect/backend.h"
#include "cnnselect/input_spec.h"

namespace cnnselect {

/// An image of zeros in the shape that the network takes. Free dimensions are filled from the
/// family file's description of the input.
Tensor blank_input(const TensorSpec& spec, const InputSpec& input);

}  // namespace cnnselect
