#include "base/shape_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cnnselect {

std::string shape_text(std::span<const std::int64_t> shape) {
  return fmt::format("[{}]", fmt::join(shape, ","));
}

}  // namespace cnnselect
