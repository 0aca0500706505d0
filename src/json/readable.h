// Text of anybody's bytes: what a client sent comes back in messages, and those are UTF-8 on every
// wire. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cnnselect {

/// Length of the UTF-8 character that `text` starts with; 0 when it starts with none.
std::size_t utf8_length(std::string_view text);

/// `text` for a message: bytes that are not UTF-8 and control characters (but line break and tab)
/// become "\\xff", two hexadecimal digits a byte. A backslash stays one, so it is for people, not
/// to be read back.
std::string readable(std::string_view text);

}  // namespace cnnselect
