#include "http/trusted_proxies.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <ranges>

#include "base/text.h"

namespace cnnselect {
namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view kHeader = "X-Forwarded-For";

ip::address plain(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

/// The network of that many first bits which the address lies in.
ip::network_v4 network_of(const ip::address_v4& address, unsigned short bits) {
  return ip::network_v4(address, bits).canonical();
}
ip::network_v6 network_of(const ip::address_v6& address, unsigned short bits) {
  // Without its zone: the server's interfaces are not the proxy's.
  return ip::network_v6(ip::address_v6(address.to_bytes()), bits).canonical();
}

template <class Network, class Address>
bool lies_in(const Network& network, const Address& address) {
  return network_of(address, network.prefix_length()) == network;
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
  boost::system::error_code error;
  if (!text.contains('/')) {
    const auto address = plain(ip::make_address(text, error));
    if (!error && address.is_v4()) return network_of(address.to_v4(), 32);
    if (!error) return network_of(address.to_v6(), 128);
  } else {
    const auto v4 = ip::make_network_v4(std::string(text), error);
    if (!error) return v4.canonical();
    const auto v6 = ip::make_network_v6(std::string(text), error);
    if (!error && !v6.address().is_v4_mapped()) {
      return network_of(v6.address(), v6.prefix_length());
    }
  }
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("'{}' is not an address or a network such as 10.0.0.0/8", text));
}

bool TrustedProxies::contains(const ip::address& address) const {
  const ip::address seen = plain(address);
  return std::ranges::any_of(networks_, [&seen](const Network& network) {
    if (const auto* v4 = std::get_if<ip::network_v4>(&network)) {
      return seen.is_v4() && lies_in(*v4, seen.to_v4());
    }
    return seen.is_v6() && lies_in(std::get<ip::network_v6>(network), seen.to_v6());
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
