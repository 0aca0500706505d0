#include "service/background_writer.h"

#include <utility>

#include "base/clock.h"
#include "base/log.h"

namespace cnnselect {

BackgroundWriter::BackgroundWriter(std::string what, Duration period, std::function<Status()> write)
    : what_(std::move(what)), write_(std::move(write)) {
  thread_ = std::jthread([this, period] { work(period); });
}

BackgroundWriter::~BackgroundWriter() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void BackgroundWriter::work(Duration period) {
  const RealClock clock;
  bool failing = false;
  for (bool last = false; !last;) {
    {
      const TimePoint next = clock.now() + period;
      const MutexLock lock(mutex_);
      while (!stopping_ && stop_.wait_until(mutex_, next)) {
      }
      last = stopping_;
    }
    const Status written = write_();
    // Said once: a full disk would otherwise fill the log too.
    if (!written && !failing) spdlog::error("{} are not kept: {}", what_, written.error().message);
    if (written && failing) spdlog::info("{} are kept again", what_);
    failing = !written;
  }
}

}  // namespace cnnselect
