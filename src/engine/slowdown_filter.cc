#include "engine/slowdown_filter.h"

#include <algorithm>
#include <cmath>

namespace cnnselect {
namespace {

constexpr double kMeasurementNoise = 0.001;  // R
constexpr double kForgetting = 0.3;          // alpha

}  // namespace

void SlowdownFilter::add(Duration took, Duration profiled) {
  const double ratio = static_cast<double>(took.count()) / static_cast<double>(profiled.count());
  const double surprise = gain_ * innovation_;
  noise_ = std::max(kLeastNoise, kForgetting * noise_ + (1 - kForgetting) * surprise * surprise);
  // The variance before this measurement is the one after the last, which its gain had shrunk.
  variance_ = (1 - gain_) * variance_ + noise_;
  gain_ = variance_ / (variance_ + kMeasurementNoise);
  innovation_ = ratio - mean_;
  mean_ += gain_ * innovation_;
}

double SlowdownFilter::deviation() const { return std::sqrt(variance_); }

}  // namespace cnnselect
