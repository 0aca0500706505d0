// The log: lines on standard error, `2026-11-23 18:00:00.123 info message`. Include this and call
// spdlog::info("loaded {}", name); decisions (src/select, the scheduler) never log.
// Thread-safe.
#pragma once

#include <spdlog/spdlog.h>

#include <string_view>

#include "base/log_settings.h"
#include "cnnselect/result.h"

namespace cnnselect {

/// `level`: "debug", "info", "warning", "error" or "off".
Result<LogSettings> log_settings_of(std::string_view level);
/// The same levels. Call once, before other threads start; set_log_settings() is for later.
Status configure_log(std::string_view level);

}  // namespace cnnselect
