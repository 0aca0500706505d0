#include "rpc/guest.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "net/listener.h"

namespace cnnselect::rpc {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Local = asio::basic_stream_socket<asio::local::stream_protocol, Strand>;

// RFC 9113, section 3.4: what every client says first.
constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
// RFC 8446, section 5.2: 2^14 bytes, what protects them, and the header.
constexpr std::size_t kLargestRecord = 16384 + 256 + 5;
constexpr std::size_t kPiece = 4 * kLargestRecord;
// For a client to answer TLS's goodbye.
constexpr auto kLinger = std::chrono::seconds(1);
constexpr auto kLookAgain = std::chrono::milliseconds(50);

class Guest : public std::enable_shared_from_this<Guest> {
 public:
  Guest(Socket socket, const Hosts& hosts)
      : hosts_(hosts),
        peer_(to_text(remote_endpoint(socket))),
        wire_(std::move(socket),
              hosts.options.tls == nullptr ? nullptr : hosts.options.tls->context()),
        timer_(wire_.strand()),
        inside_(wire_.strand()) {
    hosts_.came();
  }
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;
  ~Guest() {
    // The connection is watched through another descriptor, so closing ours would not end it.
    if (pumps_) ::shutdown(wire_.socket().native_handle(), SHUT_RDWR);
    hosts_.left(pumps_);
  }

  Strand strand() { return wire_.strand(); }

  Task<void> run() {
    expire_after(hosts_.options.header_timeout);
    bool speaks = false;  // no co_await inside an expression: GCC 12 gets some of them wrong
    if (wire_.is_tls()) {
      speaks = co_await greets_inside_tls();
    } else {
      speaks = co_await greets();
    }
    if (!speaks) {
      spdlog::debug("{}: no gRPC: {}", peer_, expired_ ? "too slow" : "not HTTP/2");
      co_return;
    }
    timer_.cancel();
    if (wire_.is_tls()) {
      co_await pass_through();
    } else {
      // gRPC's own copy: the one here is closed with this guest.
      error_code error;
      if (wire_.socket().native_non_blocking(true, error)) co_return;
      const int grpcs = copy_of_socket();
      const int watched = copy_of_socket();
      if (grpcs >= 0 && watched >= 0) {
        hosts_.enter(grpcs, watched, peer_);
      } else {
        spdlog::warn("{}: closed, no file descriptors are left", peer_);
        if (grpcs >= 0) ::close(grpcs);
      }
    }
  }

 private:
  /// -1 when there are no descriptors left.
  int copy_of_socket() { return fcntl(wire_.socket().native_handle(), F_DUPFD_CLOEXEC, 0); }

  bool begins_right() const { return kPreface.starts_with(head_.substr(0, kPreface.size())); }

  /// Looks without taking: gRPC wants to read it too.
  Task<bool> greets() {
    std::array<char, kPreface.size()> bytes{};
    while (!expired_) {
      const auto seen = ::recv(wire_.socket().native_handle(), bytes.data(), bytes.size(),
                               MSG_PEEK | MSG_DONTWAIT);
      if (seen == 0 || (seen < 0 && errno != EAGAIN)) co_return false;
      head_.assign(bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(seen, 0)));
      if (!begins_right()) co_return false;
      if (head_.size() == kPreface.size()) co_return true;
      if (seen > 0) {  // some of it: the socket stays readable
        Timer pause(wire_.strand());
        pause.expires_after(kLookAgain);
        co_await pause.async_wait(kTuple);
      } else {
        co_await wire_.socket().async_wait(Socket::wait_read, kTuple);
      }
    }
    co_return false;
  }

  Task<bool> greets_inside_tls() {
    const error_code failed = co_await wire_.handshake();
    if (failed) co_return false;
    std::vector<char> bytes(kPiece);
    while (head_.size() < kPreface.size()) {
      const auto [error, size] = co_await wire_.read_some(asio::buffer(bytes));
      if (error || expired_) co_return false;
      head_.append(bytes.data(), size);
      if (!begins_right()) co_return false;
    }
    co_return true;
  }

  Task<void> pass_through() {
    std::array<int, 2> ends{-1, -1};
    error_code error;
    const int watched = copy_of_socket();
    if (watched < 0 ||
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0 ||
        inside_.assign(asio::local::stream_protocol(), ends[0], error)) {
      spdlog::warn("{}: closed, no file descriptors are left", peer_);
      for (const int fd : {watched, ends[0], ends[1]}) {
        if (fd >= 0) ::close(fd);
      }
      co_return;
    }
    pumps_ = true;
    asio::co_spawn(
        wire_.strand(),
        [](std::shared_ptr<Guest> self) -> Task<void> {
          co_await self->pump_out();
        }(shared_from_this()),
        [](const std::exception_ptr&) {});
    hosts_.enter(ends[1], watched, peer_);
    co_await pump_in();
  }

  /// A whole one, so that reading it waits for nobody.
  bool a_record_is_there() {
    error_code error;
    return wire_.socket().available(error) >= kLargestRecord && !error;
  }

  /// From the client to gRPC.
  Task<void> pump_in() {
    std::vector<char> bytes(kPiece);
    auto [error, size] = co_await asio::async_write(inside_, asio::buffer(head_), kTuple);
    while (!error) {
      auto [broken, got] = co_await wire_.read_some(asio::buffer(bytes));
      if (broken) break;
      // Read one by one, records would each wake gRPC.
      while (!broken && got + kLargestRecord <= bytes.size() && a_record_is_there()) {
        const Wire::Moved more = co_await wire_.read_some(asio::buffer(bytes) + got);
        broken = more.error;
        got += more.bytes;
      }
      std::tie(error, size) =
          co_await asio::async_write(inside_, asio::buffer(bytes.data(), got), kTuple);
    }
    error = inside_.shutdown(Local::shutdown_send, error);
  }

  /// And back. Its end is the connection's.
  Task<void> pump_out() {
    std::vector<char> bytes(kPiece);
    error_code error;
    while (!error) {
      const auto [broken, got] = co_await inside_.async_read_some(asio::buffer(bytes), kTuple);
      if (broken) break;
      const auto written =
          co_await wire_.write({asio::buffer(bytes.data(), got), asio::const_buffer()});
      error = written.error;
    }
    if (error) {
      error = inside_.close(error);  // gRPC's end notices
    } else {
      expire_after(kLinger);
      wire_.cancel();  // what pump_in waits for
      co_await wire_.finish_sending();
    }
    done_ = true;
    wire_.cancel();
  }

  void expire_after(Duration timeout) {
    expired_ = false;
    timer_.expires_after(timeout);
    await_timer();
  }

  void await_timer() {
    timer_.async_wait([weak = weak_from_this()](error_code error) {
      const auto self = weak.lock();
      if (!self || error || self->done_) return;
      self->expired_ = true;
      self->wire_.cancel();
      // It may have been between two operations: ask again until it has noticed.
      self->timer_.expires_after(kLookAgain);
      self->await_timer();
    });
  }

  const Hosts& hosts_;
  const std::string peer_;
  Wire wire_;
  Timer timer_;
  Local inside_;      ///< towards gRPC, inside TLS
  std::string head_;  ///< what the client has said so far
  bool pumps_ = false;
  bool expired_ = false;
  bool done_ = false;
};

}  // namespace

void greet(Socket socket, const Hosts& hosts) {
  auto guest = std::make_shared<Guest>(std::move(socket), hosts);
  const Strand strand = guest->strand();
  asio::co_spawn(
      strand,
      [](std::shared_ptr<Guest> self) -> Task<void> { co_await self->run(); }(std::move(guest)),
      [](const std::exception_ptr& failure) {
        try {
          if (failure) std::rethrow_exception(failure);
        } catch (const std::exception& error) {
          spdlog::error("a connection for gRPC was closed: {}", error.what());
        }
      });
}

}  // namespace cnnselect::rpc
