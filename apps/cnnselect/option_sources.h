// Where the options of a subcommand may come from beside its command line: the environment, and a
// settings file. The command line wins over the environment, that over the file, that over
// defaults.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cnnselect/result.h"

namespace cnnselect {

/// Every option that `command` has by now may come from the environment: --max-queue from
/// CNNSELECT_MAX_QUEUE.
void read_environment(CLI::App& command);

/// Sets what the command line and the environment left open from the TOML file at `path`
/// (src/service/settings_file.h); an empty path is no file. Errors name file, line, key, value and
/// what is allowed.
Status apply_settings_file(CLI::App& command, const std::string& path);

}  // namespace cnnselect
