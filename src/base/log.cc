#include "base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>

#include <string>

namespace cnnselect {

Status configure_log(std::string_view level) {
  const auto parsed = spdlog::level::from_str(std::string(level));
  if (parsed == spdlog::level::off && level != "off") {
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("log level '{}' is not one of debug, info, warning, error, off", level));
  }
  auto logger = spdlog::stderr_color_mt("cnnselect");
  logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
  logger->set_level(parsed);
  spdlog::set_default_logger(std::move(logger));
  return {};
}

}  // namespace cnnselect
