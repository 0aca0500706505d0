#include "engine/learnt_profile.h"

#include <algorithm>

namespace cnnselect {
namespace {

/// How much of what preparing took of late is the newest: half of it is the last 11 requests.
constexpr int kPreparingMemory = 16;

}  // namespace

LearntProfile::LearntProfile(const RememberedProfile& known, std::span<const Duration> times,
                             bool doubtful, TimePoint now)
    : doubtful_(doubtful), replaceable_(doubtful && known.times.empty()) {
  learner_.resume(known.times, known.samples, now);
  if (replaceable_ || !doubtful) {
    for (const Duration time : times) learner_.record(time, now);
  }
  profiled_ = learner_.summary().mean;
}

bool LearntProfile::record(Duration took, Duration preparing, TimePoint now) {
  const bool first = preparing_ == Duration::zero();
  preparing_ += first ? preparing : (preparing - preparing_) / kPreparingMemory;
  const std::uint64_t before = changes();
  learner_.record(took, now);
  if (doubtful_ && in_doubt_ < LatencyLearner::kRecent) record_in_doubt(took, now);
  return changes() != before;
}

void LearntProfile::record_in_doubt(Duration took, TimePoint now) {
  ++in_doubt_;
  if (replaceable_) {
    instead_.push_back(took);
    if (instead_.size() == LatencyLearner::kFar) learn_anew(instead_, now);
  }
  if (in_doubt_ == LatencyLearner::kRecent) profiled_ = learner_.summary().mean;
}

bool LearntProfile::measured(std::span<const Duration> times, TimePoint now) {
  if (times.empty()) return false;
  const std::uint64_t before = changes();
  const bool anew = replaceable_ || contradicted_by(times);
  if (contradicted_by(times)) ++forgotten_changes_;
  if (anew) {
    learn_anew(times, now);
  } else {
    for (const Duration time : times) learner_.record(time, now);
  }
  doubtful_ = false;
  if (anew || changes() != before) profiled_ = learner_.summary().mean;
  return changes() != before;
}

bool LearntProfile::contradicted_by(std::span<const Duration> times) const {
  const Duration median = learner_.summary().p50;
  const auto slower = [&](Duration time) { return time > median + (median / 4); };
  const auto faster = [&](Duration time) { return time < median - (median / 4); };
  return times.size() >= LatencyLearner::kFar &&
         (std::ranges::all_of(times, slower) || std::ranges::all_of(times, faster));
}

void LearntProfile::learn_anew(std::span<const Duration> times, TimePoint now) {
  forgotten_changes_ += learner_.changes();
  learner_ = LatencyLearner();
  for (const Duration time : times) learner_.record(time, now);
  replaceable_ = false;
}

}  // namespace cnnselect
