#include "option_sources.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "model/names.h"
#include "model/text_file.h"
#include "service/settings_file.h"

namespace cnnselect {
namespace {

constexpr std::string_view kVariables = "CNNSELECT_";

/// What leads elsewhere, and so makes no sense within a file.
bool settable(const std::string& key) { return key != "help" && key != "config" && key != "check"; }

/// "max-queue" as "max_queue"; empty for what has no long name.
std::string key_of(const CLI::Option& option) {
  if (option.get_lnames().empty()) return "";
  std::string key = option.get_lnames().front();
  std::ranges::replace(key, '-', '_');
  return key;
}

std::vector<std::string> keys_of(CLI::App& command) {
  std::vector<std::string> keys;
  for (const CLI::Option* option : command.get_options()) {
    if (std::string key = key_of(*option); !key.empty() && settable(key)) keys.push_back(key);
  }
  return keys;
}

Status apply(CLI::App& command, const Setting& setting) {
  const auto keys = keys_of(command);
  if (std::ranges::find(keys, setting.key) == keys.end()) {
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("unknown key '{}'; nearest is '{}' of {}", setting.key,
                    nearest(setting.key, std::vector<std::string_view>(keys.begin(), keys.end())),
                    fmt::join(keys, ", ")));
  }
  std::string name = setting.key;
  std::ranges::replace(name, '_', '-');
  CLI::Option* const option = command.get_option("--" + name);
  if (option->count() > 0) return {};
  try {
    option->add_result(setting.value);
    option->run_callback();
  } catch (const CLI::Error& error) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} = {}: {}", setting.key, setting.value, error.what()));
  }
  return {};
}

}  // namespace

void read_environment(CLI::App& command) {
  for (CLI::Option* const option : command.get_options()) {
    std::string name = key_of(*option);
    if (name.empty() || name == "help") continue;
    for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    option->envname(std::string(kVariables) + name);
  }
}

std::vector<std::string> unknown_variables(const CLI::App& command) {
  std::vector<std::string> unknown;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    const std::string_view name = text.substr(0, text.find('='));
    if (!name.starts_with(kVariables)) continue;
    const auto reads = [&](const CLI::Option* option) { return option->get_envname() == name; };
    if (std::ranges::none_of(command.get_options(), reads)) unknown.emplace_back(name);
  }
  return unknown;
}

Status apply_settings_file(CLI::App& command, const std::string& path) {
  if (path.empty()) return {};
  const auto text = read_text_file("settings file", path);
  if (!text) return std::unexpected(text.error());
  const auto settings = parse_settings(*text, path);
  if (!settings) return std::unexpected(settings.error());
  for (const Setting& setting : *settings) {
    if (const Status applied = apply(command, setting); !applied) {
      return std::unexpected(applied.error().within(fmt::format("{}:{}", path, setting.line)));
    }
  }
  return {};
}

GivenOptions given_options(const CLI::App& command) {
  GivenOptions given;
  for (const CLI::Option* option : command.get_options()) {
    if (option->count() > 0 && settable(key_of(*option))) {
      given.emplace_back(option->get_lnames().front(), option->results());
    }
  }
  return given;
}

Status give_options(CLI::App& command, const GivenOptions& given) {
  for (const auto& [name, values] : given) {
    CLI::Option* const option = command.get_option("--" + name);
    try {
      option->add_result(values);
      option->run_callback();
    } catch (const CLI::Error& error) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("--{}: {}", name, error.what()));
    }
  }
  return {};
}

std::vector<std::string> different_options(const CLI::App& one, const CLI::App& other) {
  std::vector<std::string> different;
  for (const CLI::Option* option : one.get_options()) {
    const std::string key = key_of(*option);
    if (key.empty() || !settable(key)) continue;
    const CLI::Option* const same = other.get_option("--" + option->get_lnames().front());
    if (option->results() != same->results()) different.push_back(key);
  }
  return different;
}

}  // namespace cnnselect
