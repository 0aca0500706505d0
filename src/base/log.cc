#include "base/log.h"

#include <spdlog/sinks/ansicolor_sink.h>

#include <memory>
#include <string>

#include "base/mutex.h"

namespace cnnselect {
namespace {

Mutex settings_mutex;
LogSettings settings_now CNNSELECT_GUARDED_BY(settings_mutex);

bool is_shown(spdlog::level::level_enum level) {
  const LogSettings settings = log_settings();
  switch (level) {
    case spdlog::level::trace:
    case spdlog::level::debug:
      return settings.verbose > 0;
    case spdlog::level::info:
      return settings.info;
    case spdlog::level::warn:
      return settings.warning;
    default:
      return settings.error;
  }
}

/// spdlog has one threshold; here every level is chosen by itself.
class ChosenLevels final : public spdlog::sinks::ansicolor_stderr_sink_mt {
  using Sink = spdlog::sinks::ansicolor_stderr_sink_mt;

 public:
  void log(const spdlog::details::log_msg& line) override {
    if (is_shown(line.level)) Sink::log(line);
  }
};

LogSettings settings_from(spdlog::level::level_enum level) {
  return {.info = level <= spdlog::level::info,
          .warning = level <= spdlog::level::warn,
          .error = level <= spdlog::level::err,
          .verbose = level <= spdlog::level::debug ? 1U : 0U};
}

/// The lowest level that is shown: what is below costs no formatting.
spdlog::level::level_enum threshold(const LogSettings& settings) {
  if (settings.verbose > 0) return spdlog::level::debug;
  if (settings.info) return spdlog::level::info;
  if (settings.warning) return spdlog::level::warn;
  return settings.error ? spdlog::level::err : spdlog::level::off;
}

}  // namespace

Result<LogSettings> log_settings_of(std::string_view level) {
  const auto parsed = spdlog::level::from_str(std::string(level));
  if (parsed == spdlog::level::off && level != "off") {
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("log level '{}' is not one of debug, info, warning, error, off", level));
  }
  return settings_from(parsed);
}

Status configure_log(std::string_view level) {
  const auto settings = log_settings_of(level);
  if (!settings) return std::unexpected(settings.error());
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("cnnselect", std::make_shared<ChosenLevels>()));
  set_log_settings(*settings);
  return {};
}

LogSettings log_settings() {
  const MutexLock lock(settings_mutex);
  return settings_now;
}

void set_log_settings(const LogSettings& settings) {
  {
    const MutexLock lock(settings_mutex);
    settings_now = settings;
  }
  spdlog::set_pattern(settings.iso8601 ? "%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v"
                                       : "%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
  spdlog::set_level(threshold(settings));
}

}  // namespace cnnselect
