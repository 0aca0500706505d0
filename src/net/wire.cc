#include "net/wire.h"

#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <utility>

namespace cnnselect {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// What fits into one record of TLS.
constexpr std::size_t kRecord = 16384;

/// Many clients close without TLS's own goodbye. Lengths come with every message, so what was cut
/// off is noticed without it.
error_code without_goodbye(error_code error) {
  return error == asio::ssl::error::stream_truncated
             ? asio::error::make_error_code(asio::error::misc_errors::eof)
             : error;
}

}  // namespace

Wire::Wire(Socket socket, std::shared_ptr<asio::ssl::context> tls, const Clock* clock)
    : socket_(std::move(socket)), context_(std::move(tls)) {
  if (context_ != nullptr) tls_.emplace(StampedSocket<Socket>(socket_, clock), *context_);
  error_code ignored;  // a socket that refuses it is only slower
  ignored = socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

Task<error_code> Wire::handshake() {
  if (!tls_) co_return error_code();
  const auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::server, kTuple);
  tls_->next_layer().take_first();  // of the handshake
  co_return error;
}

Task<Wire::Moved> Wire::read_some(asio::mutable_buffer into) {
  if (!tls_) {
    const auto [error, bytes] = co_await socket_.async_read_some(into, kTuple);
    co_return Moved{error, bytes};
  }
  const auto [error, bytes] = co_await tls_->async_read_some(into, kTuple);
  // What was cut off in the middle of a record goes on with the next read.
  if (bytes > 0) came_ = tls_->next_layer().take_first();
  co_return Moved{without_goodbye(error), bytes};
}

Task<Wire::Moved> Wire::write(std::array<asio::const_buffer, 2> parts) {
  if (!tls_) {
    const auto [error, bytes] = co_await asio::async_write(socket_, parts, kTuple);
    co_return Moved{error, bytes};
  }
  // Each part would be a record, a system call and a packet of its own.
  std::string together;
  if (parts[0].size() + parts[1].size() <= kRecord) {
    together.assign(asio::buffers_begin(parts), asio::buffers_end(parts));
    parts = {asio::buffer(together), asio::const_buffer()};
  }
  const auto [error, bytes] = co_await asio::async_write(*tls_, parts, kTuple);
  co_return Moved{error, bytes};
}

Task<error_code> Wire::wait_for_break() {
  const auto [error] = co_await socket_.async_wait(Socket::wait_error, kTuple);
  co_return error ? error : asio::error::make_error_code(asio::error::connection_reset);
}

Task<error_code> Wire::finish_sending() {
  if (tls_) co_await tls_->async_shutdown(kTuple);
  error_code error;
  co_return socket_.shutdown(Socket::shutdown_send, error);
}

Task<Wire::Moved> Wire::read_raw(asio::mutable_buffer into) {
  const auto [error, bytes] = co_await socket_.async_read_some(into, kTuple);
  co_return Moved{error, bytes};
}

void Wire::cancel() {
  error_code ignored;
  ignored = socket_.cancel(ignored);
}

}  // namespace cnnselect
