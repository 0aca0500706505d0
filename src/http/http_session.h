// HttpSession: one connection, as a coroutine on a strand of its own: read a request, hand it to
// the handler, wait for the answer while watching the client, write it, again. Requests of one
// connection are answered in order, one at a time.
//
// The client is gone when the connection is reset while its request is being worked on. One that
// has only said all it has to say (a FIN, or TLS's close_notify) may still read, and gets its
// answer (RFC 9112, section 9.6). From here a closed socket looks the same, so such a client is
// sent a `100 Continue` while it waits: who reads skips it, and a closed socket answers with a
// reset. HTTP/1.0 has no such answer. Behind pipelined bytes that are already waiting only a reset
// counts.
//
// Private to src/http.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "budget/path_round_trip.h"
#include "cnnselect/time.h"
#include "http/answer_slot.h"
#include "http/http_message.h"
#include "http/http_server.h"
#include "http/request_parser.h"
#include "http/session_registry.h"
#include "http/wire_timeout.h"
#include "net/tcp_reading.h"
#include "net/wire.h"

namespace cnnselect {

/// What all sessions of a server share; outlives them.
struct SessionContext {
  const HttpServerOptions& options;
  HttpHandler& handler;
  const Clock& clock;
  SessionRegistry& registry;

  /// For the next connection; null: plain.
  std::shared_ptr<boost::asio::ssl::context> tls() const {
    return options.tls == nullptr ? nullptr : options.tls->context();
  }
};

class HttpSession final : public OpenSession, public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(Socket socket, SessionContext& context);
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;
  ~HttpSession() override;

  Task<void> run();
  Task<void> turn_away();
  Strand strand() const { return strand_; }

  void drain() override;
  void detach() override;

 private:
  enum class Input { kBytes, kEnd, kTimeout, kFull };

  Task<bool> begin();
  Task<bool> hear_proxy();
  Task<bool> shake_hands();
  Task<bool> read_request();
  std::optional<Refusal> refusal_of(Input input, RequestParser::Phase phase) const;
  Task<Input> read_more();
  void note_arrival(std::size_t size);
  HttpRequest take_request();
  std::optional<Duration> round_trip(const HttpRequest& request);
  Task<bool> answer(HttpRequest request);
  Task<std::optional<HttpResponse>> wait_for_answer();
  Task<boost::system::error_code> probe();
  Task<bool> write(HttpResponse response, bool keep_alive, bool with_body);
  Task<void> refuse(const Refusal& refused);
  Task<void> linger();

  std::move_only_function<void()> waker();

  SessionContext& context_;
  Wire wire_;
  const Strand strand_;
  const std::shared_ptr<WireTimeout> timeout_;
  boost::beast::flat_buffer buffer_;  // read, not yet parsed
  TimePoint arrived_;                 // when the last bytes in buffer_ were read
  TimePoint began_;                   // when the first of those came
  RequestParser parser_;
  const std::size_t buffer_limit_;
  TcpReading handshake_;  // what was known before anything was said
  bool heard_ = false;    // a request, and path_ of the handshake
  PathRoundTrip path_;
  boost::asio::ip::tcp::endpoint client_;  ///< the socket's peer, or whom the PROXY header names
  std::string peer_;                       // the client, as far as the connection tells
  bool through_proxy_ = false;             // whose round trip is not the client's
  std::shared_ptr<AnswerSlot> slot_;       // of the request that is being worked on
  bool idle_ = false;                      // waiting for the client, owing it nothing
  bool waiting_ = false;                   // for the handler's answer
  bool finished_ = false;                  // the client will send no more
};

/// Serves `socket` until it closes. With `refuse`, only says 503 and closes.
void start_session(Socket socket, SessionContext& context, bool refuse);

}  // namespace cnnselect
