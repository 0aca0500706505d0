// LearntProfile: what one model's executions have taught, from warm-up on. It decides which source
// to believe: an earlier run of the server, warm-up, requests, or a measurement in an idle moment.
// Pure, and not thread-safe: its owner guards it.
//
// A doubtful warm-up (warm_up.h) changes nothing that an earlier run has learnt. If nothing was
// known, the profile begins with the doubtful warm-up. The first few requests take its place, or a
// measurement that nobody disturbed. Only such a measurement ends the doubt: the requests may have
// been disturbed as warm-up was.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cnnselect/time.h"
#include "stats/latency_learner.h"

namespace cnnselect {

/// What a later run of the server may go on with.
struct RememberedProfile {
  std::vector<Duration> times;  ///< equally likely times of one execution
  std::uint64_t samples = 0;    ///< executions that they were learnt from
  std::uint64_t switches = 0;   ///< how often the model's file had been switched by then
};

class LearntProfile {
 public:
  /// Knows nothing.
  LearntProfile() = default;
  /// After warm-up: its `times`, and whether they are doubtful. `known` is what an earlier run has
  /// learnt of the same file here; it may be empty.
  LearntProfile(const RememberedProfile& known, std::span<const Duration> times, bool doubtful,
                TimePoint now);

  /// One execution for a request, > 0. `preparing` is the part of it before the run. Returns true
  /// if the times have changed for good.
  bool record(Duration took, Duration preparing, TimePoint now);
  /// Executions in an idle moment, one after the other, that nobody disturbed. `preparing()` is
  /// included. If they are as many as change the learner's mind, and all far on one side of its
  /// median, they take the place of all that was learnt: on an idle machine they need no more
  /// proof. Returns true as record() does.
  bool measured(std::span<const Duration> times, TimePoint now);

  const LatencyLearner& learner() const { return learner_; }
  /// How often lasting changes made it forget what it knew.
  std::uint64_t changes() const { return forgotten_changes_ + learner_.changes(); }
  /// The mean by warm-up, or by the last measurement that changed something: the time when nobody
  /// was in the way. 0 before warm-up. After a doubtful warm-up it is the mean of the first kRecent
  /// requests, if nothing was measured before.
  Duration profiled() const { return profiled_; }
  /// Whether others disturbed the warm-up, and nothing was measured since.
  bool doubtful() const { return doubtful_; }
  /// What preparing took lately; 0 before the first request.
  Duration preparing() const { return preparing_; }

 private:
  void learn_anew(std::span<const Duration> times, TimePoint now);
  void record_in_doubt(Duration took, TimePoint now);
  /// Whether these times are so many, and so far from what is believed, that they are a change.
  bool contradicted_by(std::span<const Duration> times) const;

  LatencyLearner learner_;
  std::uint64_t forgotten_changes_ = 0;  ///< of learners before it
  Duration profiled_{};
  Duration preparing_{};
  bool doubtful_ = false;
  bool replaceable_ = false;       ///< it knows a doubtful warm-up, and nothing else
  std::size_t in_doubt_ = 0;       ///< requests since a doubtful warm-up, up to kRecent
  std::vector<Duration> instead_;  ///< the first of them, if the warm-up is replaceable
};

}  // namespace cnnselect
