// `cnnselect serve`: the server, from flags to a clean stop.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace cnnselect {

/// Adds the subcommand; when the user chose it, `run` does the job and returns the exit status.
CLI::App* add_serve_command(CLI::App& root, std::function<int()>& run);

}  // namespace cnnselect
