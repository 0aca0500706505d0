// Engine: the threaded driver. It takes requests. The Scheduler (pure, scheduler.h) decides which
// waiting request runs next, on which model. The engine's worker threads perform that.
//
// All public functions are thread-safe. Every submitted request is answered exactly once through
// its Completion, whatever happens. Destruction stops the engine: waiting requests end with
// kUnavailable, running ones are finished.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "cnnselect/time.h"
#include "engine/model_manager.h"
#include "engine/request.h"
#include "engine/scheduler.h"

namespace cnnselect {

struct EngineOptions {
  int workers = 2;  ///< threads, each running one inference at a time; >= 1
  /// Waiting requests; one more is refused with kUnavailable. As many may wait in the second queue.
  std::size_t max_queue = 256;
  std::uint64_t seed = 1;  ///< for the policies' draws
};

/// Counters since the start, and gauges, in one consistent snapshot. Every submitted request is in
/// exactly one of them. Requests in `running` are counted elsewhere once they end.
struct EngineStatus {
  std::size_t waiting = 0;
  std::size_t running = 0;
  std::uint64_t refused = 0;    ///< queue full or stopping
  std::uint64_t cancelled = 0;  ///< taken back before an answer
  std::uint64_t given_up = 0;   ///< would have been late, or left to the client's device
  std::uint64_t timed_out = 0;  ///< waited longer than they may
  std::uint64_t finished = 0;   ///< answered
  std::uint64_t failed = 0;     ///< the run or its input gave an error
};

class Engine {
 public:
  /// `clock` and `models` outlive the engine.
  Engine(EngineOptions options, Clock& clock, ModelManager& models);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Never waits for an inference. A request that is refused is answered before this returns.
  RequestId submit(Request request, Completion done) CNNSELECT_EXCLUDES(mutex_);

  /// The client has gone away. A waiting request ends at once with kCancelled, on this thread. A
  /// running one is stopped if the runtime can do that. A finished or unknown one is left alone.
  void cancel(RequestId id) CNNSELECT_EXCLUDES(mutex_);

  /// Refuses new requests. Returns when the last one is answered, or false once `when` has passed.
  bool drain(TimePoint when) CNNSELECT_EXCLUDES(mutex_);

  EngineStatus status() const CNNSELECT_EXCLUDES(mutex_);

 private:
  struct Job;

  void work() CNNSELECT_EXCLUDES(mutex_);
  /// Ends requests that wait too long while every worker is busy.
  void watch_the_time() CNNSELECT_EXCLUDES(mutex_);
  Result<Answer> perform(const Start& start, Job& job, std::vector<std::byte>& scratch);
  /// Takes a job out of the books and counts how it ended.
  std::unique_ptr<Job> close(RequestId id, std::optional<ErrorCode> error)
      CNNSELECT_REQUIRES(mutex_);
  /// Answers outside the lock, then lets drain() know.
  void answer(std::unique_ptr<Job> job, Result<Answer> answer) CNNSELECT_EXCLUDES(mutex_);

  Clock& clock_;
  ModelManager& models_;

  mutable Mutex mutex_;
  CondVar work_;  ///< a request waits, or the engine stops
  CondVar idle_;  ///< the last request was answered
  CondVar late_;  ///< a wait may end earlier than thought, or the engine stops
  Scheduler scheduler_ CNNSELECT_GUARDED_BY(mutex_);
  std::unordered_map<RequestId, std::unique_ptr<Job>> jobs_ CNNSELECT_GUARDED_BY(mutex_);
  EngineStatus counts_ CNNSELECT_GUARDED_BY(mutex_);
  std::size_t unanswered_ CNNSELECT_GUARDED_BY(mutex_) = 0;
  std::uint64_t last_id_ CNNSELECT_GUARDED_BY(mutex_) = 0;
  bool draining_ CNNSELECT_GUARDED_BY(mutex_) = false;
  bool stopping_ CNNSELECT_GUARDED_BY(mutex_) = false;

  std::vector<std::jthread> threads_;  ///< last: they use everything above
};

}  // namespace cnnselect
