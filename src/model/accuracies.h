// Accuracies: what was measured, put back into a family file as if by a careful hand.
//
// Only the numbers change: comments, order and spacing stay byte for byte, and writing the same
// accuracies again changes nothing. Any thread; two writers of one file: the last one wins.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "cnnselect/result.h"

namespace cnnselect {

/// Fractions in [0, 1], written with at most five decimals.
struct Accuracy {
  double top1 = 0;
  std::optional<double> top5;  ///< >= top1; absent: what the file says of it stays
};

using Accuracies = std::map<std::string, Accuracy, std::less<>>;  ///< by model name

/// A family file's text with the named models' `top1` and `top5` set; a key that is not there yet
/// becomes a new line of its model's table. Errors: those of parse_family(), kNotFound (a model
/// that the family does not have), kInvalidArgument (not a fraction, top5 below top1).
Result<std::string> with_accuracies(std::string_view text, std::string_view source,
                                    const Accuracies& measured);

/// The same for a file, which is replaced in one step. Errors also: those of reading and writing.
Status write_accuracies(const std::filesystem::path& family_file, const Accuracies& measured);

}  // namespace cnnselect
