#include "rpc/connections.h"

#include <poll.h>
#include <unistd.h>

#include <charconv>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "net/tcp_reading.h"

namespace cnnselect::rpc {

Connections::~Connections() {
  const MutexLock lock(mutex_);
  for (const auto& [fd, watched] : watched_) ::close(watched.fd);
}

void Connections::add(int fd, int watched, std::string peer) {
  const MutexLock lock(mutex_);
  Watched& place = watched_[fd];
  if (place.fd >= 0) ::close(place.fd);  // gRPC has closed it: else the number were not free again
  place = {.fd = watched, .peer = std::move(peer)};
  place.path.take(read_tcp(watched), RealClock().now());
}

std::size_t Connections::count() {
  const MutexLock lock(mutex_);
  std::vector<pollfd> polled;
  std::vector<int> fds;
  for (const auto& [fd, watched] : watched_) {
    polled.push_back({.fd = watched.fd, .events = 0, .revents = 0});
    fds.push_back(fd);
  }
  if (::poll(polled.data(), polled.size(), 0) <= 0) return watched_.size();
  for (std::size_t i = 0; i < fds.size(); ++i) {
    if ((polled[i].revents & (POLLHUP | POLLERR)) == 0) continue;
    ::close(polled[i].fd);
    watched_.erase(fds[i]);
  }
  return watched_.size();
}

ConnectionFacts Connections::facts(std::string_view name) {
  constexpr std::string_view kPrefix = "fd:";
  int fd = -1;
  if (name.starts_with(kPrefix)) {
    std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), fd);
  }
  const MutexLock lock(mutex_);
  const auto found = watched_.find(fd);
  if (found == watched_.end()) return {.peer = std::string(name), .round_trip = std::nullopt};
  Watched& watched = found->second;
  watched.path.take(read_tcp(watched.fd), RealClock().now());
  return {.peer = watched.peer, .round_trip = watched.path.estimate()};
}

}  // namespace cnnselect::rpc
