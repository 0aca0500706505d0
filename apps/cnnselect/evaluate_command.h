// `cnnselect models evaluate`: accuracy and times of a family's members.
//
// A cold start is measured in processes of their own, one for each sample: the program starts
// itself as `models cold-start`, which prints one time in milliseconds and is for nobody else.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace cnnselect {

/// Adds both to `models`; `run` is set when one of them was asked for.
void add_evaluate_command(CLI::App& models, std::function<int()>& run);

}  // namespace cnnselect
