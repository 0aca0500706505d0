// StampedSocket: a socket under TLS that notes when bytes came in. TLS gives its plain text only
// once a whole record is there, up to 16 kB of it, and over a slow network that takes a while: the
// first byte of a request came when the first byte of its record did.
//
// Refers to the socket and the clock, which outlive it. Used on the connection's strand only.
// Private to src/net, as wire.h is.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <optional>
#include <utility>

#include "cnnselect/time.h"

namespace cnnselect {

/// What boost::asio::ssl::stream wants of the layer below it.
template <class Socket>
class StampedSocket {
 public:
  // Asio asks for these names.
  // NOLINTBEGIN(readability-identifier-naming)
  using lowest_layer_type = typename Socket::lowest_layer_type;
  using executor_type = typename Socket::executor_type;
  // NOLINTEND(readability-identifier-naming)

  /// No clock: nothing is noted.
  StampedSocket(Socket& socket, const Clock* clock) : socket_(&socket), clock_(clock) {}

  /// When the first bytes since the last call came; nothing where none came since.
  std::optional<TimePoint> take_first() { return std::exchange(first_, std::nullopt); }

  executor_type get_executor() { return socket_->get_executor(); }
  lowest_layer_type& lowest_layer() { return socket_->lowest_layer(); }
  const lowest_layer_type& lowest_layer() const { return socket_->lowest_layer(); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const Buffers& into) {
          const auto executor = boost::asio::get_associated_executor(handler, get_executor());
          socket_->async_read_some(
              into, boost::asio::bind_executor(
                        executor, [this, handler = std::move(handler)](
                                      boost::system::error_code error, std::size_t size) mutable {
                          if (size > 0 && clock_ != nullptr && !first_) first_ = clock_->now();
                          std::move(handler)(error, size);
                        }));
        },
        token, buffers);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return socket_->async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  Socket* socket_;
  const Clock* clock_;
  std::optional<TimePoint> first_;
};

}  // namespace cnnselect
