#include "net/listener.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/log.h"

namespace cnnselect {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Out of file descriptors: wait for connections to end instead of spinning.
constexpr auto kAcceptPause = std::chrono::milliseconds(50);

}  // namespace

Status listen_on(Acceptor& acceptor, const std::string& address, std::uint16_t port) {
  error_code error;
  const auto ip = asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, error);
  if (error) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("'{}' is not an IPv4 or IPv6 address", address));
  }
  const tcp::endpoint endpoint(ip, port);
  if (acceptor.open(endpoint.protocol(), error) ||
      acceptor.set_option(Acceptor::reuse_address(true), error) || acceptor.bind(endpoint, error) ||
      acceptor.listen(Acceptor::max_listen_connections, error)) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("cannot listen on {} port {}: {}", address, port, error.message()));
  }
  return {};
}

Task<std::optional<Socket>> next_connection(Acceptor& acceptor, asio::io_context& io) {
  bool failing = false;
  while (acceptor.is_open()) {
    auto [error, socket] = co_await acceptor.async_accept(asio::make_strand(io), kTuple);
    if (!error) co_return std::move(socket);
    if (error == asio::error::operation_aborted) continue;
    if (error == asio::error::connection_aborted) continue;
    if (!std::exchange(failing, true)) {
      spdlog::warn("cannot accept connections for now: {}", error.message());
    }
    Timer pause(acceptor.get_executor());
    pause.expires_after(kAcceptPause);
    co_await pause.async_wait(kTuple);
  }
  co_return std::nullopt;
}

void end_when_silent(Socket& socket, std::chrono::seconds silence) {
  const int fd = socket.native_handle();
  const auto seconds = static_cast<int>(silence.count());
  const int ms = seconds * 1000;
  constexpr int kProbes = 3;
  const int between = std::max(seconds / (2 * kProbes), 1);
  const int idle = std::max(seconds / 2, 1);
  const int on = 1;
  // Where one is refused the connection is only kept for longer.
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &between, sizeof(between));
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &kProbes, sizeof(kProbes));
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms));
}

tcp::endpoint remote_endpoint(const Socket& socket) {
  error_code error;
  return socket.remote_endpoint(error);
}

std::string to_text(const asio::ip::tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return endpoint.address().is_v6() ? fmt::format("[{}]:{}", address, endpoint.port())
                                    : fmt::format("{}:{}", address, endpoint.port());
}

}  // namespace cnnselect
