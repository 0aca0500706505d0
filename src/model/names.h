// Names: which ones a family or model may have, and how a wrong one is answered in a message.
// Pure functions; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cnnselect/result.h"

namespace cnnselect {

/// Names stand in URLs, metrics, CSV files and folder names: [A-Za-z0-9_.-]+, not "." and not "..".
bool valid_name(std::string_view name);

/// Error kInvalidArgument: "model name 'a b' is not of [A-Za-z0-9_.-]+"; `what` is "model".
Status check_name(std::string_view what, std::string_view name);

/// The one of `known` (not empty) that takes the fewest typing errors to become `word`; the first
/// of equals.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

/// `text` for a message: in quotes, control characters as '?', cut after about 60 bytes.
std::string in_quotes(std::string_view text);

}  // namespace cnnselect
