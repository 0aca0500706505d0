#include "net/http_server.h"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "net/http_session.h"

namespace cnnselect::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<tcp, Strand>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Strand>;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable_t<Strand>());
// Beyond max_connections so many more are told so; what comes on top is closed without a word.
constexpr std::size_t kTurnedAwayAtOnce = 64;
// Out of file descriptors: wait for connections to end instead of spinning.
constexpr auto kAcceptPause = std::chrono::milliseconds(50);

class AsioServer final : public HttpServer {
 public:
  AsioServer(HttpServerOptions options, HttpHandler& handler, const Clock& clock)
      : options_(std::move(options)),
        context_{options_, handler, clock, registry_},
        io_(options_.threads == 1 ? 1 : BOOST_ASIO_CONCURRENCY_HINT_DEFAULT),
        strand_(asio::make_strand(io_)),
        acceptor_(strand_) {}
  AsioServer(const AsioServer&) = delete;
  AsioServer& operator=(const AsioServer&) = delete;
  ~AsioServer() override {
    io_.stop();
    threads_.clear();  // joins
    registry_.detach_all();
  }

  Status listen(const tcp::endpoint& endpoint);
  void run();

  std::uint16_t port() const override { return port_; }
  bool shut_down(TimePoint when) override;

 private:
  Task<void> accept();

  const HttpServerOptions options_;
  SessionRegistry registry_;
  SessionContext context_;
  asio::io_context io_;
  Strand strand_;
  Acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::vector<std::jthread> threads_;
};

Status AsioServer::listen(const tcp::endpoint& endpoint) {
  error_code error;
  if (acceptor_.open(endpoint.protocol(), error) ||
      acceptor_.set_option(Acceptor::reuse_address(true), error) ||
      acceptor_.bind(endpoint, error) ||
      acceptor_.listen(Acceptor::max_listen_connections, error)) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("cannot listen on {} port {}: {}", options_.address, options_.port,
                            error.message()));
  }
  port_ = acceptor_.local_endpoint().port();
  return {};
}

void AsioServer::run() {
  asio::co_spawn(strand_, accept(), asio::detached);
  for (int i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this] { io_.run(); });
  }
}

Task<void> AsioServer::accept() {
  Timer pause(strand_);
  bool failing = false;
  while (acceptor_.is_open()) {
    auto [error, socket] = co_await acceptor_.async_accept(asio::make_strand(io_), kTuple);
    if (!error) {
      failing = false;
      const std::size_t open = registry_.size();
      if (open < options_.max_connections + kTurnedAwayAtOnce) {
        start_session(std::move(socket), context_, open >= options_.max_connections);
      }
      continue;
    }
    if (error == asio::error::operation_aborted) continue;
    if (error == asio::error::connection_aborted) continue;
    if (!std::exchange(failing, true)) {
      spdlog::warn("cannot accept connections for now: {}", error.message());
    }
    pause.expires_after(kAcceptPause);
    co_await pause.async_wait(kTuple);
  }
}

bool AsioServer::shut_down(TimePoint when) {
  asio::post(strand_, [this] {
    error_code ignored;
    ignored = acceptor_.close(ignored);
    registry_.drain();
  });
  return registry_.wait_until_empty(when);
}

Result<tcp::endpoint> endpoint_of(const HttpServerOptions& options) {
  error_code error;
  const auto address =
      asio::ip::make_address(options.address == "localhost" ? "127.0.0.1" : options.address, error);
  if (error) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("'{}' is not an IPv4 or IPv6 address", options.address));
  }
  return tcp::endpoint(address, options.port);
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options,
                                                      HttpHandler& handler, const Clock& clock) {
  const auto endpoint = endpoint_of(options);
  if (!endpoint) return std::unexpected(endpoint.error());
  if (options.threads < 1) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("network threads: {}, at least 1 is needed", options.threads));
  }
  auto server = std::make_unique<AsioServer>(std::move(options), handler, clock);
  if (auto listening = server->listen(*endpoint); !listening) {
    return std::unexpected(listening.error());
  }
  server->run();
  return server;
}

}  // namespace cnnselect::net
