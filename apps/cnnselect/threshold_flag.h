// --threshold: T_threshold as a duration, or "auto".
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <string>

#include "trace/duration_text.h"

namespace cnnselect {

/// "auto" leaves it to the policy: among `policies`, cnnselect becomes cnnselect-auto. Where there
/// is neither of the two it would change nothing and is refused: only the cnnselect policies read a
/// threshold. Errors name the flag, the text and what is allowed.
inline Result<Duration> parse_threshold(const std::string& text, std::span<std::string> policies) {
  if (text == "auto") {
    std::ranges::replace(policies, "cnnselect", "cnnselect-auto");
    if (std::ranges::find(policies, "cnnselect-auto") == policies.end()) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("--threshold auto needs --policy cnnselect, not {}",
                              fmt::join(policies, ", ")));
    }
    return Duration::zero();
  }
  const auto threshold = parse_duration(text);
  if (threshold) return threshold;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("--threshold: {}, or auto", threshold.error().message));
}

}  // namespace cnnselect
