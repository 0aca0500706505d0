#include "stats/forgetting_histogram.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <numeric>

namespace cnnselect {
namespace {

constexpr unsigned kOctaveBits = 5;
constexpr double kLargestIncrement = 1e30;  // far from overflow, and seldom reached

// Octave 0 holds 0..31 ns, one bucket a nanosecond; octave k > 0 holds 2^(k+4) .. 2^(k+5) - 1.
std::size_t bucket_of(Duration sample) {
  const auto ns = static_cast<std::uint64_t>(
      std::clamp(sample, Duration::zero(), ForgettingHistogram::kLongest).count());
  const auto bits = static_cast<unsigned>(std::bit_width(ns));
  if (bits <= kOctaveBits) return ns;
  const unsigned shift = bits - 1 - kOctaveBits;
  return (std::size_t{shift} << kOctaveBits) + (ns >> shift);
}

struct Bounds {
  double low;
  double width;
};

Bounds bounds_of(std::size_t bucket, std::size_t per_octave) {
  const std::size_t octave = bucket / per_octave;
  if (octave == 0) return {static_cast<double>(bucket), 1};
  const auto width = static_cast<double>(std::uint64_t{1} << (octave - 1));
  return {static_cast<double>(per_octave + bucket % per_octave) * width, width};
}

}  // namespace

ForgettingHistogram::ForgettingHistogram(double memory) : growth_(1 / (1 - 1 / memory)) {
  assert(memory > 1);
}

void ForgettingHistogram::add(Duration sample) {
  if (increment_ > kLargestIncrement) scale_back();
  increment_ *= growth_;
  const std::size_t bucket = bucket_of(sample);
  buckets_[bucket] += increment_;
  octaves_[bucket / kPerOctave] += increment_;
  total_ += increment_;
}

void ForgettingHistogram::clear() {
  increment_ = 1;
  total_ = 0;
  octaves_.fill(0);
  buckets_.fill(0);
}

// The sums are taken anew from the buckets, so that rounding errors do not add up over the years.
void ForgettingHistogram::scale_back() {
  for (double& weight : buckets_) weight /= increment_;
  increment_ = 1;
  total_ = 0;
  for (std::size_t octave = 0; octave < kOctaves; ++octave) {
    const double* first = &buckets_[octave * kPerOctave];
    octaves_[octave] = std::accumulate(first, first + kPerOctave, 0.0);
    total_ += octaves_[octave];
  }
}

Duration ForgettingHistogram::quantile(double q) const {
  if (total_ <= 0) return Duration::zero();
  const double target = std::clamp(q, 0.0, 1.0) * total_;
  double below = 0;
  std::size_t octave = 0;
  // The last octave and bucket that hold anything take what rounding leaves over.
  std::size_t last_octave = kOctaves;
  while (octaves_[--last_octave] <= 0) {
  }
  while (octave < last_octave && (below + octaves_[octave] < target || octaves_[octave] <= 0)) {
    below += octaves_[octave++];
  }
  std::size_t bucket = octave * kPerOctave;
  std::size_t last_bucket = bucket + kPerOctave;
  while (buckets_[--last_bucket] <= 0) {
  }
  while (bucket < last_bucket && (below + buckets_[bucket] < target || buckets_[bucket] <= 0)) {
    below += buckets_[bucket++];
  }
  const auto [low, width] = bounds_of(bucket, kPerOctave);
  const double into = std::clamp((target - below) / buckets_[bucket], 0.0, 1.0);
  return Duration(static_cast<Duration::rep>(low + width * into));
}

void ForgettingHistogram::quantiles(std::span<Duration> values) const {
  if (total_ <= 0) {
    std::ranges::fill(values, Duration::zero());
    return;
  }
  const double step = total_ / static_cast<double>(values.size());
  double target = step / 2;
  double below = 0;
  std::size_t bucket = 0;
  Duration latest{};  // takes what rounding leaves over
  for (Duration& value : values) {
    while (bucket < buckets_.size() && below + buckets_[bucket] < target) {
      const bool whole_octave =
          bucket % kPerOctave == 0 && below + octaves_[bucket / kPerOctave] < target;
      below += whole_octave ? octaves_[bucket / kPerOctave] : buckets_[bucket];
      bucket += whole_octave ? kPerOctave : 1;
    }
    if (bucket < buckets_.size() && buckets_[bucket] > 0) {
      const auto [low, width] = bounds_of(bucket, kPerOctave);
      const double into = std::clamp((target - below) / buckets_[bucket], 0.0, 1.0);
      latest = Duration(static_cast<Duration::rep>(low + width * into));
    }
    value = latest;
    target += step;
  }
}

}  // namespace cnnselect
