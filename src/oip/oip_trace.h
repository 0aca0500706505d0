// The trace extension of the Open Inference Protocol: which requests are recorded, as its settings
// spell it. Every value is text; both protocols read and write the same. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/trace_sampling.h"
#include "cnnselect/result.h"

namespace cnnselect {

struct TraceSettingText {
  std::string_view key;
  std::string value;
};

/// All of them, in the protocol's order. trace_rate is how many requests have one that is recorded,
/// rounded; 0: none is.
std::vector<TraceSettingText> trace_setting_texts(const TraceSettings& settings);

/// `overrides` with one setting changed; no values: it is cleared. Errors: kInvalidArgument, for a
/// setting that there is not, that is not for clients to set, or whose value is not one of those
/// allowed.
Result<TraceOverrides> with_trace_setting(TraceOverrides overrides, std::string_view key,
                                          std::span<const std::string> values);

/// What both protocols say without a collector. kUnsupported.
inline constexpr std::string_view kTracesNotOffered =
    "traces are not recorded by this server: it was started without --otlp";

/// The one of them that is an array in JSON.
inline constexpr std::string_view kTraceLevel = "trace_level";

/// GET .../trace/setting.
std::string trace_settings_json(const TraceSettings& settings);

/// POST .../trace/setting: `overrides` with what the body changes; null clears. Errors:
/// kInvalidArgument, and then nothing is changed.
Result<TraceOverrides> parse_trace_settings(TraceOverrides overrides, std::string_view body);

}  // namespace cnnselect
