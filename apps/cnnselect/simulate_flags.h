// What `cnnselect simulate` can be told.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "sim/study.h"

namespace cnnselect {

struct SimulateFlags : StudyOptions {
  std::vector<std::string> policy_plugins;
  std::string output;
  std::string usage;
  std::string rows;
  std::string plots;
};

/// Declares them on `command`; both outlive the parsing.
void add_simulate_flags(CLI::App& command, SimulateFlags& flags);

}  // namespace cnnselect
