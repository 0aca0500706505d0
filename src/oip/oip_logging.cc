#include "oip/oip_logging.h"

#include <fmt/format.h>

#include <limits>

#include "json/json_body.h"
#include "json/json_writer.h"

namespace cnnselect {
namespace {

Status change(LogSettings& settings, std::string_view key, JsonValue value) {
  if (bool LogSettings::* const flag = log_flag(key)) {
    const auto wanted = read_bool(value, key);
    if (!wanted) return std::unexpected(wanted.error());
    settings.*flag = *wanted;
    return {};
  }
  if (key == kLogVerbose) {
    const auto level = read_integer(value, key, 0, std::numeric_limits<unsigned>::max());
    if (!level) return std::unexpected(level.error());
    settings.verbose = static_cast<unsigned>(*level);
    return {};
  }
  if (key == kLogFormat) {
    const auto format = read_string(value, key);
    if (!format) return std::unexpected(format.error());
    return set_log_format(settings, *format);
  }
  return no_log_setting(key);
}

}  // namespace

bool LogSettings::* log_flag(std::string_view key) {
  if (key == kLogInfo) return &LogSettings::info;
  if (key == kLogWarning) return &LogSettings::warning;
  return key == kLogError ? &LogSettings::error : nullptr;
}

Status set_log_format(LogSettings& settings, std::string_view format) {
  if (format != "default" && format != "ISO8601") {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("log_format is '{}'; allowed: default, ISO8601", format.substr(0, 40)));
  }
  settings.iso8601 = format == "ISO8601";
  return {};
}

std::unexpected<Error> no_log_setting(std::string_view key) {
  if (key == kLogFile) {
    return fail(ErrorCode::kInvalidArgument, "log_file cannot be set: the log is standard error");
  }
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("unknown log setting '{}'; there are: log_info, log_warning, log_error, "
                          "log_verbose_level, log_format",
                          key.substr(0, 40)));
}

std::string log_settings_json(const LogSettings& settings) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key(kLogFile).string("");
  json.key(kLogInfo).boolean(settings.info);
  json.key(kLogWarning).boolean(settings.warning);
  json.key(kLogError).boolean(settings.error);
  json.key(kLogVerbose).integer(std::uint64_t{settings.verbose});
  json.key(kLogFormat).string(settings.iso8601 ? "ISO8601" : "default");
  json.end_object();
  return text;
}

Result<LogSettings> parse_log_settings(LogSettings settings, std::string_view body) {
  const Status read = read_body_fields(
      body, R"({"log_info":true})",
      [&](std::string_view key, JsonValue value) { return change(settings, key, value); });
  if (!read) return std::unexpected(read.error());
  return settings;
}

}  // namespace cnnselect
