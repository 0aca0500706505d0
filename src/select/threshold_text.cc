#include "select/threshold_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "trace/duration_text.h"

namespace cnnselect {

Result<Duration> parse_threshold(const std::string& text, std::span<std::string> policies) {
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
