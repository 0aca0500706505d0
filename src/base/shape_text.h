// Shapes of tensors as messages and protocols write them. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace cnnselect {

/// "[-1,3,96,96]"; -1 is a free dimension.
std::string shape_text(std::span<const std::int64_t> shape);

}  // namespace cnnselect
