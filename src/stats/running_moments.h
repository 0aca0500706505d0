// RunningMoments: mean and standard deviation of samples given one by one, each counted alike.
//
// Welford's update ("Note on a Method for Calculating Corrected Sums of Squares and Products",
// Technometrics 1962): exact enough for any number of samples, none of which is kept.
// Not thread-safe: its owner guards it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace cnnselect {

class RunningMoments {
 public:
  void add(double sample) {
    ++count_;
    const double before = sample - mean_;
    mean_ += before / static_cast<double>(count_);
    squares_ += before * (sample - mean_);
    smallest_ = std::min(smallest_, sample);
    largest_ = std::max(largest_, sample);
  }

  std::size_t count() const { return count_; }
  double mean() const { return mean_; }  ///< 0 before the first sample
  /// Of the sample, over n - 1; 0 before the second sample.
  double deviation() const {
    return count_ > 1 ? std::sqrt(squares_ / static_cast<double>(count_ - 1)) : 0;
  }
  double smallest() const { return smallest_; }  ///< infinite before the first sample
  double largest() const { return largest_; }    ///< minus infinite before the first sample

 private:
  std::size_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  ///< sum of squared distances from the mean
  double smallest_ = std::numeric_limits<double>::infinity();
  double largest_ = -std::numeric_limits<double>::infinity();
};

}  // namespace cnnselect
