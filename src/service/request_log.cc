#include "service/request_log.h"

#include <chrono>
#include <utility>

#include "base/clock.h"
#include "base/log.h"

namespace cnnselect {

Result<std::unique_ptr<RequestLog>> RequestLog::open(const std::filesystem::path& file,
                                                     RequestLogOptions options) {
  auto store = RequestStore::open(file, Database::Mode::kReadWrite);
  if (!store) return std::unexpected(store.error());
  return std::unique_ptr<RequestLog>(new RequestLog(std::move(*store), options));
}

RequestLog::RequestLog(RequestStore store, RequestLogOptions options)
    : store_(std::move(store)), options_(options), rng_(options.seed) {
  writer_ = std::jthread([this] { work(); });
}

RequestLog::~RequestLog() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  writer_.join();
}

bool RequestLog::wants() {
  if (options_.fraction >= 1) return true;
  const MutexLock lock(mutex_);
  return rng_.uniform() < options_.fraction;
}

void RequestLog::add(LoggedRequest request) {
  // A study compares logs of several hosts and days, which no steady clock allows.
  request.unix_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                        std::chrono::system_clock::now().time_since_epoch())
                        .count();
  const MutexLock lock(mutex_);
  if (pending_.size() >= options_.max_pending) {
    ++dropped_;
    return;
  }
  pending_.push_back(std::move(request));
}

std::uint64_t RequestLog::dropped() const {
  const MutexLock lock(mutex_);
  return dropped_;
}

void RequestLog::work() {
  const RealClock clock;
  std::vector<LoggedRequest> batch;
  bool failing = false;
  for (bool last = false; !last;) {
    batch.clear();
    {
      const TimePoint next = clock.now() + options_.period;
      const MutexLock lock(mutex_);
      while (!stopping_ && stop_.wait_until(mutex_, next)) {
      }
      last = stopping_;
      batch.swap(pending_);
    }
    if (batch.empty()) continue;
    const Status written = store_.append(batch, options_.max_rows);
    if (written) {
      failing = false;
      continue;
    }
    // Said once: a full disk would otherwise fill the log too.
    if (!failing) spdlog::error("requests are not logged: {}", written.error().message);
    failing = true;
    const MutexLock lock(mutex_);
    dropped_ += batch.size();
  }
}

}  // namespace cnnselect
