// IdleMeasurer: measures models in idle moments. So the profiles of models that nobody asks for
// stay true. The threaded driver of IdleMeasuring (pure, idle_measuring.h).
//
// No request is late because of it. A run begins only while no request is there. Its thread gets
// only processor time that nobody else wants. The first request that comes stops the run, and never
// waits for that thread: it holds no lock of ours.
//
// All functions are thread-safe. Destruction stops the run under way and waits for its end.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "engine/idle_measuring.h"
#include "engine/model_manager.h"

namespace cnnselect {

class IdleMeasurer {
 public:
  /// Runs of one model, by how they ended (IdleMeasuring::End).
  struct Counts {
    std::uint64_t undisturbed = 0;
    std::uint64_t disturbed = 0;
    std::uint64_t stopped = 0;
  };

  /// `models` and `clock` outlive it; `count` of them, as in the catalog. Nothing is measured
  /// before allow(true). `period` > 0.
  IdleMeasurer(ModelManager& models, std::size_t count, Clock& clock, Duration period);
  ~IdleMeasurer();
  IdleMeasurer(const IdleMeasurer&) = delete;
  IdleMeasurer& operator=(const IdleMeasurer&) = delete;

  /// While one of these lives, nothing is measured. Its construction stops the run under way.
  class Visit {
   public:
    explicit Visit(IdleMeasurer& measurer) : measurer_(&measurer) { measurer.came(); }
    void end() {
      if (auto* const measurer = measurer_.release()) measurer->left();
    }

   private:
    struct Leave {
      void operator()(IdleMeasurer* measurer) const { measurer->left(); }
    };
    std::unique_ptr<IdleMeasurer, Leave> measurer_;
  };

  /// Whether anything may be measured. False stops the run under way.
  void allow(bool allowed) CNNSELECT_EXCLUDES(mutex_);
  /// Measures from now on, on a thread of its own. To be called once.
  void start();

  /// Measures one model, if one is due, and returns when to look again. start() repeats this. One
  /// call at a time.
  TimePoint measure() CNNSELECT_EXCLUDES(mutex_);

  Counts counts(ModelId id) const CNNSELECT_EXCLUDES(mutex_);

 private:
  void came() CNNSELECT_EXCLUDES(mutex_);
  void left() CNNSELECT_EXCLUDES(mutex_);
  void work() CNNSELECT_EXCLUDES(mutex_);
  std::vector<MeasuredModel> look() const;
  void run(ModelId id, const MeasuredModel& model, const std::stop_source& stop)
      CNNSELECT_EXCLUDES(mutex_);
  void count(ModelId id, IdleMeasuring::End end) CNNSELECT_REQUIRES(mutex_);

  ModelManager& models_;
  const std::size_t count_;
  Clock& clock_;

  mutable Mutex mutex_;
  CondVar changed_;  ///< measuring is allowed now, or the end is near
  IdleMeasuring measuring_ CNNSELECT_GUARDED_BY(mutex_);
  Presence presence_ CNNSELECT_GUARDED_BY(mutex_);
  bool allowed_ CNNSELECT_GUARDED_BY(mutex_) = false;
  bool ending_ CNNSELECT_GUARDED_BY(mutex_) = false;
  std::stop_source running_ CNNSELECT_GUARDED_BY(mutex_);    ///< of the run under way, if any
  std::vector<Counts> counts_ CNNSELECT_GUARDED_BY(mutex_);  ///< index = ModelId::value

  std::jthread thread_;  ///< last: it uses everything above
};

}  // namespace cnnselect
