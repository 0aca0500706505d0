#include "oip/oip_trace.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "json/json_body.h"
#include "json/json_writer.h"

namespace cnnselect {
namespace {

constexpr std::string_view kRate = "trace_rate";
constexpr std::string_view kCount = "trace_count";
constexpr std::string_view kFile = "trace_file";
constexpr std::string_view kLogFrequency = "log_frequency";
constexpr std::string_view kMode = "trace_mode";
constexpr std::int64_t kMaxNumber = std::numeric_limits<std::int32_t>::max();

std::unexpected<Error> wrong(std::string_view key, std::string_view value,
                             std::string_view allowed) {
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{} is '{}'; allowed: {}", key, value.substr(0, 40), allowed));
}

Result<std::int64_t> number(std::string_view key, std::string_view text, std::int64_t min) {
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.begin(), text.end(), value);
  if (failed != std::errc() || end != text.end() || value < min || value > kMaxNumber) {
    return wrong(key, text, fmt::format("a whole number from {} to {}", min, kMaxNumber));
  }
  return value;
}

Status set_level(TraceOverrides& overrides, std::string_view level) {
  if (level == "TENSORS") {
    return fail(ErrorCode::kInvalidArgument,
                "trace_level TENSORS is not offered: tensors are not recorded; allowed: OFF, "
                "TIMESTAMPS");
  }
  if (level != "OFF" && level != "TIMESTAMPS") return wrong(kTraceLevel, level, "OFF, TIMESTAMPS");
  overrides.on = level == "TIMESTAMPS";
  return {};
}

Status set(TraceOverrides& overrides, std::string_view key, std::string_view text) {
  if (key == kTraceLevel) return set_level(overrides, text);
  const auto value = number(key, text, key == kCount ? -1 : 0);
  if (!value) return std::unexpected(value.error());
  if (key == kCount) {
    overrides.left = *value;
  } else {
    overrides.fraction = *value == 0 ? 0 : 1.0 / static_cast<double>(*value);
  }
  return {};
}

Status check_key(std::string_view key) {
  if (key == kTraceLevel || key == kRate || key == kCount) return {};
  if (key == kFile || key == kLogFrequency || key == kMode) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} cannot be set: traces go to the collector that the server was "
                            "started with",
                            key));
  }
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("unknown trace setting '{}'; there are: trace_level, trace_rate, "
                          "trace_count",
                          key.substr(0, 40)));
}

/// What stands in JSON as the list of texts that it is in the protocol.
Result<std::vector<std::string>> read_texts(std::string_view key, JsonValue value) {
  simdjson::ondemand::json_type type{};
  if (const auto broken = value.type().get(type)) return bad_json(broken);
  if (type == simdjson::ondemand::json_type::null) return std::vector<std::string>();
  std::vector<std::string> texts;
  const auto add = [&](std::string_view what, JsonValue one) -> Status {
    auto text = read_string(one, what);
    if (!text) return std::unexpected(text.error());
    texts.push_back(*std::move(text));
    return {};
  };
  if (type == simdjson::ondemand::json_type::number) {
    const auto whole = read_integer(value, key, -1, kMaxNumber);
    if (!whole) return std::unexpected(whole.error());
    return std::vector{std::to_string(*whole)};
  }
  if (type != simdjson::ondemand::json_type::array) {
    const Status read = add(key, value);
    return read ? Result<std::vector<std::string>>(std::move(texts))
                : std::unexpected(read.error());
  }
  const auto array = read_array(value, key);
  if (!array) return std::unexpected(array.error());
  const Status read =
      for_each_element(*array, [&](std::size_t /*index*/, JsonValue one) { return add(key, one); });
  if (!read) return std::unexpected(read.error());
  // An empty list would clear, which JSON says with null.
  if (texts.empty()) return wrong(key, "[]", "a value, or null to clear it");
  return texts;
}

}  // namespace

std::vector<TraceSettingText> trace_setting_texts(const TraceSettings& settings) {
  const double rate = settings.fraction > 0 ? std::round(1 / settings.fraction) : 0;
  return {{kTraceLevel, settings.on ? "TIMESTAMPS" : "OFF"},
          {kRate, fmt::format("{:.0f}", rate)},
          {kCount, std::to_string(settings.left)},
          {kLogFrequency, "0"},
          {kFile, ""},
          {kMode, "opentelemetry"}};
}

Result<TraceOverrides> with_trace_setting(TraceOverrides overrides, std::string_view key,
                                          std::span<const std::string> values) {
  if (const Status known = check_key(key); !known) return std::unexpected(known.error());
  if (values.empty()) {
    if (key == kTraceLevel) overrides.on.reset();
    if (key == kRate) overrides.fraction.reset();
    if (key == kCount) overrides.left.reset();
    return overrides;
  }
  // A level may come as more than one in the reference; two that fit together there are not here.
  for (const std::string& value : values) {
    if (const Status one = set(overrides, key, value); !one) return std::unexpected(one.error());
  }
  if (values.size() > 1) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} has {} values; allowed: 1", key, values.size()));
  }
  return overrides;
}

std::string trace_settings_json(const TraceSettings& settings) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  for (const auto& [key, value] : trace_setting_texts(settings)) {
    json.key(key);
    if (key == kTraceLevel) json.begin_array();
    json.string(value);
    if (key == kTraceLevel) json.end_array();
  }
  json.end_object();
  return text;
}

Result<TraceOverrides> parse_trace_settings(TraceOverrides overrides, std::string_view body) {
  const Status read = read_body_fields(
      body, R"({"trace_rate":"100"})", [&](std::string_view key, JsonValue value) -> Status {
        if (const Status known = check_key(key); !known) return known;
        const auto texts = read_texts(key, value);
        if (!texts) return std::unexpected(texts.error());
        const auto changed = with_trace_setting(overrides, key, *texts);
        if (!changed) return std::unexpected(changed.error());
        overrides = *changed;
        return {};
      });
  if (!read) return std::unexpected(read.error());
  return overrides;
}

}  // namespace cnnselect
