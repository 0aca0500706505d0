#include "http/http_server.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "http/http_session.h"
#include "net/listener.h"

namespace cnnselect {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Beyond max_connections so many more are told so; what comes on top is closed without a word.
constexpr std::size_t kTurnedAwayAtOnce = 64;

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

  Status listen();
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

Status AsioServer::listen() {
  if (Status listening = listen_on(acceptor_, options_.address, options_.port); !listening) {
    return listening;
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
  while (auto socket = co_await next_connection(acceptor_, io_)) {
    const std::size_t open = registry_.size();
    if (open < options_.max_connections + kTurnedAwayAtOnce) {
      try {
        start_session(*std::move(socket), context_, open >= options_.max_connections);
      } catch (const std::exception& error) {
        spdlog::error("a connection was closed: {}", error.what());
      }
    }
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

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options,
                                                      HttpHandler& handler, const Clock& clock) {
  if (options.threads < 1) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("network threads: {}, at least 1 is needed", options.threads));
  }
  auto server = std::make_unique<AsioServer>(std::move(options), handler, clock);
  if (auto listening = server->listen(); !listening) {
    return std::unexpected(listening.error());
  }
  server->run();
  return server;
}

}  // namespace cnnselect
