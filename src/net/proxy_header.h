// ProxyHeaderParser: what a proxy says of its client before the client's own bytes, the PROXY
// protocol's version 2 (the binary one). Version 1, a line of text, is recognised only to be
// refused by name. Bytes may come in any pieces. Pure; used by one thread at a time.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "cnnselect/result.h"

namespace cnnselect {

class ProxyHeaderParser {
 public:
  /// With all that a proxy may add to the addresses; a longer header is refused.
  static constexpr std::size_t kMaxBytes = 4096;

  /// Bytes that the header still has at least: who reads no more leaves what follows untouched.
  /// 0: the header is whole.
  std::size_t wanted() const;

  /// Takes at most wanted() bytes from the front and returns how many. Error kInvalidArgument, and
  /// the parser is spent: this is no such header.
  Result<std::size_t> take(std::string_view bytes);

  /// Once the header is whole: the client as the proxy saw it. Nothing where the proxy speaks for
  /// itself (LOCAL: a health check) or of something other than TCP over IP: then the connection's
  /// own address counts.
  const std::optional<boost::asio::ip::tcp::endpoint>& client() const { return client_; }

 private:
  Status check_beginning() const;
  Status check_fixed_part();
  void read_addresses();

  std::string header_;
  std::size_t size_ = 0;  ///< of the whole header; 0: not known yet
  std::optional<boost::asio::ip::tcp::endpoint> client_;
};

}  // namespace cnnselect
