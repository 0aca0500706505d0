#include "base/folder_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>

namespace cnnselect {
namespace {

constexpr std::uint32_t kChanges = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                   IN_MOVED_TO | IN_MODIFY | IN_ATTRIB | IN_ONLYDIR;

std::string words(int error) { return std::generic_category().message(error); }

}  // namespace

Result<std::unique_ptr<FolderWatch>> FolderWatch::create() {
  const int events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  const int error = errno;
  const int stop = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (events >= 0 && stop >= 0) {
    return std::unique_ptr<FolderWatch>(new FolderWatch(events, stop));
  }
  if (events >= 0) close(events);
  if (stop >= 0) close(stop);
  return fail(ErrorCode::kUnavailable, "folders cannot be watched: " + words(error));
}

FolderWatch::~FolderWatch() {
  close(events_);
  close(stop_);
}

Status FolderWatch::add(const std::filesystem::path& folder) const {
  if (inotify_add_watch(events_, folder.c_str(), kChanges) >= 0) return {};
  const int error = errno;
  const bool missing = error == ENOENT || error == ENOTDIR;
  return fail(missing ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
              "folder '" + folder.string() + "' cannot be watched: " + words(error));
}

bool FolderWatch::wait(Duration quiet) const {
  if (!wait_for_events(-1) || stopped()) return false;
  const auto quiet_ms = std::chrono::duration_cast<std::chrono::milliseconds>(quiet).count();
  while (wait_for_events(static_cast<int>(quiet_ms))) {
    if (stopped()) return false;
  }
  return true;
}

void FolderWatch::stop() const {
  const std::uint64_t one = 1;
  (void)!write(stop_, &one, sizeof(one));
}

bool FolderWatch::wait_for_events(int limit_ms) const {
  std::array<pollfd, 2> either{pollfd{.fd = events_, .events = POLLIN, .revents = 0},
                               pollfd{.fd = stop_, .events = POLLIN, .revents = 0}};
  int ready = 0;
  do {
    ready = poll(either.data(), either.size(), limit_ms);
  } while (ready < 0 && errno == EINTR);
  // That something happened is all that is asked: the events themselves are dropped.
  std::array<char, 4096> dropped{};
  while (read(events_, dropped.data(), dropped.size()) > 0) {
  }
  return ready > 0;
}

bool FolderWatch::stopped() const {
  pollfd asked{.fd = stop_, .events = POLLIN, .revents = 0};
  return poll(&asked, 1, 0) > 0;
}

}  // namespace cnnselect
