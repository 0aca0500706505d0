// WorkPrice: what a model's time costs the other requests at one decision. It holds the curve that
// fits the server's load, and the point of the curve at which the server is. Pure.
#pragma once

#include <array>
#include <cstddef>

#include "cnnselect/selector.h"
#include "select/price_cache.h"

namespace cnnselect {

/// A worker's second costs at most this share of what any model earns in a second. So a request
/// that is nearly certain to be in time is worth the fastest model's time, however many wait.
inline constexpr double kWorthServing = 0.9;

class WorkPrice {
 public:
  /// `cache` gives the curve. `covered` is what the request is worth if nothing runs here and
  /// nobody is told; models are worth what they add to that. Time costs nothing in two cases:
  /// without a limit of workers, and without a model that is worth anything and could make the
  /// usual slack.
  WorkPrice(const SelectionInput& input, double covered, const PriceCache& cache);

  /// What spending `work` costs the others, in accuracy, >= 0. Does not fall with `work`.
  double of(Duration work) const;

 private:
  // While a burst goes on, the number of requests still to come is nearly geometric. These are
  // quarters of that law.
  static constexpr std::size_t kQuarters = 4;

  PriceCurve curve_;
  std::array<double, kQuarters> ahead_{};  // worker seconds, equally likely
  std::size_t cases_ = 0;
  double dearest_ = 0;  // the most that a worker's second may cost
  double chance_ = 1;   // that the requests that lose the time would have been in time with it
};

}  // namespace cnnselect
