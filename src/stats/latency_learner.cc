#include "stats/latency_learner.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace cnnselect {
namespace {

constexpr double kReachOfP95 = 4;
constexpr double kReachOfP75 = 10;
// Samples that a resumed learner is given: about what the usual memory holds.
constexpr std::size_t kResumed = 192;

// The longest time that counts in full in mean and deviation.
Duration outlier_bound(Duration p50, Duration upper, double reach) {
  const auto median = static_cast<double>(p50.count());
  const auto spread = static_cast<double>((upper - p50).count());
  const double bound = median + std::max(reach * spread, median / 4);
  constexpr auto kLongest = static_cast<double>(ForgettingHistogram::kLongest.count());
  return Duration(std::llround(std::min(bound, kLongest)));
}

double counted(Duration took, Duration bound) {
  return static_cast<double>(std::min(took, bound).count());
}

}  // namespace

LatencyLearner::LatencyLearner(double memory) : histogram_(memory), moments_(memory) {}

void LatencyLearner::record(Duration took, TimePoint now) {
  took = std::clamp(took, Duration(1), ForgettingHistogram::kLongest);
  recent_[summary_.samples % kRecent] = took;
  ++summary_.samples;
  follow_run(took);
  if (summary_.samples <= kRecent) {
    learn_anew(summary_.samples);
  } else if (run_ == kRecent) {
    ++changes_;
    learn_anew(kRecent);
  } else if (far_ == kFar) {
    ++changes_;
    learn_anew(kFar);
  } else {
    moments_.add(counted(took, outlier_bound(summary_.p50, summary_.p95, kReachOfP95)));
    histogram_.add(took);
  }
  summarise(now);
}

void LatencyLearner::resume(std::span<const Duration> times, std::uint64_t samples, TimePoint now) {
  if (times.empty()) return;
  // In steps of about the golden ratio of their number: fast and slow ones alternate, so that no
  // run of one kind looks like a change, and none is left out before all had their turn.
  std::size_t step = std::max<std::size_t>(times.size() * 5 / 8, 1);
  while (std::gcd(step, times.size()) != 1) ++step;
  const std::size_t rounds = std::max<std::size_t>(kResumed / times.size(), 1);
  std::size_t place = 0;
  for (std::size_t i = 0; i < rounds * times.size(); ++i) {
    record(times[place], now);
    place = (place + step) % times.size();
  }
  summary_.samples = std::max<std::uint64_t>(summary_.samples, samples);
  run_ = 0;
  far_ = 0;
  changes_ = 0;
}

void LatencyLearner::follow_run(Duration took) {
  const Duration margin = summary_.p50 / 32;
  const bool slower = took > summary_.p50 + margin;
  const bool faster = took < summary_.p50 - margin;
  const bool goes_on = run_ > 0 && (run_is_slower_ ? slower : faster);
  run_ = goes_on ? run_ + 1 : (slower || faster ? 1 : 0);
  if (!goes_on) {
    far_ = 0;
    far_from_ = slower ? summary_.p95 + margin : times_[kProfileTimes / 20] - margin;
  }
  const bool far = (slower && took > far_from_) || (faster && took < far_from_);
  far_ = far ? far_ + 1 : 0;
  run_is_slower_ = slower;
}

// From the newest samples alone: first their quantiles, then, with the bound these give, their mean
// and deviation. At most once in kRecent samples, but for the first ones.
void LatencyLearner::learn_anew(std::size_t newest) {
  const auto sample = [&](std::size_t i) {
    return recent_[(summary_.samples - newest + i) % kRecent];
  };
  histogram_.clear();
  moments_.clear();
  run_ = 0;
  far_ = 0;
  for (std::size_t i = 0; i < newest; ++i) histogram_.add(sample(i));
  const Duration bound =
      outlier_bound(histogram_.quantile(0.5), histogram_.quantile(0.75), kReachOfP75);
  for (std::size_t i = 0; i < newest; ++i) moments_.add(counted(sample(i), bound));
}

void LatencyLearner::summarise(TimePoint now) {
  summary_.mean = Duration(std::llround(moments_.mean()));
  summary_.deviation = Duration(std::llround(moments_.deviation()));
  summary_.p50 = histogram_.quantile(0.50);
  summary_.p95 = histogram_.quantile(0.95);
  summary_.p99 = histogram_.quantile(0.99);
  summary_.weight = histogram_.weight();
  summary_.latest = now;
  histogram_.quantiles(times_);
}

}  // namespace cnnselect
