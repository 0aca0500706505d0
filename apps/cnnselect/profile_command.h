// `cnnselect profile show|export|reset`: what a server has learnt of its models and keeps in its
// store. Works while the server runs.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace cnnselect {

/// Adds the subcommand; when the user chose it, `run` does the job and returns the exit status.
CLI::App* add_profile_command(CLI::App& root, std::function<int()>& run);

}  // namespace cnnselect
