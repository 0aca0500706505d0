// Guest: a connection on its way to gRPC, and, inside TLS, for as long as it lives. Lives on a
// strand of its own. Private to src/rpc, with door.cc.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "net/wire.h"
#include "rpc/door.h"

namespace cnnselect::rpc {

/// What all guests of a door share; outlives them.
struct Hosts {
  const DoorOptions& options;
  std::function<void()> came;
  /// Gives gRPC its end of a connection; `client` is a descriptor of the same connection, or inside
  /// TLS of the client's, for whoever is called to keep; `peer` is the client's address.
  std::function<void(int fd, int client, std::string peer)> enter;
  /// It did not enter, or has been given away, or, inside TLS, is over after it had entered.
  std::function<void(bool from_inside_tls)> left;
};

/// Greets `socket`; what does not begin to speak HTTP/2 in time is closed.
void greet(Socket socket, const Hosts& hosts);

}  // namespace cnnselect::rpc
