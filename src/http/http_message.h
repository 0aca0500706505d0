// HttpRequest and HttpResponse as values, and the handler that turns one into the other. The server
// (http_server.h) knows sockets and no routes; the routes (routes.h) know no sockets.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/operations.h"
#include "cnnselect/result.h"
#include "cnnselect/time.h"

namespace cnnselect {

struct HttpRequest {
  std::string method;  ///< upper case
  std::string path;    ///< percent-encoded as sent, without the query; routes decode segments
  std::string query;   ///< after '?', still encoded, may be empty
  std::vector<std::pair<std::string, std::string>> headers;  ///< in order of arrival
  std::string body;
  TimePoint first_byte;  ///< the header's first byte was in
  TimePoint last_byte;   ///< the last byte of all was in
  /// The round trip of the connection's path (PathRoundTrip), when known and the client's own: not
  /// a proxy's.
  std::optional<Duration> rtt;
  /// What is asked for, found by the first handler that wants to know (routes/route_path.h) and
  /// kept for those behind it; the server itself does not look.
  std::optional<Result<Route>> route;
  std::string peer;  ///< the client: "127.0.0.1:40312"; without port where a proxy tells none
  std::string key;   ///< the name of its API key, once a handler knows it; empty: it needs none

  /// Case-insensitive; the first of that name, or nothing.
  std::optional<std::string_view> header(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::vector<std::pair<std::string, std::string>>
      headers;  ///< without Content-Length, Date, Server
  std::string body;
};

/// Makes an answer where it is sent from.
using MakeResponse = std::move_only_function<HttpResponse()>;

/// The way back for one request. Thread-safe; the first answer counts, later ones are ignored.
class HttpExchange {
 public:
  HttpExchange() = default;
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;
  virtual ~HttpExchange() = default;

  void respond(HttpResponse response) {
    respond_later([response = std::move(response)]() mutable { return std::move(response); });
  }
  /// The answer is known, its text is not made yet: `make` is called at most once, on the
  /// connection's thread. So who knows the answer, a worker for example, is free for the next
  /// request.
  virtual void respond_later(MakeResponse make) = 0;
  /// `gone` is called once if the client goes away before the answer was given (at once if it has
  /// already gone). At most one callback per exchange; called on a server thread, must not block.
  virtual void on_disconnect(std::move_only_function<void()> gone) = 0;
};

/// Called on a server thread for each complete request; must not block: long work answers later
/// through `exchange`. Dropping every reference without an answer makes the server answer 500.
class HttpHandler {
 public:
  HttpHandler() = default;
  HttpHandler(const HttpHandler&) = delete;
  HttpHandler& operator=(const HttpHandler&) = delete;
  virtual ~HttpHandler() = default;

  virtual void handle(HttpRequest request, std::shared_ptr<HttpExchange> exchange) = 0;

  /// Called with a request whose body is still on its way, which handle() would refuse whatever
  /// that is: an answer is sent at once, and the connection closed without reading on. What it
  /// notes in `head` (its route) handle() finds there.
  virtual std::optional<HttpResponse> refuse_unread(HttpRequest& /*head*/) { return std::nullopt; }
};

}  // namespace cnnselect
