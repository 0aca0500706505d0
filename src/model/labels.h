// Labels: what a classifier's outputs are called, one line of a text file each, in index order.
// A pure function; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"

namespace cnnselect {

/// LF or CRLF ends a line; blank lines may end the text but not stand inside it; two labels may be
/// equal (ImageNet has two cranes). Error kInvalidArgument, naming `source` and line: no label, a
/// blank line inside, text that is not UTF-8.
Result<std::vector<std::string>> parse_labels(std::string_view text, std::string_view source);

}  // namespace cnnselect
