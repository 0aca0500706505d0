#include "service/settings_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <optional>

namespace cnnselect {
namespace {

std::optional<std::string> as_typed(const toml::node& value) {
  if (const auto* text = value.as_string()) return text->get();
  if (const auto* whole = value.as_integer()) return fmt::format("{}", whole->get());
  if (const auto* number = value.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* flag = value.as_boolean()) return flag->get() ? "true" : "false";
  return std::nullopt;
}

Error at(std::string_view source, const toml::source_position& where, std::string_view what) {
  return {ErrorCode::kInvalidArgument,
          fmt::format("{}:{}:{}: {}", source, where.line, where.column, what)};
}

}  // namespace

Result<std::vector<Setting>> parse_settings(std::string_view text, std::string_view source) {
  toml::table table;
  try {
    table = toml::parse(text, source);
  } catch (const toml::parse_error& error) {
    return std::unexpected(at(source, error.source().begin, error.description()));
  }
  std::vector<Setting> settings;
  for (const auto& [key, value] : table) {
    auto typed = as_typed(value);
    if (!typed) {
      return std::unexpected(
          at(source, key.source().begin,
             fmt::format("'{}' must be a text in quotes, a number, true or false", key.str())));
    }
    settings.push_back({.key = std::string(key.str()),
                        .value = std::move(*typed),
                        .line = static_cast<int>(key.source().begin.line)});
  }
  std::ranges::sort(settings, {}, &Setting::line);
  return settings;
}

}  // namespace cnnselect
