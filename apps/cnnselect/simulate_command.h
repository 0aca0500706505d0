// `cnnselect simulate`: policies over simulated requests, by the server's own decision code.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace cnnselect {

CLI::App* add_simulate_command(CLI::App& root, std::function<int()>& run);

}  // namespace cnnselect
