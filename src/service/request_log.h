// RequestLog: writes what became of requests to the store, a sample or all of them. No request ever
// waits for the disk: a thread writes once a second. When it falls behind, requests are dropped and
// counted. Thread-safe. Destruction writes what is left.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/mutex.h"
#include "cnnselect/rng.h"
#include "service/background_writer.h"
#include "store/request_store.h"

namespace cnnselect {

struct RequestLogOptions {
  double fraction = 1;                ///< of the requests to keep, each drawn by itself; (0, 1]
  std::int64_t max_rows = 1'000'000;  ///< requests in the file, >= 1; about 240 bytes each
  std::size_t max_pending = 20'000;   ///< requests handed over and not written yet
  Duration period = std::chrono::seconds(1);
  std::uint64_t seed = 1;
};

class RequestLog {
 public:
  static Result<std::unique_ptr<RequestLog>> open(const std::filesystem::path& file,
                                                  RequestLogOptions options);

  /// Draws whether the next request is kept.
  bool wants() CNNSELECT_EXCLUDES(mutex_);
  /// The wall clock's time is put in here.
  void add(LoggedRequest request) CNNSELECT_EXCLUDES(mutex_);

  std::uint64_t dropped() const CNNSELECT_EXCLUDES(mutex_);

 private:
  RequestLog(RequestStore store, RequestLogOptions options);
  Status write() CNNSELECT_EXCLUDES(mutex_);

  RequestStore store_;  // the writing thread's
  Status last_;         // likewise: how its last batch went
  const RequestLogOptions options_;
  mutable Mutex mutex_;
  Rng rng_ CNNSELECT_GUARDED_BY(mutex_);
  std::vector<LoggedRequest> pending_ CNNSELECT_GUARDED_BY(mutex_);
  std::uint64_t dropped_ CNNSELECT_GUARDED_BY(mutex_) = 0;
  BackgroundWriter writer_;  // last: it uses everything above
};

}  // namespace cnnselect
