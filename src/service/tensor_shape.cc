#include "service/tensor_shape.h"

#include <algorithm>

namespace cnnselect {

std::vector<std::int64_t> common_shape(std::span<const std::int64_t> a,
                                       std::span<const std::int64_t> b) {
  if (a.size() != b.size()) return std::vector<std::int64_t>(a.size(), -1);
  std::vector<std::int64_t> common(a.begin(), a.end());
  for (std::size_t i = 0; i < common.size(); ++i) {
    if (a[i] != b[i]) common[i] = -1;
  }
  return common;
}

bool takes(const TensorSpec& spec, ElementType type, std::span<const std::int64_t> shape) {
  if (spec.type != type || spec.shape.size() != shape.size() || shape.empty()) return false;
  const auto fits = [](std::int64_t wanted, std::int64_t seen) {
    return wanted == seen || (wanted == -1 && seen > 0);
  };
  return std::equal(spec.shape.begin() + 1, spec.shape.end(), shape.begin() + 1, fits);
}

}  // namespace cnnselect
