// Small questions about text that formats and protocols ask alike.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cnnselect {

/// Names and values in order, as headers, queries and metadata have them.
using TextPairs = std::vector<std::pair<std::string, std::string>>;

/// `text` without the characters of `blank` at its two ends.
constexpr std::string_view trimmed(std::string_view text, std::string_view blank = " \t") {
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

/// The small letter of an ASCII capital; other characters as they are.
constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The same text with small letters for ASCII capitals.
std::string lowered(std::string_view text);

/// Whether two texts differ at most in the case of ASCII letters, as names of HTTP may.
bool same_without_case(std::string_view a, std::string_view b);

}  // namespace cnnselect
