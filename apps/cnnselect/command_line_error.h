// What is said of a command line that cannot be understood: what was not expected, and the nearest
// word that would have been.
#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>

namespace cnnselect {

/// A few lines without a library's internals, for standard error. `arguments`: all but the
/// program's name.
std::string explain(const CLI::ParseError& error, const CLI::App& app,
                    std::span<const std::string> arguments);

/// Whether the parsing ended for --help or --version, and not also for a command that there is not.
bool asks_for_help(const CLI::ParseError& error, const CLI::App& app,
                   std::span<const std::string> arguments);

}  // namespace cnnselect
