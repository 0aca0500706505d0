#include "http/url_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/url/encoding_opts.hpp>
#include <boost/url/pct_string_view.hpp>
#include <utility>

#include "base/shortened.h"

namespace cnnselect {
namespace {

constexpr std::size_t kShown = 40;

Result<std::string> decode(std::string_view text, bool plus_is_space) {
  const auto encoded = boost::urls::make_pct_string_view({text.data(), text.size()});
  if (!encoded) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("'{}' has a '%' without two hexadecimal digits after it",
                            shortened(text, kShown)));
  }
  boost::urls::encoding_opts options;
  options.space_as_plus = plus_is_space;
  return encoded->decode(options);
}

}  // namespace

Result<std::string> decode_url_text(std::string_view text) { return decode(text, false); }

// Boost's own reader of queries refuses characters that clients send unencoded, such as '|'.
Result<TextPairs> decode_query(std::string_view query) {
  TextPairs pairs;
  for (std::string_view rest = query; !rest.empty();) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto key = decode(pair.substr(0, equals), true);
    auto value = decode(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!key) return std::unexpected(key.error().within("query"));
    if (!value) return std::unexpected(value.error().within("query"));
    pairs.emplace_back(*std::move(key), *std::move(value));
  }
  return pairs;
}

}  // namespace cnnselect
