// `cnnselect models init`: a family file to begin with, from the ONNX files in a folder.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace cnnselect {

/// Adds it to `models`; `run` is set when it was asked for.
void add_init_command(CLI::App& models, std::function<int()>& run);

}  // namespace cnnselect
