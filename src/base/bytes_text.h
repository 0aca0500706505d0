// Numbers of bytes as people type them.
#pragma once

#include <cstdint>
#include <string_view>

#include "cnnselect/result.h"

namespace cnnselect {

/// "512MiB", "2GiB", "1000000": bytes, or KiB, MiB, GiB, from 1 to 2^50. Errors name the text and
/// what is allowed.
Result<std::uint64_t> parse_bytes(std::string_view text);

}  // namespace cnnselect
