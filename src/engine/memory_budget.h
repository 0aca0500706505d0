// MemoryBudget: keeps the loaded models within a number of bytes. The threaded driver of Residency
// (pure, residency.h). It loads in the background on a thread of low priority. It also loads on the
// thread of a request, if the request may wait.
//
// All functions are thread-safe. Destruction waits for a load that is under way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "cnnselect/backend.h"
#include "cnnselect/result.h"
#include "cnnselect/time.h"
#include "engine/residency.h"

namespace cnnselect {

class MemoryBudget {
 public:
  struct Options {
    std::uint64_t bytes = 0;
    std::size_t workers = 1;  ///< workers that a load takes time from, >= 1
  };
  /// What is done to a model. Both may be called on any thread, one at a time for each model.
  struct Actions {
    std::function<Status(ModelId)> load;
    /// Takes the loaded model away from its owner. It is destroyed outside all locks.
    std::function<std::shared_ptr<LoadedModel>(ModelId)> unload;
  };
  struct Counts {
    std::uint64_t used = 0;  ///< bytes
    std::uint64_t loads = 0;
    std::uint64_t evictions = 0;
  };

  /// Nothing is loaded. `clock` outlives the budget. Index of `costs` = ModelId::value.
  MemoryBudget(const std::vector<ModelCost>& costs, Options options, Clock& clock, Actions actions);
  ~MemoryBudget();
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  /// Loads what fits, the fastest first, so that every family has something.
  Status fill() CNNSELECT_EXCLUDES(mutex_);

  /// The model stays loaded until release(). Loads it if it must. Waits for its load, and for room
  /// while the models in use leave none. A caller that waits keeps nothing, and nobody else begins
  /// meanwhile. So the uses come to an end. Errors: the load's.
  Status use(ModelId id) CNNSELECT_EXCLUDES(mutex_);
  void release(ModelId id) CNNSELECT_EXCLUDES(mutex_);
  /// A policy would have chosen this model. Models that are worth it are loaded in the background.
  void wished(ModelId id) CNNSELECT_EXCLUDES(mutex_);
  /// The model has another file from now on. If that takes more than the old one, others are
  /// unloaded as soon as nobody uses them.
  void changed(ModelId id, const ModelCost& cost) CNNSELECT_EXCLUDES(mutex_);
  /// As Candidate::cold_start. Does not wait for a search or a load.
  Duration cold_start(ModelId id, TimePoint now) const CNNSELECT_EXCLUDES(standings_mutex_);

  bool loaded(ModelId id) const CNNSELECT_EXCLUDES(mutex_);
  Counts counts() const CNNSELECT_EXCLUDES(mutex_);

 private:
  using Gone = std::vector<std::shared_ptr<LoadedModel>>;

  /// The models that a load evicts, to be destroyed outside the lock.
  Gone take_out(const Residency::Load& load) CNNSELECT_REQUIRES(mutex_);
  Status perform(ModelId id) CNNSELECT_EXCLUDES(mutex_);
  void look_for_work() CNNSELECT_REQUIRES(mutex_);
  /// Begins what is planned, if its room is free.
  void begin_planned() CNNSELECT_REQUIRES(mutex_);
  /// Takes out what is too much, to be destroyed outside the lock.
  Gone take_surplus() CNNSELECT_REQUIRES(mutex_);
  /// Tells cold_start() what has changed.
  void publish() CNNSELECT_REQUIRES(mutex_) CNNSELECT_EXCLUDES(standings_mutex_);
  /// Searches for a load that is worth it. Without the lock, since it may take long.
  void look() CNNSELECT_EXCLUDES(mutex_);
  void work() CNNSELECT_EXCLUDES(mutex_);

  Clock& clock_;
  const Actions actions_;
  const std::vector<ModelId> fastest_first_;
  mutable Mutex mutex_;
  CondVar changed_;  ///< a load or a use has ended
  CondVar work_;     ///< a load is to begin in the background, or the end is near
  Residency residency_ CNNSELECT_GUARDED_BY(mutex_);
  /// Number of callers that wait for uses to end. While there is one, nobody else begins to use
  /// what is there. Otherwise uses that overlap would keep a model in use for ever.
  std::size_t wait_for_room_ CNNSELECT_GUARDED_BY(mutex_) = 0;
  Counts counts_ CNNSELECT_GUARDED_BY(mutex_);
  std::optional<ModelId> next_ CNNSELECT_GUARDED_BY(mutex_);
  Gone gone_ CNNSELECT_GUARDED_BY(mutex_);  ///< for next_
  bool to_look_ CNNSELECT_GUARDED_BY(mutex_) = false;
  bool stopping_ CNNSELECT_GUARDED_BY(mutex_) = false;
  std::optional<std::uint64_t> published_ CNNSELECT_GUARDED_BY(mutex_);  ///< revision of residency_
  mutable Mutex standings_mutex_;                                        ///< held for copies only
  std::vector<Residency::Standing> standings_ CNNSELECT_GUARDED_BY(standings_mutex_);
  std::jthread loader_;  ///< last: it uses everything above
};

}  // namespace cnnselect
