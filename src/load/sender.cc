#include "load/sender.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <memory>

#include "load/classify_answer.h"

namespace cnnselect {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

// Pieces of a body that takes time: enough for an even flow, few enough to cost nothing.
constexpr std::size_t kPieces = 16;
constexpr Duration kWatchInterval = std::chrono::milliseconds(50);

// A connection to the server, kept for the next request when the server keeps it.
struct Connection {
  explicit Connection(asio::any_io_executor executor) : stream(std::move(executor)) {}
  beast::tcp_stream stream;
  beast::flat_buffer buffer;
};

class Sending {
 public:
  Sending(const ServerUrl& server, const std::vector<ShapedRequest>& requests,
          const SendOptions& options, const Clock& clock,
          const std::function<void(std::size_t, ShapedOutcome)>& done)
      : server_(server), requests_(requests), options_(options), clock_(clock), done_(done) {}

  Status run() {
    boost::system::error_code failed;
    endpoints_ = tcp::resolver(context_).resolve(server_.host, server_.port, failed);
    if (failed) {
      return fail(ErrorCode::kUnavailable,
                  fmt::format("cannot find server {}: {}", server_.host, failed.message()));
    }
    start_ = clock_.now();
    asio::co_spawn(context_, dispatch(), asio::detached);
    while (!context_.stopped()) {
      context_.run_for(kWatchInterval);
      if (options_.interrupted && options_.interrupted()) context_.stop();
    }
    return {};
  }

 private:
  // Starts each request at its time, so that only those under way hold resources.
  asio::awaitable<void> dispatch() {
    asio::steady_timer timer(context_);
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      timer.expires_at(start_ + requests_[i].send_at);
      co_await timer.async_wait(asio::use_awaitable);
      asio::co_spawn(context_, send(i), asio::detached);
    }
  }

  asio::awaitable<void> send(std::size_t index) {
    const ShapedRequest& request = requests_[index];
    const TimePoint intended = start_ + request.send_at;
    ShapedOutcome outcome{.body = fail(ErrorCode::kUnavailable, "not sent")};
    if (request.network.input == kForever || request.network.output == kForever) {
      outcome.body = fail(ErrorCode::kUnavailable, "the network has no capacity");
    } else if (under_way_ >= options_.most_under_way) {
      outcome.body = fail(ErrorCode::kUnavailable,
                          fmt::format("not sent: {} requests are under way", under_way_));
    } else {
      ++under_way_;
      try {
        outcome.body = co_await exchange(request, intended, outcome.late);
        asio::steady_timer way_back(context_, request.network.output);
        co_await way_back.async_wait(asio::use_awaitable);
      } catch (const boost::system::system_error& error) {
        outcome.body = std::unexpected(failure(error.code()));
      }
      --under_way_;
    }
    outcome.latency = clock_.now() - intended;
    done_(index, std::move(outcome));
  }

  /// In a user's words.
  Error failure(const boost::system::error_code& error) const {
    const std::string server = fmt::format("server {}:{}: ", server_.host, server_.port);
    if (error == boost::beast::error::timeout) {
      return {ErrorCode::kTimeout,
              server + fmt::format("no answer within {:.1f} s", to_seconds(options_.patience))};
    }
    const bool closed = error == http::error::end_of_stream ||
                        error == http::error::partial_message || error == asio::error::eof ||
                        error == asio::error::connection_reset || error == asio::error::broken_pipe;
    return {ErrorCode::kUnavailable,
            server + (closed ? "it closed the connection without an answer" : error.message())};
  }

  asio::awaitable<Result<std::string>> exchange(const ShapedRequest& request, TimePoint intended,
                                                Duration& late) {
    auto connection = co_await connect(intended);
    late = clock_.now() - intended;
    std::exception_ptr cut_off;
    try {
      co_await upload(*connection, request, intended);
    } catch (const boost::system::system_error&) {
      // A server that refuses a request early answers, then closes under the upload: the answer
      // may be there to read, and says more than "broken pipe".
      cut_off = std::current_exception();
    }
    http::response_parser<http::string_body> parser;
    parser.body_limit(std::size_t{16} << 20U);
    const auto [failed, size] = co_await http::async_read(
        connection->stream, connection->buffer, parser, asio::as_tuple(asio::use_awaitable));
    if (failed && cut_off) std::rethrow_exception(cut_off);
    if (failed) throw boost::system::system_error(failed);
    http::response<http::string_body> response = parser.release();
    if (response.keep_alive() && !cut_off) idle_.push_back(std::move(connection));
    if (response.result() != http::status::ok) {
      co_return fail(response.result() == http::status::service_unavailable
                         ? ErrorCode::kUnavailable
                         : ErrorCode::kInvalidArgument,
                     fmt::format("{}: {}", response.result_int(), error_text(response.body())));
    }
    co_return std::move(response.body());
  }

  // A kept connection that the server has not closed meanwhile, or a new one.
  asio::awaitable<std::unique_ptr<Connection>> connect(TimePoint intended) {
    while (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      char byte = 0;
      boost::system::error_code state;
      auto& socket = connection->stream.socket();
      socket.non_blocking(true);
      socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, state);
      if (state == asio::error::would_block) {
        connection->stream.expires_at(intended + options_.patience);
        co_return connection;
      }
    }
    auto connection = std::make_unique<Connection>(context_.get_executor());
    connection->stream.expires_at(intended + options_.patience);
    co_await connection->stream.async_connect(endpoints_, asio::use_awaitable);
    connection->stream.socket().set_option(tcp::no_delay(true));
    co_return connection;
  }

  asio::awaitable<void> upload(Connection& connection, const ShapedRequest& request,
                               TimePoint intended) {
    std::string head = fmt::format("POST {} HTTP/1.1\r\nHost: {}:{}\r\nContent-Length: {}\r\n",
                                   request.target, server_.host, server_.port, request.body.size());
    for (const auto& [name, value] : request.headers) {
      head += fmt::format("{}: {}\r\n", name, value);
    }
    if (options_.headers_now) {
      for (const auto& [name, value] : options_.headers_now()) {
        head += fmt::format("{}: {}\r\n", name, value);
      }
    }
    head += "\r\n";
    const std::size_t pieces = std::clamp<std::size_t>(request.body.size(), 1, kPieces);
    asio::steady_timer timer(context_);
    std::size_t sent = 0;
    for (std::size_t piece = 0; piece < pieces; ++piece) {
      // The first piece leaves at once, the last when the way there is over.
      const auto steps = static_cast<Duration::rep>(std::max<std::size_t>(pieces - 1, 1));
      timer.expires_at(intended +
                       request.network.input * static_cast<Duration::rep>(piece) / steps);
      co_await timer.async_wait(asio::use_awaitable);
      const std::size_t upto = request.body.size() * (piece + 1) / pieces;
      const auto bytes = request.body.subspan(sent, upto - sent);
      const std::array<asio::const_buffer, 2> buffers{
          asio::buffer(head.data(), piece == 0 ? head.size() : 0),
          asio::buffer(bytes.data(), bytes.size())};
      co_await asio::async_write(connection.stream, buffers, asio::use_awaitable);
      sent = upto;
    }
  }

  const ServerUrl& server_;
  const std::vector<ShapedRequest>& requests_;
  const SendOptions& options_;
  const Clock& clock_;
  const std::function<void(std::size_t, ShapedOutcome)>& done_;
  asio::io_context context_{1};
  tcp::resolver::results_type endpoints_;
  std::vector<std::unique_ptr<Connection>> idle_;
  TimePoint start_;
  std::size_t under_way_ = 0;
};

}  // namespace

Status send_shaped(const ServerUrl& server, const std::vector<ShapedRequest>& requests,
                   const SendOptions& options, const Clock& clock,
                   const std::function<void(std::size_t, ShapedOutcome)>& done) {
  return Sending(server, requests, options, clock, done).run();
}

}  // namespace cnnselect
