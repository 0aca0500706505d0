// BackgroundWriter: writes to the disk on a thread of its own, once a period and a last time at its
// end, so that nobody who answers requests waits for it.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "base/mutex.h"
#include "cnnselect/result.h"
#include "cnnselect/time.h"

namespace cnnselect {

class BackgroundWriter {
 public:
  /// Begins at once. `write` is called on the writer's thread only. When it fails, the log says
  /// "`what` are not kept"; when it works again, the log says so too.
  BackgroundWriter(std::string what, Duration period, std::function<Status()> write);
  ~BackgroundWriter();
  BackgroundWriter(const BackgroundWriter&) = delete;
  BackgroundWriter& operator=(const BackgroundWriter&) = delete;

 private:
  void work(Duration period) CNNSELECT_EXCLUDES(mutex_);

  const std::string what_;
  const std::function<Status()> write_;
  Mutex mutex_;
  CondVar stop_;
  bool stopping_ CNNSELECT_GUARDED_BY(mutex_) = false;
  std::jthread thread_;  // last: it uses everything above
};

}  // namespace cnnselect
