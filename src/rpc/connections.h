// Connections: what the door knows of those that gRPC has. Each is watched through a descriptor of
// our own for the same socket, and forgotten once gRPC (or the client, and then gRPC) has shut it
// down: gRPC tells nobody. Thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/mutex.h"
#include "cnnselect/time.h"

namespace cnnselect::rpc {

class Connections {
 public:
  Connections() = default;
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;
  ~Connections();

  /// `fd` is gRPC's, `watched` ours from now on: the same connection or, inside TLS, the socket of
  /// the client.
  void add(int fd, int watched) CNNSELECT_EXCLUDES(mutex_);
  /// Those not yet shut down. O(n), one system call.
  std::size_t count() CNNSELECT_EXCLUDES(mutex_);
  std::optional<Duration> round_trip(std::string_view peer) const CNNSELECT_EXCLUDES(mutex_);

 private:
  mutable Mutex mutex_;
  std::unordered_map<int, int> watched_ CNNSELECT_GUARDED_BY(mutex_);  ///< by gRPC's descriptor
};

}  // namespace cnnselect::rpc
