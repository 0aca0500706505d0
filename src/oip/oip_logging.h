// The logging extension of the Open Inference Protocol: the process's log settings as JSON. Pure;
// any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/log_settings.h"
#include "cnnselect/result.h"

namespace cnnselect {

/// The protocol's names.
inline constexpr std::string_view kLogInfo = "log_info";
inline constexpr std::string_view kLogWarning = "log_warning";
inline constexpr std::string_view kLogError = "log_error";
inline constexpr std::string_view kLogVerbose = "log_verbose_level";
inline constexpr std::string_view kLogFormat = "log_format";
inline constexpr std::string_view kLogFile = "log_file";

/// The level that `key` switches; null where it is no such setting.
bool LogSettings::* log_flag(std::string_view key);
/// Sets `format` from "default" or "ISO8601". Error kInvalidArgument.
Status set_log_format(LogSettings& settings, std::string_view format);
/// Error of a setting that there is not, or that is not for clients to set. kInvalidArgument.
std::unexpected<Error> no_log_setting(std::string_view key);

/// GET /v2/logging: all of them.
std::string log_settings_json(const LogSettings& settings);

/// POST /v2/logging: `settings` with what the body changes. Errors: kInvalidArgument, and then
/// nothing is changed.
Result<LogSettings> parse_log_settings(LogSettings settings, std::string_view body);

}  // namespace cnnselect
