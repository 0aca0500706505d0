// ForgettingHistogram: quantiles of a stream of durations in which older samples weigh less.
//
// Buckets are linear within an octave, 32 to each. So from 32 ns to 18 minutes a bucket is at most
// 1/32 (3.1 %) of its value wide. Longer samples count as 18 minutes. Memory is fixed. A new sample
// weighs 1, and every earlier one 1 - 1/memory of what it did. Instead of shrinking all buckets,
// each sample adds a little more than the last, and now and then all is scaled back. Not
// thread-safe: its owner guards it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "cnnselect/time.h"

namespace cnnselect {

class ForgettingHistogram {
 public:
  /// The longest duration it tells apart: about 18 minutes.
  static constexpr Duration kLongest{(std::int64_t{1} << 40) - 1};

  /// `memory` > 1: the sum of all weights in the long run; infinite: nothing is forgotten.
  explicit ForgettingHistogram(double memory);

  /// Amortised O(1), no allocation. Below zero counts as zero.
  void add(Duration sample);
  void clear();

  /// Sum of the weights; the newest sample has weight 1.
  double weight() const { return total_ / increment_; }

  /// The duration at or below which the fraction `q` in [0, 1] of the weight lies. It is in the
  /// bucket of the exact quantile, placed linearly within it, and never falls as `q` grows. Zero if
  /// there is no sample.
  Duration quantile(double q) const;
  /// Fills `values` with equally likely durations, ascending: place i gets the quantile of
  /// (i + 1/2) / n. One walk over the buckets. All zero if there is no sample.
  void quantiles(std::span<Duration> values) const;

 private:
  static constexpr std::size_t kPerOctave = 32;
  static constexpr std::size_t kOctaves = 36;

  void scale_back();

  double growth_;         ///< how much more each sample adds than the one before, >= 1
  double increment_ = 1;  ///< what the newest sample added
  double total_ = 0;      ///< sum over the buckets
  std::array<double, kOctaves> octaves_{};  ///< sums of 32 buckets each, to search fast
  std::array<double, kOctaves * kPerOctave> buckets_{};
};

}  // namespace cnnselect
