#include "net/http_message.h"

#include <algorithm>

namespace cnnselect::net {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool same_header_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string_view> HttpRequest::header(std::string_view name) const {
  const auto found = std::ranges::find_if(
      headers, [&](const auto& field) { return same_header_name(field.first, name); });
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

}  // namespace cnnselect::net
