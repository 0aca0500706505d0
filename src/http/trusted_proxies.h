// TrustedProxies: whose word on the client's address counts. A proxy adds the address that it was
// asked from to the header X-Forwarded-For, at the right; what stands further left came with the
// request and is anybody's. So the client is the right-most address that is no trusted proxy's.
// A value; any thread may read it.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cnnselect/result.h"
#include "http/http_message.h"

namespace cnnselect {

class TrustedProxies {
 public:
  /// "10.0.0.0/8,::1": networks or addresses, with commas between them; blank: none. Error
  /// kInvalidArgument, naming the one that is neither.
  static Result<TrustedProxies> parse(std::string_view text);

  /// IPv4 addresses written as IPv6 ones (::ffff:10.0.0.1) are IPv4 addresses.
  bool contains(const boost::asio::ip::address& address) const;

  /// Whether a request from `peer` was passed on by a trusted proxy that says for whom.
  bool forwards(const boost::asio::ip::address& peer, const HttpRequest& request) const;
  /// The client of such a request. Nothing where the header has something that is no address
  /// before an address that is not trusted.
  std::optional<std::string> client(const HttpRequest& request) const;

 private:
  /// Without bits behind its prefix.
  using Network = std::variant<boost::asio::ip::network_v4, boost::asio::ip::network_v6>;
  static Result<Network> parse_network(std::string_view text);

  std::vector<Network> networks_;
};

}  // namespace cnnselect
