// manual_page(): a command's page for `man`, from what the command says of itself (command_text.h).
// Pure.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

namespace cnnselect {

/// "cnnselect-models-list", the page's name and that of its file without ".1".
std::string manual_name(const CLI::App& command);

/// The page in the language of man(7). `date`: of the version, YYYY-MM-DD.
std::string manual_page(const CLI::App& command, std::string_view version, std::string_view date);

}  // namespace cnnselect
