#include "base/folder_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <string>
#include <system_error>

namespace cnnselect {
namespace {

constexpr std::uint32_t kChanges = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                   IN_MOVED_TO | IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_ONLYDIR;

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

Result<int> FolderWatch::watch(const std::filesystem::path& folder) const {
  const int number = inotify_add_watch(events_, folder.c_str(), kChanges);
  if (number >= 0) return number;
  const int error = errno;
  const bool missing = error == ENOENT || error == ENOTDIR;
  return fail(missing ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
              "folder '" + folder.string() + "' cannot be watched: " + words(error));
}

Status FolderWatch::add(const std::filesystem::path& folder) {
  const MutexLock lock(mutex_);  // before the first event of it is read
  const auto number = watch(folder);
  if (!number) return std::unexpected(number.error());
  counted_[*number].clear();
  return {};
}

Status FolderWatch::add_entry(const std::filesystem::path& entry) {
  const MutexLock lock(mutex_);
  const auto number = watch(entry.parent_path());
  if (!number) return std::unexpected(number.error());
  const auto [known, is_new] = counted_.try_emplace(*number);
  // A folder that counts as a whole does so still.
  if (is_new || !known->second.empty()) known->second.insert(entry.filename().string());
  return {};
}

bool FolderWatch::wait(Duration quiet) {
  if (!wait_for_events(kForever) || stopped()) return false;
  while (wait_for_events(quiet)) {
    if (stopped()) return false;
  }
  return true;
}

void FolderWatch::stop() const {
  const std::uint64_t one = 1;
  (void)!write(stop_, &one, sizeof(one));
}

bool FolderWatch::wait_for_events(Duration limit) {
  using std::chrono::steady_clock;
  const auto begun = steady_clock::now();
  while (true) {
    int left_ms = -1;
    if (limit != kForever) {
      const Duration left = limit - (steady_clock::now() - begun);
      left_ms = static_cast<int>(
          std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(left).count()));
    }
    std::array<pollfd, 2> either{pollfd{.fd = events_, .events = POLLIN, .revents = 0},
                                 pollfd{.fd = stop_, .events = POLLIN, .revents = 0}};
    const int ready = poll(either.data(), either.size(), left_ms);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    if (stopped() || read_events()) return true;
  }
}

bool FolderWatch::read_events() {
  bool any = false;
  alignas(inotify_event) std::array<char, 4096> events{};
  const MutexLock lock(mutex_);
  for (ssize_t size = 0; (size = read(events_, events.data(), events.size())) > 0;) {
    for (ssize_t at = 0; at < size;) {
      const auto* const event = reinterpret_cast<const inotify_event*>(events.data() + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      const auto known = counted_.find(event->wd);
      // Of a folder that nobody knows only an overflow can tell, and then anything may have come.
      any = any || known == counted_.end() || known->second.empty() ||
            (event->len > 0 && known->second.contains(event->name));
      if ((event->mask & IN_IGNORED) != 0 && known != counted_.end()) counted_.erase(known);
    }
  }
  return any;
}

bool FolderWatch::stopped() const {
  pollfd asked{.fd = stop_, .events = POLLIN, .revents = 0};
  return poll(&asked, 1, 0) > 0;
}

}  // namespace cnnselect
