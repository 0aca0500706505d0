#include "http/request_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

#include "base/text.h"

namespace cnnselect {
namespace {

namespace http = boost::beast::http;

// A client may promise a large body and send nothing: this much is allocated on its word, the rest
// as bytes come in.
constexpr std::size_t kTrustedLength = std::size_t{1} << 20U;

std::string_view std_view(boost::beast::string_view text) { return {text.data(), text.size()}; }

std::unexpected<Refusal> refuse(int status, std::string message) {
  return std::unexpected(Refusal{status, std::move(message)});
}

/// Path and query of a request target: "/path?query", or the absolute form that proxies send.
std::expected<std::pair<std::string, std::string>, Refusal> split_target(std::string_view target) {
  std::string_view rest = target;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!same_without_case(rest.substr(0, scheme.size()), scheme)) continue;
    rest.remove_prefix(scheme.size());
    rest.remove_prefix(std::min(rest.find_first_of("/?"), rest.size()));
    if (rest.empty() || rest.front() == '?') {
      return std::pair{std::string("/"), std::string(rest.substr(rest.empty() ? 0 : 1))};
    }
    break;
  }
  if (rest != "*" && !rest.starts_with('/')) {
    return refuse(400, fmt::format("request target '{}' does not start with '/'", target));
  }
  const auto mark = rest.find('?');
  if (mark == std::string_view::npos) return std::pair{std::string(rest), std::string()};
  return std::pair{std::string(rest.substr(0, mark)), std::string(rest.substr(mark + 1))};
}

/// Whether the first line ends so; Beast then takes the version for a wrong one.
bool ends_with_lf_alone(std::string_view bytes) {
  const auto end = bytes.find('\n');
  return end != std::string_view::npos && (end == 0 || bytes[end - 1] != '\r');
}

}  // namespace

struct RequestParser::Beast {
  std::optional<http::request_parser<http::string_body>> parser;

  void restart(const ParserLimits& limits) {
    parser.emplace();
    parser->header_limit(static_cast<std::uint32_t>(
        std::min<std::size_t>(limits.header_bytes, std::numeric_limits<std::uint32_t>::max())));
    parser->body_limit(limits.body_bytes);
    parser->eager(false);  // stop at the end of the header
  }
};

RequestParser::RequestParser(ParserLimits limits)
    : limits_(limits), beast_(std::make_unique<Beast>()) {
  beast_->restart(limits_);
}

RequestParser::~RequestParser() = default;

std::expected<std::size_t, Refusal> RequestParser::take(std::string_view bytes, TimePoint arrived,
                                                        std::optional<TimePoint> began) {
  std::size_t used = 0;
  if (phase_ == Phase::kIdle) {
    // Empty lines before a request are the leftovers of careless clients (RFC 9112, 2.2).
    while (used < bytes.size() && (bytes[used] == '\r' || bytes[used] == '\n')) ++used;
    if (used == bytes.size()) return used;
    phase_ = Phase::kHeader;
    head_only_ = false;
    request_.first_byte = began.value_or(arrived);
  }
  if (phase_ == Phase::kHeader) {
    const auto taken = take_header(bytes.substr(used));
    if (!taken) return taken;
    used += *taken;
    request_.last_byte = arrived;
  }
  while (phase_ == Phase::kBody && used < bytes.size()) {
    const auto taken = take_body(bytes.substr(used), arrived);
    if (!taken) return taken;
    if (*taken == 0) break;
    used += *taken;
  }
  return used;
}

std::expected<std::size_t, Refusal> RequestParser::take_header(std::string_view bytes) {
  boost::beast::error_code error;
  const std::size_t used =
      beast_->parser->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error == http::error::need_more) return used;
  if (error == http::error::header_limit) {
    return refuse(431, fmt::format("the request's header is longer than {} bytes, the most that is "
                                   "accepted",
                                   limits_.header_bytes));
  }
  if (error == http::error::body_limit) {
    return refuse(413, fmt::format("the body is longer than {} bytes, the most that is accepted",
                                   limits_.body_bytes));
  }
  if (error == http::error::bad_version && ends_with_lf_alone(bytes)) {
    return refuse(400, "the request line ends with LF alone; lines end with CR LF");
  }
  if (error == http::error::bad_version) {
    return refuse(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
  }
  if (error) return refuse(400, fmt::format("not an HTTP request: {}", error.message()));
  if (!beast_->parser->is_header_done()) return used;
  if (auto finished = finish_header(); !finished) return std::unexpected(finished.error());
  return used;
}

std::expected<void, Refusal> RequestParser::finish_header() {
  auto& parser = *beast_->parser;
  auto& message = parser.get();
  const std::size_t lengths = message.count(http::field::content_length);
  const std::size_t codings = message.count(http::field::transfer_encoding);
  // Two ways to say where the body ends: a proxy in front may have believed the other one.
  if (lengths > 1 || std_view(message[http::field::content_length]).contains(',')) {
    return refuse(400, "more than one Content-Length");
  }
  if (codings > 1 || (lengths > 0 && codings > 0)) {
    return refuse(400, "the body's length is given twice: Content-Length, Transfer-Encoding");
  }
  if (codings > 0 && message.version() == 10) {
    return refuse(400, "Transfer-Encoding in an HTTP/1.0 request");
  }
  if (codings > 0 &&
      !same_without_case(std_view(message[http::field::transfer_encoding]), "chunked")) {
    return refuse(501, fmt::format("Transfer-Encoding '{}' is not supported: only 'chunked' is",
                                   std_view(message[http::field::transfer_encoding])));
  }
  const std::size_t hosts = message.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && message.version() == 11)) {
    return refuse(400,
                  fmt::format("an HTTP/1.1 request has one Host header, this one has {}", hosts));
  }
  const std::string_view expectation = std_view(message[http::field::expect]);
  if (message.version() == 11 && !expectation.empty() &&
      !same_without_case(expectation, "100-continue")) {
    return refuse(
        417, fmt::format("expectation '{}' is not supported: only '100-continue' is", expectation));
  }
  auto target = split_target(std_view(message.target()));
  if (!target) return std::unexpected(target.error());

  request_.method = std::string(std_view(message.method_string()));
  head_only_ = message.method() == http::verb::head;
  if (head_only_) request_.method = "GET";
  std::tie(request_.path, request_.query) = std::move(*target);
  for (const auto& field : message) {
    request_.headers.emplace_back(std_view(field.name_string()), std_view(field.value()));
  }
  keep_alive_ = message.keep_alive();
  skips_interim_ = message.version() == 11;
  chunked_ = codings > 0;
  length_ = static_cast<std::size_t>(parser.content_length().value_or(0));
  if (!chunked_ && length_ == 0) {
    phase_ = Phase::kDone;
    return {};
  }
  phase_ = Phase::kBody;
  expects_continue_ = message.version() == 11 && !expectation.empty();
  parser.eager(true);
  return {};
}

std::expected<std::size_t, Refusal> RequestParser::take_body(std::string_view bytes,
                                                             TimePoint arrived) {
  request_.last_byte = arrived;
  if (!chunked_) {
    const auto room = body_room();
    const std::size_t used = std::min(room.size(), bytes.size());
    std::copy_n(bytes.begin(), used, room.begin());
    body_filled(used, arrived);
    return used;
  }
  auto& parser = *beast_->parser;
  boost::beast::error_code error;
  const std::size_t used = parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error == http::error::body_limit) {
    return refuse(413, fmt::format("the body is longer than {} bytes, the most that is accepted",
                                   limits_.body_bytes));
  }
  if (error && error != http::error::need_more) {
    return refuse(400, fmt::format("the body is not properly chunked: {}", error.message()));
  }
  if (parser.is_done()) {
    request_.body = std::move(parser.get().body());
    phase_ = Phase::kDone;
  }
  return used;
}

std::span<char> RequestParser::body_room() {
  if (phase_ != Phase::kBody || chunked_) return {};
  auto& body = request_.body;
  if (body.size() == received_) {
    body.resize(std::min(length_, std::max(kTrustedLength, 2 * received_)));
  }
  return std::span(body).subspan(received_);
}

void RequestParser::body_filled(std::size_t size, TimePoint arrived) {
  request_.last_byte = arrived;
  received_ += size;
  if (received_ == length_) phase_ = Phase::kDone;
}

HttpRequest RequestParser::release() {
  beast_->restart(limits_);
  phase_ = Phase::kIdle;
  length_ = received_ = 0;
  chunked_ = expects_continue_ = false;
  return std::exchange(request_, {});
}

}  // namespace cnnselect
