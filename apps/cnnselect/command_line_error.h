// What is said of a command line that cannot be understood: what was not expected, and the nearest
// word that would have been.
#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cnnselect {

/// How many letters must be added, taken away, changed or swapped with a neighbour to make `b` of
/// `a`.
std::size_t edits_between(std::string_view a, std::string_view b);

/// The word of `known` that `word` was probably meant to be; empty if none is near.
std::string nearest(std::string_view word, std::span<const std::string> known);

/// A few lines without a library's internals, for standard error. `arguments`: all but the
/// program's name.
std::string explain(const CLI::ParseError& error, const CLI::App& app,
                    std::span<const std::string> arguments);

}  // namespace cnnselect
