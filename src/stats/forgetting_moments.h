// ForgettingMoments: mean and standard deviation of a stream in which older samples weigh less.
//
// A new sample weighs 1, and every earlier one 1 - 1/memory of what it did. It uses West's update
// ("Updating mean and variance estimates", CACM 1979). The deviation is corrected for the mean that
// is estimated from the same weighted samples. So without forgetting it is the ordinary one over
// n - 1. Not thread-safe: its owner guards it.
#pragma once

#include <cassert>
#include <cmath>

namespace cnnselect {

class ForgettingMoments {
 public:
  /// `memory` > 1: the sum of all weights in the long run; infinite: nothing is forgotten.
  explicit ForgettingMoments(double memory) : decay_(1 - 1 / memory) { assert(memory > 1); }

  void add(double sample) {
    weight_ = weight_ * decay_ + 1;
    squared_weight_ = squared_weight_ * decay_ * decay_ + 1;
    const double before = sample - mean_;
    mean_ += before / weight_;
    squares_ = squares_ * decay_ + before * (sample - mean_);
  }
  void clear() { weight_ = squared_weight_ = mean_ = squares_ = 0; }

  double weight() const { return weight_; }
  double mean() const { return mean_; }  ///< 0 before the first sample
  /// >= 0; 0 before the second sample.
  double deviation() const {
    const double freedom = weight_ - squared_weight_ / weight_;
    return freedom > 1e-9 ? std::sqrt(squares_ / freedom) : 0;
  }

 private:
  double decay_;
  double weight_ = 0;
  double squared_weight_ = 0;  ///< sum of the squares of the weights
  double mean_ = 0;
  double squares_ = 0;  ///< weighted sum of squared distances from the mean
};

}  // namespace cnnselect
