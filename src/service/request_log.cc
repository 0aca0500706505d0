#include "service/request_log.h"

#include <chrono>
#include <utility>

namespace cnnselect {

Result<std::unique_ptr<RequestLog>> RequestLog::open(const std::filesystem::path& file,
                                                     RequestLogOptions options) {
  auto store = RequestStore::open(file, Database::Mode::kCreate);
  if (!store) return std::unexpected(store.error());
  return std::unique_ptr<RequestLog>(new RequestLog(std::move(*store), options));
}

RequestLog::RequestLog(RequestStore store, RequestLogOptions options)
    : store_(std::move(store)),
      options_(options),
      rng_(options.seed),
      writer_("requests", options.period, [this] { return write(); }) {}

bool RequestLog::wants() {
  if (options_.fraction >= 1) return true;
  const MutexLock lock(mutex_);
  return rng_.uniform() < options_.fraction;
}

void RequestLog::add(LoggedRequest request) {
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

Status RequestLog::write() {
  std::vector<LoggedRequest> batch;
  {
    const MutexLock lock(mutex_);
    batch.swap(pending_);
  }
  if (batch.empty()) return last_;
  last_ = store_.append(batch, options_.max_rows);
  if (!last_) {
    const MutexLock lock(mutex_);
    dropped_ += batch.size();
  }
  return last_;
}

}  // namespace cnnselect
