// Engine: the threaded driver. Takes requests, queues them by deadline, and when a worker is free
// asks the Scheduler (pure, src/engine/scheduler.h) which request it runs on which model.
//
// All public functions are thread-safe. Destruction stops: queued requests end with kUnavailable,
// running ones are finished.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "cnnselect/time.h"
#include "engine/model_manager.h"
#include "engine/request.h"

namespace cnnselect {

struct EngineOptions {
  int workers = 2;              ///< threads, each running one inference at a time; >= 1
  std::size_t max_queue = 256;  ///< waiting requests; one more is refused with kUnavailable
  std::uint64_t seed = 1;       ///< for the policies' draws
};

/// Counters and gauges since start, one consistent snapshot.
struct EngineStatus {
  std::size_t waiting = 0;
  std::size_t running = 0;
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;    ///< queue full or stopping
  std::uint64_t cancelled = 0;  ///< the client went away before an answer
  std::uint64_t finished = 0;
  std::uint64_t failed = 0;
};

class Engine {
 public:
  Engine(EngineOptions options, Clock& clock, ModelManager& models);
  ~Engine();

  /// Never blocks on an inference. `done` is called exactly once, see Completion.
  RequestId submit(Request request, Completion done);

  /// The client has gone away: a waiting request ends at once with kCancelled, a running one is
  /// stopped where the runtime can; a finished or unknown one is left alone.
  void cancel(RequestId id);

  /// Refuses new requests and returns when the last one is answered or `when` has passed (false).
  bool drain(TimePoint when);

  EngineStatus status() const;
};

}  // namespace cnnselect
