// `cnnselect models list` and `cnnselect models evaluate`: what a repository holds, and how good
// and fast its models are on this machine.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace cnnselect {

/// Adds the subcommand; when the user chose it, `run` does the job and returns the exit status.
CLI::App* add_models_command(CLI::App& root, std::function<int()>& run);

}  // namespace cnnselect
