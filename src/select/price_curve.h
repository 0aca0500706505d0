// PriceCurve: what a worker's time costs the other requests. Pure.
//
// V is the work on the server, in worker seconds. It falls while workers work. It jumps up by the
// time of whichever model a request gets. A request that comes at a large V waits, and has less
// time left. Let h(V) be what the future is worth with V ahead of it, compared with V = 0. In the
// best long run each request earns g. With requests at rate r
//   drain(V) (-h'(V)) = r (g - max over m of [gain_m P(m in time | V) + h(V + mu_m) - h(V)]),
// where not serving the request earns 0. The price of a worker's second is -h'(V). A model's time
// costs h(V) - h(V + mu_m). At V = 0 nothing drains, so g is what makes both sides 0 there. V only
// jumps up. So from a guess of g, h is computed downwards, from where nobody can be in time any
// more. g is the root of the equation at V = 0.
//
// For one worker, Poisson arrivals and constant times this is exact. With C workers, V drains as
// fast as workers are busy. A wait begins where V is more than C - 1 workers have left on average.
// By the equation alone, a second would then cost more the fewer workers are busy. So the price is
// held to what it is with more work ahead. It does not fall with V, except with few clients that
// wait for their answers: the more of them wait, the fewer requests come.
//
// The grid has kSteps steps. If the slack bears a longer queue than they resolve, the curve is
// solved for a shorter queue. Its middle, where the price rests, is then stretched.
// docs/policies.md, "The price of time", has the derivation; docs/research/price_of_time.md has
// what else was tried.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <span>

namespace cnnselect {

/// A model as the price sees it. Times in seconds.
struct PricedModel {
  double mean = 0;       ///< > 0
  double gain = 0;       ///< what an answer in time is worth, > 0
  double deviation = 0;  ///< >= 0
  friend bool operator==(const PricedModel&, const PricedModel&) = default;
};

/// Everything that a curve depends on. A value: equal questions have equal curves.
struct PriceQuestion {
  static constexpr std::size_t kMostModels = 16;

  std::array<PricedModel, kMostModels> models{};  ///< both means and gains ascend
  std::size_t count = 0;                          ///< of the models, >= 1
  double workers = 1;                             ///< C >= 1
  double rate = 1;                                ///< requests per second, > 0
  double slack = 0;  ///< seconds that a request has for waiting and inference when it comes
  /// Number of clients that each wait for their answer before they ask again; infinity: nobody
  /// waits.
  double clients = std::numeric_limits<double>::infinity();
  /// What a request earns if it is sent back to its device with `undone_time` left or more.
  double undone = 0;
  double undone_time = 0;

  std::span<const PricedModel> priced() const { return std::span(models).first(count); }
  friend bool operator==(const PriceQuestion&, const PriceQuestion&) = default;
};

class PriceCurve {
 public:
  static constexpr std::size_t kSteps = 64;

  /// Time costs nothing.
  PriceCurve() = default;
  /// About 15 us.
  explicit PriceCurve(const PriceQuestion& question);

  /// h(ahead) - h(ahead + work): what it costs the others to spend `work` worker seconds when
  /// `ahead` of them must be worked off already. >= 0. Does not fall with `work`, nor with `ahead`
  /// if clients are infinite, except by rounding: 1e-9 of the best gain.
  double cost(double ahead, double work) const { return value(ahead) - value(ahead + work); }
  /// Seconds that each waiting request takes: the time that everybody can be given.
  double each() const { return each_; }
  /// g: what a request earns in the long run.
  double earned() const { return earned_; }

 private:
  double value(double ahead) const;
  double on_grid(double work) const;

  double each_ = 0;
  double earned_ = 0;
  double begin_ = 0;  // the grid: kSteps steps from here; below it nobody waits and time is free
  double step_ = 1;
  double middle_ = 0;  // from here the curve is stretched by `gap_`, along a straight line
  double gap_ = 0;
  double middle_price_ = 0;
  double last_price_ = 0;  // from the end of the grid on
  std::array<double, kSteps + 1> values_{};
};

}  // namespace cnnselect
