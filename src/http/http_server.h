// HttpServer: HTTP/1.1 over TCP or TLS (Boost.Beast coroutines). Keep-alive, pipelining, chunked
// bodies, Expect: 100-continue, bounds on header and body, timeouts for slow senders, and a client
// that goes away is noticed while its request is being worked on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "cnnselect/result.h"
#include "cnnselect/time.h"
#include "http/http_message.h"
#include "http/trusted_proxies.h"
#include "net/tls_keys.h"

namespace cnnselect {

struct HttpServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: the kernel picks; HttpServer::port() tells
  int threads = 1;         ///< network threads, >= 1
  std::size_t max_header_bytes = 16 << 10;
  std::size_t max_body_bytes = std::size_t{64} << 20U;
  std::size_t max_connections = 4096;  ///< one more gets 503 and is closed
  Duration header_timeout = std::chrono::seconds(
      10);  ///< from the first byte to the blank line; also for TLS's handshake and a PROXY header
  Duration body_timeout = std::chrono::seconds(60);   ///< for a whole body
  Duration idle_timeout = std::chrono::seconds(75);   ///< between requests of one connection
  Duration write_timeout = std::chrono::seconds(60);  ///< for the client to read a whole answer
  const TlsKeys* tls = nullptr;                       ///< null: plain; outlives the server
  /// Every connection begins with a PROXY header of version 2 (proxy_header.h), also before TLS.
  bool proxy_protocol = false;
  TrustedProxies trusted_proxies;  ///< whose X-Forwarded-For counts
};

class HttpServer {
 public:
  /// Binds, listens and starts its threads. `handler` and `clock` outlive the server; `clock` gives
  /// the stamps of HttpRequest, timeouts run on real time. Errors: kUnavailable (address and port
  /// are named), kInvalidArgument (not an address, an option out of range).
  static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options, HttpHandler& handler,
                                                   const Clock& clock);
  virtual ~HttpServer() = default;  ///< closes everything at once

  virtual std::uint16_t port() const = 0;

  /// Stops accepting, closes idle connections, lets the requests under way be answered (with
  /// `Connection: close`) and returns when all are, or false when `when` passed first.
  virtual bool shut_down(TimePoint when) = 0;
};

}  // namespace cnnselect
