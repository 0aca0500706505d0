// Base64 (RFC 4648, section 4): how JSON carries a photo, which is not text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cnnselect {

/// The bytes, or nothing when `text` is not base64. The padding may be missing; blanks and line
/// breaks are not accepted.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace cnnselect
