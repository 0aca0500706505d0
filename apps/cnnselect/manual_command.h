// `cnnselect man`: the manual pages of all commands.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace cnnselect {

/// Adds the subcommand; when the user chose it, `run` does the job and returns the exit status.
CLI::App* add_manual_command(CLI::App& root, std::function<int()>& run);

}  // namespace cnnselect
