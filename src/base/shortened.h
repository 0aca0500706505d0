// shortened(): a text of whatever length, as far as it is kept or shown.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cnnselect {

/// `text`, or its first `at_most` bytes and "..."; no character of UTF-8 is cut in two.
std::string shortened(std::string_view text, std::size_t at_most);

}  // namespace cnnselect
