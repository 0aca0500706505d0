#include "http/http_message.h"

#include <algorithm>

#include "base/text.h"

namespace cnnselect {

std::optional<std::string_view> HttpRequest::header(std::string_view name) const {
  const auto found = std::ranges::find_if(
      headers, [&](const auto& field) { return same_without_case(field.first, name); });
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

}  // namespace cnnselect
