// multipart/form-data (RFC 7578): the parts of a form, as views into its body. Nothing is copied
// but the names, so a photo in a form costs no more than a bare one. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"

namespace cnnselect {

struct FormPart {
  std::string name;          ///< of the form field
  std::string filename;      ///< empty: none was given
  std::string content_type;  ///< empty: none was given (RFC 7578: text/plain)
  std::string_view content;  ///< points into the body
};

/// More parts, or more header bytes in one part, are refused.
inline constexpr std::size_t kMaxFormParts = 64;
inline constexpr std::size_t kMaxPartHeaderBytes = 8 << 10;

/// `content_type` is the request's Content-Type with its boundary. Parts in order, names may
/// repeat. Errors: kUnsupportedMedia (not multipart/form-data), kInvalidArgument (no boundary, no
/// closing boundary, a part without a name, ...), kTooLarge (over the bounds above).
Result<std::vector<FormPart>> parse_form(std::string_view content_type, std::string_view body);

}  // namespace cnnselect
