#include "rpc/connections.h"

#include <poll.h>
#include <unistd.h>

#include <charconv>
#include <vector>

#include "net/wire.h"

namespace cnnselect::rpc {

Connections::~Connections() {
  const MutexLock lock(mutex_);
  for (const auto& [fd, watched] : watched_) ::close(watched);
}

void Connections::add(int fd, int watched) {
  const MutexLock lock(mutex_);
  const auto [place, is_new] = watched_.try_emplace(fd, watched);
  if (is_new) return;
  ::close(place->second);  // gRPC has closed it: else the number would not be free again
  place->second = watched;
}

std::size_t Connections::count() {
  const MutexLock lock(mutex_);
  std::vector<pollfd> polled;
  std::vector<int> fds;
  for (const auto& [fd, watched] : watched_) {
    polled.push_back({.fd = watched, .events = 0, .revents = 0});
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

std::optional<Duration> Connections::round_trip(std::string_view peer) const {
  constexpr std::string_view kPrefix = "fd:";
  int fd = -1;
  if (!peer.starts_with(kPrefix)) return std::nullopt;
  std::from_chars(peer.data() + kPrefix.size(), peer.data() + peer.size(), fd);
  const MutexLock lock(mutex_);
  const auto found = watched_.find(fd);
  if (found == watched_.end()) return std::nullopt;
  return net::round_trip_of(found->second);
}

}  // namespace cnnselect::rpc
