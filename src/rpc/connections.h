// Connections: what the door knows of those that gRPC has. Each is watched through a descriptor of
// our own for the same socket, and forgotten once gRPC (or the client, and then gRPC) has shut it
// down: gRPC tells nobody. Thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/mutex.h"
#include "budget/path_round_trip.h"
#include "cnnselect/time.h"

namespace cnnselect::rpc {

/// What is known of a connection.
struct ConnectionFacts {
  std::string peer;  ///< the client's address and port; what gRPC says where that is unknown
  std::optional<Duration> round_trip;  ///< of its path, when known
};

class Connections {
 public:
  Connections() = default;
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;
  ~Connections();

  /// `fd` is gRPC's, `watched` ours from now on: the same connection or, inside TLS, the socket of
  /// the client, whose address is `peer`.
  void add(int fd, int watched, std::string peer) CNNSELECT_EXCLUDES(mutex_);
  /// Those not yet shut down. O(n), one system call.
  std::size_t count() CNNSELECT_EXCLUDES(mutex_);
  /// Of the connection that gRPC calls `name`: "fd:17". Asked once for each request.
  ConnectionFacts facts(std::string_view name) CNNSELECT_EXCLUDES(mutex_);

 private:
  struct Watched {
    int fd = -1;
    std::string peer;
    PathRoundTrip path{PathRoundTrip::Talk::kAtAnyTime};  ///< pings, and calls side by side
  };

  mutable Mutex mutex_;
  std::unordered_map<int, Watched> watched_ CNNSELECT_GUARDED_BY(mutex_);  ///< by gRPC's fd
};

}  // namespace cnnselect::rpc
