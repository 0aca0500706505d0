#include "api/request_hints.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "base/shortened.h"
#include "base/text.h"

namespace cnnselect {
namespace {

constexpr std::string_view kHeaderPrefix = "x-cnnselect-";
constexpr std::size_t kMaxTextHint = 64;
constexpr std::size_t kShownOfHint = 40;  ///< of a refused value, in its message

struct DurationHint {
  std::string_view key;
  std::optional<Duration> RequestHints::* field;
  double min_ms;
};
constexpr std::array kDurations = {
    DurationHint{"sla_ms", &RequestHints::sla, kMinSlaMs},
    DurationHint{"rtt_ms", &RequestHints::rtt, 0},
    DurationHint{"elapsed_ms", &RequestHints::elapsed, 0},
    DurationHint{"device_ms", &RequestHints::device, 0},
    DurationHint{"last_output_ms", &RequestHints::last_output, 0},
    DurationHint{"last_input_ms", &RequestHints::last_input, 0},
    DurationHint{"threshold_ms", &RequestHints::threshold, 0},
};

struct TextHint {
  std::string_view key;
  std::string RequestHints::* field;
};
constexpr std::array kTexts = {
    TextHint{"network_class", &RequestHints::network_class},
    TextHint{"policy", &RequestHints::policy},
};

constexpr std::string_view kDeviceTop1 = "device_top1";
constexpr std::string_view kPriority = "priority";
constexpr std::string_view kTimeout = "timeout";

/// A number from `min` to `max`, or the error that names both. `seen` is the value as sent.
Result<double> bounded(std::string_view key, double value, std::string_view seen, double min,
                       double max, std::string_view unit) {
  if (value >= min && value <= max) return value;  // refuses NaN too
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{} is {}; allowed: {} to {}{}", key, seen, min, max, unit));
}

/// Sets a numeric hint; false when `key` names none.
Result<bool> set_number(RequestHints& hints, std::string_view key, double value,
                        std::string_view seen) {
  for (const DurationHint& hint : kDurations) {
    if (hint.key != key) continue;
    const auto ms = bounded(key, value, seen, hint.min_ms, kMaxHintMs, " milliseconds");
    if (!ms) return std::unexpected(ms.error());
    hints.*hint.field = from_ms(*ms);
    return true;
  }
  if (key != kDeviceTop1) return false;
  const auto fraction = bounded(key, value, seen, 0, 1, "");
  if (!fraction) return std::unexpected(fraction.error());
  hints.device_top1 = *fraction;
  return true;
}

bool is_name(std::string_view text) {
  return text.size() <= kMaxTextHint && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("-_.:+=,").contains(c);
         });
}

std::string shown(std::string_view text) {
  return fmt::format("'{}'", shortened(text, kShownOfHint));
}

bool is_numeric_hint(std::string_view key) {
  return key == kDeviceTop1 ||
         std::ranges::find(kDurations, key, &DurationHint::key) != kDurations.end();
}

const TextHint* find_text_hint(std::string_view key) {
  const auto* const found = std::ranges::find(kTexts, key, &TextHint::key);
  return found == kTexts.end() ? nullptr : found;
}

Result<bool> set_whole_hint(RequestHints& hints, std::string_view key, std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), value);
  if (error != std::errc() || end != text.end()) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} is {}; want {}", key, shown(text), kWholeHintWanted));
  }
  set_whole_hint(hints, key, value);
  return true;
}

/// "X-CnnSelect-Sla-Ms" to "sla_ms"; nothing when the name has another prefix.
std::optional<std::string> hint_key_of_header(std::string_view name) {
  if (name.size() <= kHeaderPrefix.size()) return std::nullopt;
  std::string key = lowered(name);
  if (!key.starts_with(kHeaderPrefix)) return std::nullopt;
  key.erase(0, kHeaderPrefix.size());
  std::ranges::replace(key, '-', '_');
  return key;
}

}  // namespace

std::string_view hint_keys() {
  return "sla_ms, rtt_ms, elapsed_ms, device_ms, device_top1, network_class, last_output_ms, "
         "last_input_ms, threshold_ms, policy, priority, timeout";
}

bool is_hint(std::string_view key) {
  return is_numeric_hint(key) || is_whole_hint(key) || find_text_hint(key) != nullptr;
}

bool is_whole_hint(std::string_view key) { return key == kPriority || key == kTimeout; }

void set_whole_hint(RequestHints& hints, std::string_view key, std::uint64_t value) {
  if (key == kPriority) {
    hints.priority = value;
    return;
  }
  using std::chrono::microseconds;
  constexpr auto kLongest = std::chrono::floor<microseconds>(kForever);
  const bool fits = value <= static_cast<std::uint64_t>(kLongest.count());
  hints.timeout = fits ? Duration(microseconds(value)) : kForever;
}

Result<bool> set_hint(RequestHints& hints, std::string_view key, std::string_view text) {
  if (!is_hint(key)) return false;
  text = trimmed(text, " \t\r\n");
  if (text.empty()) return true;
  if (const TextHint* const hint = find_text_hint(key)) {
    if (!is_name(text)) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{} is {}; allowed: at most {} letters, digits and any of -_.:+=,",
                              key, shown(text), kMaxTextHint));
    }
    hints.*hint->field = text;
    return true;
  }
  if (is_whole_hint(key)) return set_whole_hint(hints, key, text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), value);
  const bool whole = end == text.end();
  if (whole && error == std::errc()) return set_number(hints, key, value, text);
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{} is {}; want a number such as {}", key, shown(text),
                          key == kDeviceTop1 ? "0.7" : "250"));
}

Result<bool> set_hint(RequestHints& hints, std::string_view key, double number) {
  if (find_text_hint(key) != nullptr) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} is the number {}; want text", key, number));
  }
  return set_number(hints, key, number, fmt::format("{}", number));
}

Status apply_hint_headers(const TextPairs& headers, RequestHints& hints) {
  for (const auto& [name, value] : headers) {
    const std::optional<std::string> key = hint_key_of_header(name);
    if (!key) continue;
    const Result<bool> known = set_hint(hints, *key, value);
    if (!known) return std::unexpected(known.error().within("header " + name));
    if (!*known) {
      return fail(
          ErrorCode::kInvalidArgument,
          fmt::format("header {}: no such hint; there are (with dashes): {}", name, hint_keys()));
    }
  }
  return {};
}

Status apply_hint_query(const TextPairs& query, RequestHints& hints) {
  for (const auto& [key, value] : query) {
    const Result<bool> known = set_hint(hints, key, value);
    if (!known) return std::unexpected(known.error().within("query"));
  }
  return {};
}

}  // namespace cnnselect
