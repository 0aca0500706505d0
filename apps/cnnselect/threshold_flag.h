// --threshold: T_threshold as a duration, or "auto".
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>

#include "trace/duration_text.h"

namespace cnnselect {

/// "auto" leaves it to the policy: among `policies`, cnnselect becomes cnnselect-auto; the others
/// read no threshold. Errors name the flag, the text and what is allowed.
inline Result<Duration> parse_threshold(const std::string& text, std::span<std::string> policies) {
  if (text == "auto") {
    std::ranges::replace(policies, "cnnselect", "cnnselect-auto");
    return Duration::zero();
  }
  const auto threshold = parse_duration(text);
  if (threshold) return threshold;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("--threshold: {}, or auto", threshold.error().message));
}

}  // namespace cnnselect
