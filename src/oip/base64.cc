#include "oip/base64.h"

#include <absl/strings/escaping.h>

namespace cnnselect {

std::optional<std::string> decode_base64(std::string_view text) {
  // Abseil skips blanks, and takes dots for padding.
  if (text.find_first_of(" \t\r\n\v\f.") != std::string_view::npos) return std::nullopt;
  std::string bytes;
  if (!absl::Base64Unescape({text.data(), text.size()}, &bytes)) return std::nullopt;
  return bytes;
}

}  // namespace cnnselect
