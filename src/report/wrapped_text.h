// wrapped(): a text in lines of a bounded width, for help and manuals. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cnnselect {

/// The lines of `text`, broken at spaces into at most `width` bytes each. A line break in `text`
/// stays one; several spaces count as one. A longer word stands alone on a line of its own. An
/// empty text has no lines.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace cnnselect
