// IdleMeasuring: which model to measure in an idle moment, and what to believe of it. Decides
// purely: what is known and `now` in, a model out; no clock, lock or thread. IdleMeasurer performs
// it.
//
// A model that is thought too slow is not run, and what is not run teaches nothing. So what nobody
// has run for a period is run again, once, on a blank image, while no request is there; and soon
// what is in doubt. One run at a time, and only when no request has been there for kQuiet, since a
// client that waits for its answer sends the next one at once. After each run the machine rests for
// kRest times as long, so that measuring takes a tenth of one processor at most.
//
// A run that was stopped for a request, or that others on the machine disturbed, teaches nothing;
// it is tried again after a wait that doubles each time. One run that agrees with what is believed
// confirms it, and the period until the next one doubles, up to kMostPatience periods. One that
// does not is followed by more, kFar in all: so many in a row the learner believes
// (stats/latency_learner.h). As many replace a profile that is doubtful.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "cnnselect/ids.h"
#include "cnnselect/time.h"

namespace cnnselect {

/// What must be known of a model to measure it.
struct MeasuredModel {
  bool measurable = false;     ///< warmed up, offered, and in memory: none is loaded for this
  bool doubtful = false;       ///< LearntProfile::doubtful
  TimePoint latest;            ///< the end of its last execution, whoever wanted it
  Duration expected{};         ///< the median of its executions, preparing included
  Duration preparing{};        ///< of that: what a measurement, which prepares nothing, leaves out
  std::uint64_t switches = 0;  ///< of its file
};

/// Who is there.
struct Presence {
  std::size_t requests = 0;  ///< that have come and are not answered
  TimePoint since;           ///< when the last one left, if there are none
};

class IdleMeasuring {
 public:
  static constexpr Duration kQuiet = std::chrono::milliseconds(5);
  static constexpr int kRest = 9;
  static constexpr int kMostPatience = 8;
  static constexpr Duration kFirstWait = std::chrono::milliseconds(100);
  /// Nothing to do now: look again after this time at the latest, for models come and go.
  static constexpr Duration kLookAgain = std::chrono::seconds(1);

  struct Next {
    std::optional<ModelId> model;  ///< to be run now
    TimePoint again;               ///< when to ask again, if nothing is to be run; > now
  };
  enum class End {
    kUndisturbed,
    kDisturbed,  ///< others had the processor, or it failed
    kStopped,    ///< for a request
  };

  /// `period` > 0: how long a model may go unrun.
  IdleMeasuring(std::size_t models, Duration period) : period_(period), states_(models) {}

  /// Index of `models` = ModelId::value, as many as there are.
  Next next(std::span<const MeasuredModel> models, const Presence& presence, TimePoint now) const;

  /// A run that next() asked for has ended at `now`, after `took`. Returns times to be believed,
  /// those of runs before it included, with what preparing takes; none: not yet, or not at all.
  std::vector<Duration> ended(ModelId id, const MeasuredModel& model, End end, Duration took,
                              TimePoint now);

 private:
  struct State {
    std::vector<Duration> evidence;  ///< undisturbed runs that are not believed yet
    TimePoint evidence_of;           ///< MeasuredModel::latest when it was gathered
    std::uint64_t switches = 0;      ///< and ::switches
    TimePoint not_before;
    Duration wait{};     ///< after the last run, which came to nothing; 0: it came to something
    TimePoint believed;  ///< when a measurement was believed last
    int patience = 1;    ///< periods until the next, if nobody else runs it
  };

  /// Whether evidence is still of what is believed: nobody else has run the model since.
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
