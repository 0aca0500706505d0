#include "trace/duration_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace cnnselect {
namespace {

struct Unit {
  std::string_view name;
  double ms;
};
// Longer names first: "ms" ends with "s" too.
constexpr std::array kUnits = {Unit{"min", 60'000}, Unit{"ms", 1}, Unit{"us", 0.001},
                               Unit{"s", 1'000}};
constexpr std::size_t kMostValues = 10'000;
// So that a sum of a few never overflows; nothing that is waited for takes longer.
constexpr double kLongestMs = 86'400'000;

std::unexpected<Error> wrong(std::string_view text) {
  return fail(
      ErrorCode::kInvalidArgument,
      fmt::format("'{}' is not a duration; write a number >= 0 and a unit (us, ms, s, min), "
                  "such as 200ms, 24 h at most",
                  text));
}

Result<std::vector<Duration>> parse_range(std::string_view text, std::size_t dots) {
  const auto colon = text.find(':', dots);
  if (colon == std::string_view::npos) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("range '{}' has no step; write FROM..TO:STEP", text));
  }
  const auto from = parse_duration(text.substr(0, dots));
  if (!from) return std::unexpected(from.error());
  const auto to = parse_duration(text.substr(dots + 2, colon - dots - 2));
  if (!to) return std::unexpected(to.error());
  const auto step = parse_duration(text.substr(colon + 1));
  if (!step) return std::unexpected(step.error());
  if (*step <= Duration::zero() || *from > *to || *from <= Duration::zero()) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("range '{}' needs 0 < FROM <= TO and STEP > 0", text));
  }
  if (static_cast<std::size_t>((*to - *from) / *step) >= kMostValues) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("range '{}' has more than {} values", text, kMostValues));
  }
  std::vector<Duration> values;
  for (Duration value = *from; value <= *to; value += *step) values.push_back(value);
  return values;
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  for (const auto& [name, ms] : kUnits) {
    if (!text.ends_with(name)) continue;
    const std::string_view number = text.substr(0, text.size() - name.size());
    double value = -1;
    const char* const last = number.data() + number.size();
    const auto [end, failed] = std::from_chars(number.data(), last, value);
    // Written so that NaN fails too.
    if (failed != std::errc{} || end != last || !(value >= 0 && value * ms <= kLongestMs)) {
      return wrong(text);
    }
    return from_ms(value * ms);
  }
  return wrong(text);
}

Result<std::vector<Duration>> parse_durations(std::string_view text) {
  if (const auto dots = text.find(".."); dots != std::string_view::npos) {
    return parse_range(text, dots);
  }
  std::vector<Duration> values;
  while (true) {
    const auto comma = text.find(',');
    const auto value = parse_duration(text.substr(0, comma));
    if (!value) return std::unexpected(value.error());
    if (*value <= Duration::zero()) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("'{}' must be above zero", text.substr(0, comma)));
    }
    values.push_back(*value);
    if (comma == std::string_view::npos) return values;
    text.remove_prefix(comma + 1);
  }
}

std::string duration_text(Duration d) {
  return fmt::format("{}ms", std::round(to_ms(d) * 1e3) / 1e3);
}

}  // namespace cnnselect
