// Percent-encoded text of a URL, decoded. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/text.h"
#include "cnnselect/result.h"

namespace cnnselect {

/// Errors: kInvalidArgument: a '%' without two hexadecimal digits after it.
Result<std::string> decode_url_text(std::string_view text);

/// "a=1&b=x%20y" in order; '+' is a space. Errors: as above.
Result<TextPairs> decode_query(std::string_view query);

}  // namespace cnnselect
