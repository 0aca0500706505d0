// Shapes of tensors, as protocols and models state them. -1 is a free dimension. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "cnnselect/backend.h"

namespace cnnselect {

/// The narrowest shape that covers both: -1 wherever they differ. If the ranks differ, all
/// dimensions are free, in the rank of `a`.
std::vector<std::int64_t> common_shape(std::span<const std::int64_t> a,
                                       std::span<const std::int64_t> b);

/// Whether the images of a batch of `shape` ([N, ...]) can run one by one on an input of `spec`.
bool takes(const TensorSpec& spec, ElementType type, std::span<const std::int64_t> shape);

}  // namespace cnnselect
