// What the runtime says of its errors, as a user can read it.
#pragma once

#include <string>
#include <string_view>

namespace cnnselect {

/// `what` of an exception of the runtime, without the place in its source, and with what to do
/// about it where that is known. Pure.
std::string runtime_words(std::string_view what);

}  // namespace cnnselect
