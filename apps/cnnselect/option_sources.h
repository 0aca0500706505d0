// Where the options of a subcommand may come from beside its command line: the environment, and a
// settings file. The command line wins over the environment, that over the file, that over
// defaults.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cnnselect/result.h"

namespace cnnselect {

/// Every option that `command` has by now may come from the environment: --max-queue from
/// CNNSELECT_MAX_QUEUE.
void read_environment(CLI::App& command);

/// Names of variables in the environment that begin with CNNSELECT_ and that no option of `command`
/// reads: probably mistyped.
std::vector<std::string> unknown_variables(const CLI::App& command);

/// Sets what the command line and the environment left open from the TOML file at `path`
/// (src/service/settings_file.h); an empty path is no file. Errors name file, line, key, value and
/// what is allowed.
Status apply_settings_file(CLI::App& command, const std::string& path);

/// What the command line and the environment said, by option, to be said again to another command.
using GivenOptions = std::vector<std::pair<std::string, std::vector<std::string>>>;
/// Before apply_settings_file().
GivenOptions given_options(const CLI::App& command);
Status give_options(CLI::App& command, const GivenOptions& given);

/// The keys of the options that the two commands, of the same options, have different values for.
std::vector<std::string> different_options(const CLI::App& one, const CLI::App& other);

}  // namespace cnnselect
