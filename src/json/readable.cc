#include "json/readable.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <iterator>

namespace cnnselect {
namespace {

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20U && c != '\n' && c != '\t') || c == '\x7f';
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
    if (simdjson::validate_utf8(text.substr(0, length))) return length;
  }
  return 0;
}

std::string readable(std::string_view text) {
  if (simdjson::validate_utf8(text) && std::ranges::none_of(text, is_control)) {
    return std::string(text);
  }
  std::string out;
  while (!text.empty()) {
    const std::size_t length = is_control(text.front()) ? 0 : utf8_length(text);
    if (length == 0) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}",
                     static_cast<unsigned char>(text.front()));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}  // namespace cnnselect
