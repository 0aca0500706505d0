#include "rpc/door.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "net/listener.h"
#include "rpc/guest.h"

namespace cnnselect::rpc {
namespace {

namespace asio = boost::asio;

/// So many more than were left at the last count may come before they are counted again.
constexpr std::size_t kCountAfter = 64;
/// gRPC itself looks after its clients only while they have calls.
constexpr auto kSilence = std::chrono::seconds(60);
/// For the last answers inside TLS to leave: a little longer than a goodbye may take.
constexpr auto kSeeOut = std::chrono::milliseconds(1500);
constexpr auto kAskAgain = std::chrono::milliseconds(5);

class AsioDoor final : public Door {
 public:
  explicit AsioDoor(DoorOptions options)
      : options_(std::move(options)),
        hosts_{.options = options_,
               .came = [this] { ++greeting_; },
               .enter =
                   [this](int fd, int client, std::string peer) {
                     if (options_.tls != nullptr) ++inside_tls_;
                     connections_.add(fd, client, std::move(peer));
                     enter_(fd);
                   },
               .left =
                   [this](bool from_inside_tls) {
                     --greeting_;
                     if (from_inside_tls) --inside_tls_;
                   }},
        strand_(asio::make_strand(io_)),
        acceptor_(strand_) {}
  AsioDoor(const AsioDoor&) = delete;
  AsioDoor& operator=(const AsioDoor&) = delete;
  ~AsioDoor() override { end(); }

  Status listen() {
    const Status listening = listen_on(acceptor_, options_.address, options_.port);
    if (listening) port_ = acceptor_.local_endpoint().port();
    return listening;
  }

  std::uint16_t port() const override { return port_; }

  void start(Enter enter) override {
    enter_ = std::move(enter);
    asio::co_spawn(strand_, accept(), asio::detached);
    thread_ = std::jthread([this] { io_.run(); });
  }

  void close() override {
    asio::post(strand_, [this] {
      boost::system::error_code ignored;
      ignored = acceptor_.close(ignored);
    });
  }

  void see_out(TimePoint when) override {
    const TimePoint last = std::min<TimePoint>(when, RealClock().now() + kSeeOut);
    while (inside_tls_ > 0 && RealClock().now() < last) std::this_thread::sleep_for(kAskAgain);
  }

  void stop() override { end(); }

  ConnectionFacts facts(std::string_view name) override { return connections_.facts(name); }

 private:
  void end() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

  Task<void> accept() {
    while (auto socket = co_await next_connection(acceptor_, io_)) {
      if (is_full()) {
        spdlog::debug("{}: all {} connections are in use", to_text(remote_endpoint(*socket)),
                      options_.max_connections);
        continue;
      }
      ++since_counted_;
      try {
        end_when_silent(*socket, kSilence);
        greet(*std::move(socket), hosts_);
      } catch (const std::exception& error) {
        spdlog::error("a connection for gRPC was closed: {}", error.what());
      }
    }
  }

  bool is_full() {
    if (since_counted_ >= kCountAfter + counted_ ||
        counted_ + since_counted_ >= options_.max_connections) {
      // Inside TLS a guest stays with its connection, and is counted there.
      counted_ = options_.tls != nullptr ? (connections_.count(), greeting_)
                                         : connections_.count() + greeting_;
      since_counted_ = 0;
    }
    return counted_ + since_counted_ >= options_.max_connections;
  }

  const DoorOptions options_;
  const Hosts hosts_;
  Connections connections_;
  Enter enter_;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> inside_tls_ = 0;  ///< guests whose bytes are passed on
  // The door's thread only:
  std::size_t greeting_ = 0;  ///< guests that there are
  std::size_t counted_ = 0;   ///< connections, when they were counted last
  std::size_t since_counted_ = 0;
  asio::io_context io_{1};  ///< its end ends the guests, which still use what stands above
  Strand strand_;
  Acceptor acceptor_;
  std::jthread thread_;
};

}  // namespace

Result<std::unique_ptr<Door>> Door::open(DoorOptions options) {
  auto door = std::make_unique<AsioDoor>(std::move(options));
  if (const Status listening = door->listen(); !listening) {
    return std::unexpected(listening.error());
  }
  return door;
}

}  // namespace cnnselect::rpc
