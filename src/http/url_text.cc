#include "http/url_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace cnnselect {

Result<std::string> decode_url_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text.front() != '%') {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    const std::string_view digits = text.substr(1, 2);
    unsigned value = 0;
    const auto [stop, error] = std::from_chars(digits.begin(), digits.end(), value, 16);
    if (error != std::errc() || digits.size() != 2 || stop != digits.end()) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("'{}' is not a percent escape; want two hexadecimal digits",
                              text.substr(0, 3)));
    }
    out += static_cast<char>(value);
    text.remove_prefix(3);
  }
  return out;
}

Result<TextPairs> decode_query(std::string_view query) {
  std::string spaced(query);
  std::ranges::replace(spaced, '+', ' ');
  TextPairs pairs;
  for (std::string_view rest = spaced; !rest.empty();) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto key = decode_url_text(pair.substr(0, equals));
    auto value = decode_url_text(pair.substr(std::min(equals + 1, pair.size())));
    if (!key) return std::unexpected(key.error().within("query"));
    if (!value) return std::unexpected(value.error().within("query"));
    pairs.emplace_back(*std::move(key), *std::move(value));
  }
  return pairs;
}

}  // namespace cnnselect
