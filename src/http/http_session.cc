#include "http/http_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "http/http_date.h"
#include "http/http_error.h"
#include "http/proxy_reading.h"
#include "http/response_head.h"
#include "net/listener.h"
#include "net/tcp_reading.h"

namespace cnnselect {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t kReadSize = 65536;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
// How long a client that is being turned away may go on sending before the connection is cut:
// closing under it at once would reset the connection and could destroy the answer on its way.
constexpr auto kLinger = std::chrono::seconds(1);

}  // namespace

HttpSession::HttpSession(Socket socket, SessionContext& context)
    : context_(context),
      wire_(std::move(socket), context.tls(), &context.clock),
      strand_(wire_.strand()),
      timeout_(std::make_shared<WireTimeout>(wire_)),
      parser_({.header_bytes = context.options.max_header_bytes,
               .body_bytes = context.options.max_body_bytes}),
      buffer_limit_(std::max(kReadSize, context.options.max_header_bytes)),
      handshake_(read_tcp(wire_.socket().native_handle())),
      client_(remote_endpoint(wire_.socket())),
      peer_(to_text(client_)) {
  buffer_.reserve(buffer_limit_);
  context_.registry.add(*this);
}

HttpSession::~HttpSession() {
  if (slot_) slot_->detach();
  context_.registry.remove(*this);
}

void HttpSession::drain() {
  asio::post(strand_, [weak = weak_from_this()] {
    if (const auto self = weak.lock(); self && self->idle_) self->wire_.cancel();
  });
}

void HttpSession::detach() {
  if (slot_) slot_->detach();
}

void start_session(Socket socket, SessionContext& context, bool refuse) {
  auto session = std::make_shared<HttpSession>(std::move(socket), context);
  const Strand strand = session->strand();
  asio::co_spawn(
      strand,
      [](std::shared_ptr<HttpSession> self, bool turn_away) -> Task<void> {
        if (turn_away) {
          co_await self->turn_away();
        } else {
          co_await self->run();
        }
      }(std::move(session), refuse),
      [](const std::exception_ptr& failure) {
        try {
          if (failure) std::rethrow_exception(failure);
        } catch (const std::exception& error) {
          spdlog::error("a connection was closed: {}", error.what());
        }
      });
}

Task<void> HttpSession::run() {
  if (!co_await begin()) co_return;
  while (co_await read_request()) {
    HttpRequest request = take_request();
    if (!co_await answer(std::move(request))) break;
  }
}

Task<void> HttpSession::turn_away() {
  const Refusal full{503, fmt::format("all {} connections are in use, try again later",
                                      context_.options.max_connections)};
  if (co_await begin()) co_await refuse(full);
}

/// What comes before the first request. False when the connection is to be closed.
Task<bool> HttpSession::begin() {
  // Not in one condition, nor returned at once: GCC 12 destroys a co_await's temporary twice there.
  if (context_.options.proxy_protocol) {
    const bool heard = co_await hear_proxy();
    if (!heard) co_return false;
  }
  const bool secure = co_await shake_hands();
  co_return secure;
}

/// Who the client is, by the PROXY header. False when there is none.
Task<bool> HttpSession::hear_proxy() {
  timeout_->expire_after(context_.options.header_timeout);
  idle_ = true;  // a stop need not wait for it
  const auto told = co_await read_proxy_header(wire_, *timeout_);
  idle_ = false;
  if (!told) {
    // Who is gone, or is not heard since the server stops, needs no line.
    if (told.error().code != ErrorCode::kCancelled) {
      spdlog::warn("{}: {}; closed", peer_, told.error().message);
    }
    co_return false;
  }
  through_proxy_ = told->has_value();
  if (through_proxy_) {
    client_ = **told;
    peer_ = to_text(client_);
  }
  co_return true;
}

/// False when the client and this server do not come to speak TLS with each other.
Task<bool> HttpSession::shake_hands() {
  if (!wire_.is_tls()) co_return true;
  timeout_->expire_after(context_.options.header_timeout);
  idle_ = true;  // a stop need not wait for it
  const error_code error = co_await wire_.handshake();
  idle_ = false;
  if (error)
    spdlog::debug("{}: no TLS: {}", peer_, timeout_->expired() ? "too slow" : error.message());
  co_return !error;
}

/// False when the connection is to be closed: it ended, or the request was refused.
Task<bool> HttpSession::read_request() {
  const auto& options = context_.options;
  auto phase = RequestParser::Phase::kIdle;
  bool sent_continue = false;
  timeout_->expire_after(options.idle_timeout);
  for (;;) {
    if (buffer_.size() > 0) {
      const auto bytes = buffer_.cdata();
      const auto taken =
          parser_.take({static_cast<const char*>(bytes.data()), bytes.size()}, arrived_, began_);
      if (!taken) {
        co_await refuse(taken.error());
        co_return false;
      }
      buffer_.consume(*taken);
    }
    if (parser_.phase() == RequestParser::Phase::kDone) co_return true;
    if (parser_.phase() != phase) {
      phase = parser_.phase();
      if (phase == RequestParser::Phase::kBody) {
        auto refused = context_.handler.refuse_unread(parser_.so_far());
        if (refused) {
          const bool written = co_await write(*std::move(refused), false, true);
          if (written) co_await linger();
          co_return false;
        }
      }
      timeout_->expire_after(phase == RequestParser::Phase::kBody ? options.body_timeout
                                                                  : options.header_timeout);
    }
    if (parser_.expects_continue() && !sent_continue && buffer_.size() == 0) {
      sent_continue = true;
      co_await wire_.write({asio::buffer(kContinue), asio::const_buffer()});
    }
    const Input input = co_await read_more();
    if (input == Input::kBytes) continue;
    if (phase == RequestParser::Phase::kIdle) {
      if (wire_.is_tls() && !finished_) co_await linger();  // a goodbye is part of TLS
      co_return false;
    }
    const auto reason = refusal_of(input, phase);
    if (reason) co_await refuse(*reason);
    co_return false;
  }
}

/// What to tell a client whose request stopped in the middle; nothing to one that cannot hear it.
std::optional<Refusal> HttpSession::refusal_of(Input input, RequestParser::Phase phase) const {
  const auto& options = context_.options;
  if (input == Input::kTimeout) {
    const bool in_body = phase == RequestParser::Phase::kBody;
    return Refusal{
        408,
        fmt::format("the request's {} did not arrive within {} ms", in_body ? "body" : "header",
                    to_ms(in_body ? options.body_timeout : options.header_timeout))};
  }
  if (input == Input::kFull) {
    return Refusal{400,
                   fmt::format("a chunk header or trailer is longer than {} bytes", buffer_limit_)};
  }
  if (finished_) return Refusal{400, "the connection ended in the middle of the request"};
  return std::nullopt;
}

/// Reads once: straight into the request's body where its length is known, else into buffer_.
Task<HttpSession::Input> HttpSession::read_more() {
  const auto room = parser_.body_room();
  idle_ = parser_.phase() == RequestParser::Phase::kIdle;
  if (idle_ && context_.registry.draining()) co_return Input::kEnd;
  if (timeout_->expired()) co_return Input::kTimeout;
  if (room.empty() && buffer_.size() >= buffer_limit_) co_return Input::kFull;
  const auto target = room.empty() ? buffer_.prepare(buffer_limit_ - buffer_.size())
                                   : asio::mutable_buffer(room.data(), room.size());
  const auto [error, size] = co_await wire_.read_some(target);
  idle_ = false;
  if (error) {
    finished_ = error == asio::error::eof;
    co_return error == asio::error::operation_aborted && timeout_->expired() ? Input::kTimeout
                                                                             : Input::kEnd;
  }
  if (room.empty()) {
    note_arrival(size);
  } else {
    parser_.body_filled(size, context_.clock.now());
  }
  co_return Input::kBytes;
}

/// `size` bytes more are in buffer_.
void HttpSession::note_arrival(std::size_t size) {
  buffer_.commit(size);
  arrived_ = context_.clock.now();
  began_ = wire_.came().value_or(arrived_);
}

/// The request that was read, and what the connection knows of its client.
HttpRequest HttpSession::take_request() {
  HttpRequest request = parser_.release();
  const TrustedProxies& proxies = context_.options.trusted_proxies;
  const bool forwarded = proxies.forwards(client_.address(), request);
  if (!forwarded && !through_proxy_) request.rtt = round_trip(request);
  request.peer = forwarded ? proxies.client(request).value_or(peer_) : peer_;
  return request;
}

/// The path's, once for each request: it counts what happened since the one before.
std::optional<Duration> HttpSession::round_trip(const HttpRequest& request) {
  if (!std::exchange(heard_, true)) path_.take(handshake_, request.first_byte);
  path_.take(read_tcp(wire_.socket().native_handle()), request.last_byte);
  return path_.estimate();
}

/// False when the connection is to be closed.
Task<bool> HttpSession::answer(HttpRequest request) {
  const bool with_body = !parser_.head_only();
  slot_ = std::make_shared<AnswerSlot>();
  context_.handler.handle(std::move(request), exchange_for(slot_));
  auto response = co_await wait_for_answer();
  slot_->detach();  // the handler may keep it for longer than this server lives
  slot_.reset();
  if (!response) co_return false;
  const bool keep_alive = parser_.keep_alive() && !finished_ && !context_.registry.draining();
  const bool written = co_await write(std::move(*response), keep_alive, with_body);
  if (!written) co_return false;
  if (!keep_alive) co_await linger();
  co_return keep_alive;
}

/// Nothing when the connection broke.
Task<std::optional<HttpResponse>> HttpSession::wait_for_answer() {
  timeout_->expire_after(kForever);
  for (;;) {
    auto response = slot_->take_or_wake(waker());
    if (response) co_return response;
    waiting_ = true;
    error_code error;
    if (!finished_ && buffer_.size() == 0) {
      // The next request's first bytes are as welcome as the news that the client left.
      const auto [ended, size] = co_await wire_.read_some(buffer_.prepare(buffer_limit_));
      if (size > 0) note_arrival(size);
      error = ended;
    } else {
      error = co_await wire_.wait_for_break();
    }
    waiting_ = false;
    if (!error || error == asio::error::operation_aborted) continue;
    if (error == asio::error::eof) {  // it has said all; whether it still reads?
      finished_ = true;
      error = co_await probe();
    }
    if (!error) continue;
    slot_->client_gone();
    co_return std::nullopt;
  }
}

/// Says something that a client which still reads will skip, and a closed socket resets.
Task<error_code> HttpSession::probe() {
  if (!parser_.skips_interim()) co_return error_code();
  timeout_->expire_after(context_.options.write_timeout);
  const auto [error, size] = co_await wire_.write({asio::buffer(kContinue), asio::const_buffer()});
  timeout_->expire_after(kForever);
  co_return error;
}

/// What the handler's thread does with its answer: it interrupts the wait, if that is still on.
std::move_only_function<void()> HttpSession::waker() {
  return [strand = strand_, weak = weak_from_this(), slot = slot_.get()] {
    asio::post(strand, [weak, slot] {
      const auto self = weak.lock();
      if (self && self->waiting_ && self->slot_.get() == slot) self->wire_.cancel();
    });
  };
}

Task<bool> HttpSession::write(HttpResponse response, bool keep_alive, bool with_body) {
  if (!is_sendable(response)) {
    spdlog::error("the answer to {} cannot be sent: its status {} or one of its headers", peer_,
                  response.status);
    response = refusal(500, "the answer could not be sent");
  }
  const std::string head = response_head(response, keep_alive, http_date_now());
  const bool has_body = with_body && status_has_body(response.status);
  const std::array<asio::const_buffer, 2> parts = {
      asio::buffer(head), has_body ? asio::buffer(response.body) : asio::const_buffer()};
  timeout_->expire_after(context_.options.write_timeout);
  if (has_body && path_.wants_prompt_ack()) {
    const auto [error, size] = co_await wire_.write({parts[0], asio::const_buffer()});
    if (error) co_return false;
    const auto [error_of_body, rest] = co_await wire_.write({parts[1], asio::const_buffer()});
    co_return !error_of_body;
  }
  const auto [error, size] = co_await wire_.write(parts);
  co_return !error;
}

Task<void> HttpSession::refuse(const Refusal& refused) {
  HttpResponse response = refusal(refused.status, refused.message);
  const bool written = co_await write(std::move(response), false, !parser_.head_only());
  if (written) co_await linger();
}

/// Says that nothing more will come and reads what the client is still sending, for a while.
Task<void> HttpSession::linger() {
  timeout_->expire_after(kLinger);
  const error_code broken = co_await wire_.finish_sending();
  if (broken || finished_) co_return;
  buffer_.clear();
  idle_ = true;
  error_code error;
  while (!error && !timeout_->expired() && !context_.registry.draining()) {
    const auto [ended, size] = co_await wire_.read_raw(buffer_.prepare(buffer_limit_));
    error = ended;
  }
}

}  // namespace cnnselect
