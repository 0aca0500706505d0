// From a classifier's output tensor to ranked classes. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <vector>

#include "cnnselect/backend.h"
#include "cnnselect/input_spec.h"

namespace cnnselect {

/// One class of an answer.
struct RankedClass {
  std::size_t index = 0;
  double confidence = 0;  ///< probability in [0, 1]
  friend bool operator==(const RankedClass&, const RankedClass&) = default;
};

/// Probabilities of logits: finite, in [0, 1], sum 1 for any finite logits however large. Total: a
/// NaN counts as minus infinity, plus infinities share everything, and when nothing is left every
/// class is equally likely.
std::vector<double> softmax(std::span<const float> logits);

/// The `k` most likely classes of the output of one image, best first; equal ones in index order;
/// fewer when there are fewer classes. `labels` is the family's number of classes.
/// Errors: kInternal (the model's output is not one row of `labels` floats).
Result<std::vector<RankedClass>> rank(const Tensor& output, OutputKind kind, std::size_t labels,
                                      std::size_t k);

}  // namespace cnnselect
