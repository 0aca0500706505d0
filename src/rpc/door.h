// Door: the listening socket of the gRPC server. gRPC is given connections, not the port. So the
// door can do what gRPC does not. It bounds the number of connections. It ends clients that never
// begin to speak HTTP/2. It speaks the same TLS as HTTP does. It knows the round trip of each
// connection.
//
// A plain connection is handed over whole. With TLS, gRPC gets one end of a socket pair, and the
// door's thread moves the bytes. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "cnnselect/result.h"
#include "cnnselect/time.h"
#include "net/tls_keys.h"
#include "rpc/connections.h"

namespace cnnselect::rpc {

struct DoorOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;              ///< 0: the kernel picks
  std::size_t max_connections = 4096;  ///< one more is closed at once
  Duration header_timeout =
      std::chrono::seconds(10);  ///< for TLS's handshake, and for HTTP/2's first bytes
  const TlsKeys* tls = nullptr;  ///< null: plain; outlives the door
};

class Door {
 public:
  /// Gives gRPC the connection `fd`, which does not block and is its own from then on.
  using Enter = std::function<void(int fd)>;

  /// Errors: kUnavailable (address and port are named), kInvalidArgument (not an address).
  static Result<std::unique_ptr<Door>> open(DoorOptions options);
  virtual ~Door() = default;  ///< stops

  virtual std::uint16_t port() const = 0;
  /// From here on connections come in, and `enter` is called on the door's thread.
  virtual void start(Enter enter) = 0;
  /// No new connections.
  virtual void close() = 0;
  /// For when gRPC has ended its connections. Waits until its last bytes have left through TLS.
  /// Ends at `when`, and never much later than after a second.
  virtual void see_out(TimePoint when) = 0;
  /// Cuts every connection that it still serves. `enter` is not called any more.
  virtual void stop() = 0;

  /// Of the connection that gRPC calls `name`: "fd:17". Asked once for each request.
  virtual ConnectionFacts facts(std::string_view name) = 0;
};

}  // namespace cnnselect::rpc
