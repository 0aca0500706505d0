// An input to run a model with when nobody's is at hand: to warm it up, to measure it. Pure.
#pragma once

#include "cnnselect/backend.h"
#include "cnnselect/input_spec.h"

namespace cnnselect {

/// An image of zeros in the shape that the network takes, free dimensions filled from what the
/// family file says of its input.
Tensor blank_input(const TensorSpec& spec, const InputSpec& input);

}  // namespace cnnselect
