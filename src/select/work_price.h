// WorkPrice: what a model's time costs the other requests at one decision: the curve that fits the
// server's load, and where on it the server is. Pure.
#pragma once

#include <array>
#include <cstddef>

#include "cnnselect/selector.h"
#include "select/price_cache.h"

namespace cnnselect {

/// A worker's second costs at most this share of what any model earns in one: who is nearly certain
/// to be in time is worth the fastest model's time, however many wait.
inline constexpr double kWorthServing = 0.9;

class WorkPrice {
 public:
  /// `cache` is asked for the curve; `covered` is what the request is worth if nothing is run here
  /// and nobody is told: models are worth what they add to that. Without a limit of workers, or
  /// without a model that is worth anything and could make the usual slack, time costs nothing.
  WorkPrice(const SelectionInput& input, double covered, const PriceCache& cache);

  /// What spending `work` costs the others, in accuracy, >= 0; does not fall with `work`.
  double of(Duration work) const;

 private:
  // Where a burst goes on, how many more will come is nearly geometric: quarters of that law.
  static constexpr std::size_t kQuarters = 4;

  PriceCurve curve_;
  std::array<double, kQuarters> ahead_{};  // worker seconds, equally likely
  std::size_t cases_ = 0;
  double dearest_ = 0;  // of a worker's second
  double chance_ = 1;   // that those who lose the time would have been in time with it
};

}  // namespace cnnselect
