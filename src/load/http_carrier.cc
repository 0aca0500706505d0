#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/url.hpp>
#include <exception>
#include <utility>
#include <vector>

#include "load/carrier.h"
#include "load/classify_answer.h"

namespace cnnselect {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

// Pieces of a body that takes time: enough for an even flow, few enough to cost nothing.
constexpr std::size_t kPieces = 16;

ErrorCode code_of(http::status status) {
  if (http::to_status_class(status) == http::status_class::server_error) {
    return ErrorCode::kUnavailable;
  }
  switch (status) {
    case http::status::unauthorized:
      return ErrorCode::kUnauthenticated;
    case http::status::not_found:
      return ErrorCode::kNotFound;
    case http::status::too_many_requests:
      return ErrorCode::kTooMany;
    default:
      return ErrorCode::kInvalidArgument;
  }
}

/// Calls `use` with the stream that the bytes go through.
template <class Use>
auto over(Connection& connection, Use use) {
  return connection.tls ? use(*connection.tls) : use(connection.stream);
}

class HttpCarrier final : public Carrier {
 public:
  HttpCarrier(asio::io_context& context, const Dialer& dialer, const SendOptions& options,
              const Clock& clock)
      : context_(context), dialer_(dialer), options_(options), clock_(clock) {}

  asio::awaitable<Status> check(const std::string& family) override {
    boost::urls::url path;
    path.set_path_absolute(true);
    path.segments().assign({"v2", "models", family});
    const ShapedRequest question{.target = path.buffer()};
    Duration late{};
    const auto answer = co_await exchange("GET", question, clock_.now(), late);
    if (answer) co_return Status();
    // What a server says itself is not yet said to be one's.
    const bool said = answer.error().message.starts_with("server ");
    co_return std::unexpected(
        said ? answer.error() : answer.error().within("server " + authority_of(dialer_.server())));
  }

  bool wants_check() const override { return false; }

  asio::awaitable<Result<std::string>> carry(const ShapedRequest& request, TimePoint intended,
                                             Duration& late) override {
    return exchange("POST", request, intended, late);
  }

 private:
  asio::awaitable<Result<std::string>> exchange(std::string_view method,
                                                const ShapedRequest& request, TimePoint intended,
                                                Duration& late) {
    auto connected = co_await connect(intended + options_.patience);
    if (!connected) co_return std::unexpected(connected.error());
    auto connection = *std::move(connected);
    late = clock_.now() - intended;
    std::exception_ptr cut_off;
    try {
      co_await upload(*connection, method, request, intended);
    } catch (const boost::system::system_error&) {
      // A server that refuses a request early answers, then closes under the upload: the answer
      // may be there to read, and says more than "broken pipe".
      cut_off = std::current_exception();
    }
    http::response_parser<http::string_body> parser;
    parser.body_limit(std::size_t{16} << 20U);
    const auto [failed, size] = co_await over(*connection, [&](auto& stream) {
      return http::async_read(stream, connection->buffer, parser,
                              asio::as_tuple(asio::use_awaitable));
    });
    // What TLS says last is why the other side closes: it wants a certificate, say.
    const bool explained = failed.category() == asio::error::get_ssl_category();
    if (failed && cut_off && !explained) std::rethrow_exception(cut_off);
    if (failed) co_return std::unexpected(dialer_.failure(failed));
    http::response<http::string_body> response = parser.release();
    if (response.keep_alive() && !cut_off) idle_.push_back(std::move(connection));
    if (response.result() != http::status::ok) {
      co_return fail(code_of(response.result()),
                     fmt::format("{}: {}", response.result_int(), error_text(response.body())));
    }
    co_return std::move(response.body());
  }

  // A kept connection that the server has not closed meanwhile, or a new one.
  asio::awaitable<Result<std::unique_ptr<Connection>>> connect(TimePoint until) {
    while (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      char byte = 0;
      boost::system::error_code state;
      auto& socket = connection->stream.socket();
      socket.non_blocking(true);
      socket.receive(asio::buffer(&byte, 1), asio::ip::tcp::socket::message_peek, state);
      if (state == asio::error::would_block) {
        connection->stream.expires_at(until);
        co_return connection;
      }
    }
    co_return co_await dialer_.connect(context_.get_executor(), until);
  }

  std::string head_of(std::string_view method, const ShapedRequest& request) const {
    std::string head =
        fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n", method, request.target,
                    authority_of(dialer_.server()), request.body.size());
    const auto add = [&head](const std::string& name, const std::string& value) {
      head += fmt::format("{}: {}\r\n", name, value);
    };
    if (!options_.api_key.empty()) add("Authorization", "Bearer " + options_.api_key);
    for (const auto& [name, value] : request.headers) add(name, value);
    if (options_.headers_now) {
      for (const auto& [name, value] : options_.headers_now()) add(name, value);
    }
    return head + "\r\n";
  }

  asio::awaitable<void> upload(Connection& connection, std::string_view method,
                               const ShapedRequest& request, TimePoint intended) {
    std::string head = head_of(method, request);
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
      // Together: inside TLS each buffer would be a record of its own.
      head.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      co_await over(connection, [&head](auto& stream) {
        return asio::async_write(stream, asio::buffer(head), asio::use_awaitable);
      });
      head.clear();
      sent = upto;
    }
  }

  asio::io_context& context_;
  const Dialer& dialer_;
  const SendOptions& options_;
  const Clock& clock_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace

std::unique_ptr<Carrier> http_carrier(asio::io_context& context, const Dialer& dialer,
                                      const SendOptions& options, const Clock& clock) {
  return std::make_unique<HttpCarrier>(context, dialer, options, clock);
}

}  // namespace cnnselect
