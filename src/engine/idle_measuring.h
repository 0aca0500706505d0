// IdleMeasuring: which model to measure in an idle moment, and what to believe of it. Decides
// purely: what is known and `now` go in, a model comes out. No clock, lock or thread. IdleMeasurer
// performs it.
//
// A model that is thought too slow is not run, and what is not run teaches nothing. So a model that
// nobody has run for a period is run again, once, on a blank image, while no request is there. A
// doubtful model is run soon. There is one run at a time. It begins only when no request has been
// there for kQuiet, because a client that waits for its answer sends the next request at once.
// After each run the machine rests for kRest times as long. So measuring takes a tenth of one
// processor at most.
//
// A run teaches nothing if it was stopped for a request, or if others on the machine disturbed it.
// It is tried again after a wait that doubles each time. A run that agrees with what is believed
// confirms it. Then the period until the next one doubles, up to kMostPatience periods. A run that
// does not agree is followed by more, kFar in all: the learner believes so many in a row
// (stats/latency_learner.h). As many replace a doubtful profile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "cnnselect/ids.h"
#include "cnnselect/time.h"

namespace cnnselect {

/// What must be known of a model in order to measure it.
struct MeasuredModel {
  bool measurable = false;     ///< warmed up, offered and in memory; none is loaded for this
  bool doubtful = false;       ///< LearntProfile::doubtful
  TimePoint latest;            ///< the end of its last execution, for whatever reason
  Duration expected{};         ///< the median of its executions, with preparing
  Duration preparing{};        ///< the part of it for preparing, which a measurement leaves out
  std::uint64_t switches = 0;  ///< of its file
};

/// Which requests are there.
struct Presence {
  std::size_t requests = 0;  ///< requests that have come and are not answered
  TimePoint since;           ///< when the last one left, if there are none
};

class IdleMeasuring {
 public:
  static constexpr Duration kQuiet = std::chrono::milliseconds(5);
  static constexpr int kRest = 9;
  static constexpr int kMostPatience = 8;
  static constexpr Duration kFirstWait = std::chrono::milliseconds(100);
  /// When there is nothing to do: look again after this time at the latest. Models come and go.
  static constexpr Duration kLookAgain = std::chrono::seconds(1);

  struct Next {
    std::optional<ModelId> model;  ///< to run now
    TimePoint again;               ///< when to ask again if there is nothing to run; > now
  };
  enum class End {
    kUndisturbed,
    kDisturbed,  ///< others had the processor, or the run failed
    kStopped,    ///< for a request
  };

  /// `period` > 0: how long a model may go unrun.
  IdleMeasuring(std::size_t models, Duration period) : period_(period), states_(models) {}

  /// Index of `models` = ModelId::value, as many as there are.
  Next next(std::span<const MeasuredModel> models, const Presence& presence, TimePoint now) const;

  /// A run that next() asked for has ended at `now`, after `took`. Returns the times to believe,
  /// with preparing, and with those of earlier runs. None: not yet, or not at all.
  std::vector<Duration> ended(ModelId id, const MeasuredModel& model, End end, Duration took,
                              TimePoint now);

 private:
  struct State {
    std::vector<Duration> evidence;  ///< undisturbed runs that are not believed yet
    TimePoint evidence_of;           ///< MeasuredModel::latest when it was gathered
    std::uint64_t switches = 0;      ///< and ::switches
    TimePoint not_before;
    Duration wait{};     ///< after the last run, if it taught nothing; 0: it taught something
    TimePoint believed;  ///< when a measurement was believed last
    int patience = 1;    ///< periods until the next measurement, if nobody else runs the model
  };

  /// Whether the evidence still holds: nobody else has run the model since.
  static bool holds(const State& state, const MeasuredModel& model);
  static bool urgent(const State& state, const MeasuredModel& model);
  TimePoint due(const State& state, const MeasuredModel& model) const;
  void wait_longer(State& state, Duration most, TimePoint now) const;
  static bool is_enough(const State& state, const MeasuredModel& model);

  const Duration period_;
  std::vector<State> states_;  ///< index = ModelId::value
  TimePoint rest_until_;
};

}  // namespace cnnselect
