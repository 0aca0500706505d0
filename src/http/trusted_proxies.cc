#include "http/trusted_proxies.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <ranges>
#include <system_error>

#include "base/text.h"

namespace cnnselect {
namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view kHeader = "X-Forwarded-For";

ip::address plain(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

/// Of one address family, the first `bits` being equal.
template <class Bytes>
bool share_bits(const Bytes& a, const Bytes& b, int bits) {
  for (std::size_t i = 0; i < a.size() && bits > 0; ++i, bits -= 8) {
    const unsigned differ = a[i] ^ b[i];
    if (bits >= 8 ? differ != 0 : (differ >> static_cast<unsigned>(8 - bits)) != 0) return false;
  }
  return true;
}

bool has(const std::pair<std::string, std::string>& header) {
  return same_without_case(header.first, kHeader);
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(std::string_view text) {
  TrustedProxies proxies;
  if (trimmed(text).empty()) return proxies;
  for (const auto part : std::views::split(text, ',')) {
    const auto network = parse_network(trimmed(std::string_view(part.begin(), part.end())));
    if (!network) return std::unexpected(network.error());
    proxies.networks_.push_back(*network);
  }
  return proxies;
}

Result<TrustedProxies::Network> TrustedProxies::parse_network(std::string_view text) {
  const auto wrong = [text] {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("'{}' is not an address or a network such as 10.0.0.0/8", text));
  };
  const std::size_t slash = text.find('/');
  boost::system::error_code error;
  Network network{.address = plain(ip::make_address(text.substr(0, slash), error))};
  if (error) return wrong();
  const int bits = network.address.is_v4() ? 32 : 128;
  network.prefix = bits;
  if (slash == std::string_view::npos) return network;
  const std::string_view digits = text.substr(slash + 1);
  const auto [end, failed] = std::from_chars(digits.begin(), digits.end(), network.prefix);
  const bool fits = network.prefix >= 0 && network.prefix <= bits;
  if (failed != std::errc() || end != digits.end() || !fits) return wrong();
  return network;
}

bool TrustedProxies::contains(const ip::address& address) const {
  const ip::address seen = plain(address);
  return std::ranges::any_of(networks_, [&seen](const Network& network) {
    if (seen.is_v4() != network.address.is_v4()) return false;
    if (seen.is_v4()) {
      return share_bits(seen.to_v4().to_bytes(), network.address.to_v4().to_bytes(),
                        network.prefix);
    }
    return share_bits(seen.to_v6().to_bytes(), network.address.to_v6().to_bytes(), network.prefix);
  });
}

bool TrustedProxies::forwards(const ip::address& peer, const HttpRequest& request) const {
  return !networks_.empty() && std::ranges::any_of(request.headers, has) && contains(peer);
}

std::optional<std::string> TrustedProxies::client(const HttpRequest& request) const {
  std::optional<std::string> client;
  for (const auto& [name, list] : request.headers | std::views::filter(has) | std::views::reverse) {
    std::string_view left = list;
    while (true) {
      const std::size_t comma = left.rfind(',');
      const bool last = comma == std::string_view::npos;
      boost::system::error_code error;
      const auto address = ip::make_address(trimmed(left.substr(last ? 0 : comma + 1)), error);
      if (error) return std::nullopt;
      client = plain(address).to_string();
      if (!contains(address)) return client;
      if (last) break;
      left = left.substr(0, comma);
    }
  }
  return client;  // all are proxies: the first of them asks for itself
}

}  // namespace cnnselect
