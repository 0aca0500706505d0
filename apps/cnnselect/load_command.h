// `cnnselect load`: an open-loop load over simulated networks, swept over SLAs and policies.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace cnnselect {

/// Adds the subcommand; when the user chose it, `run` does the job and returns the exit status.
CLI::App* add_load_command(CLI::App& root, std::function<int()>& run);

}  // namespace cnnselect
