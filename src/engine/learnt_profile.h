// LearntProfile: what one model's executions have taught, from warm-up on. Decides whom to believe:
// an earlier run of the server, warm-up, requests, or a measurement in an idle moment. Pure, and
// not thread-safe: its owner guards it.
//
// A doubtful warm-up (warm_up.h) changes nothing that an earlier run has learnt. Where nothing was
// known the profile begins with it, until the first few requests take its place, or a measurement
// that nobody disturbed. Only the latter ends the doubt: the requests may have been disturbed as
// warm-up was.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cnnselect/time.h"
#include "stats/latency_learner.h"

namespace cnnselect {

/// What another run may go on with.
struct RememberedProfile {
  std::vector<Duration> times;  ///< of one execution, equally likely
  std::uint64_t samples = 0;    ///< that they were learnt from
  std::uint64_t switches = 0;   ///< how often the model's file had been switched by then
};

class LearntProfile {
 public:
  /// Knows nothing.
  LearntProfile() = default;
  /// After warm-up: its `times`, and whether they are doubtful; `known`, or nothing, is what an
  /// earlier run has learnt of the same file here.
  LearntProfile(const RememberedProfile& known, std::span<const Duration> times, bool doubtful,
                TimePoint now);

  /// One execution for a request, > 0; `preparing` is the part of it before the run. True: the
  /// times have changed for good.
  bool record(Duration took, Duration preparing, TimePoint now);
  /// Executions in an idle moment, one after the other, that nobody disturbed: `preparing()`
  /// included. As many as change the learner's mind take the place of all that was learnt, when
  /// they are all far on one side of its median: on an idle machine they need no more proof. True
  /// as for record().
  bool measured(std::span<const Duration> times, TimePoint now);

  const LatencyLearner& learner() const { return learner_; }
  /// How often lasting changes made it forget what it knew.
  std::uint64_t changes() const { return forgotten_changes_ + learner_.changes(); }
  /// The mean as warm-up or the last measurement that changed something had it, so when nobody was
  /// in the way; 0 before warm-up. After a doubtful warm-up that of the first kRecent requests,
  /// where nothing was measured before.
  Duration profiled() const { return profiled_; }
  /// Whether others disturbed its warm-up, and nothing was measured since.
  bool doubtful() const { return doubtful_; }
  /// What preparing takes of late; 0 when no request has told.
  Duration preparing() const { return preparing_; }

 private:
  void learn_anew(std::span<const Duration> times, TimePoint now);
  void record_in_doubt(Duration took, TimePoint now);
  /// Whether so many, so far from what is believed, are a change.
  bool contradicted_by(std::span<const Duration> times) const;

  LatencyLearner learner_;
  std::uint64_t forgotten_changes_ = 0;  ///< of learners before it
  Duration profiled_{};
  Duration preparing_{};
  bool doubtful_ = false;
  bool replaceable_ = false;       ///< what it knows is a doubtful warm-up, and nothing else
  std::size_t in_doubt_ = 0;       ///< requests since a doubtful warm-up, up to kRecent
  std::vector<Duration> instead_;  ///< the first of them, where it is replaceable
};

}  // namespace cnnselect
