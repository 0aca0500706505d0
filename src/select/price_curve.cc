#include "select/price_curve.h"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>

namespace cnnselect {
namespace {

using PriceValues = std::array<double, PriceCurve::kSteps + 1>;
// A queue that the grid resolves: of so many requests, of so many for each worker, of all the
// clients with some room, and of some executions of the slowest model.
constexpr double kLongQueue = 24;
constexpr double kLongQueueEach = 1.5;
constexpr double kAllClients = 1.2;
constexpr double kSlowest = 2;
// Budgets differ, and the work is not shared out evenly: with many workers who waits loses so much
// more than the work ahead says. Measured, see docs/research/price_of_time.md.
constexpr double kUneven = 0.3;
// Of the fastest model's time: rounding may have left no slack beside it.
constexpr double kLeastRoom = 0.01;
// With many workers hardly ever fewer are busy than half of them, less this many square roots.
constexpr double kQuietRoots = 2;
// Few clients who are all idle ask more often than on the average, but not without limit.
constexpr double kMostRise = 20;

/// What the workers seem to work off of what is ahead while a request waits, in workers.
double even_workers(double workers) { return workers - kUneven * (workers - 1); }

/// Where on the grid an execution leads from where it began.
struct Jump {
  std::size_t whole = 0;
  double part = 0;
};

/// The equation on a grid of work, and its solution for any g.
class Equation {
  static constexpr std::size_t kSteps = PriceCurve::kSteps;

 public:
  /// The grid goes from `begin` in steps of `step`; at its end not even the fastest is in time.
  Equation(const PriceQuestion& question, double each, double begin, double step)
      : question_(question), each_(each), models_(question.priced()) {
    for (std::size_t m = 0; m < models_.size(); ++m) {
      const double steps = std::min(models_[m].mean / step, 1e6);
      jumps_[m].whole = static_cast<std::size_t>(steps);
      jumps_[m].part = steps - static_cast<double>(jumps_[m].whole);
    }
    const double top = begin + kSteps * step;
    for (std::size_t i = 0; i <= kSteps; ++i) {
      const double work = begin + static_cast<double>(i) * step;
      const double busy = std::clamp(2 * work / each_, 1.0, question_.workers);
      points_[i].arrivals = rate_at(work) * step / busy;
      if (nobody_waits(work)) {
        set_gains(points_[i], question_.slack, 0);
      } else {
        const double even = even_workers(question_.workers);
        set_gains(points_[i], models_.front().mean + (top - work) / even, step / even);
      }
    }
  }

  /// How much more a request earns on an idle server than `earned`, with `values` filled in.
  double solve(double earned, PriceValues& values) const {
    values[kSteps] = 0;
    // With fewer workers busy the work falls more slowly, and the equation alone has a second cost
    // more the fewer they are. It never costs more than with more work ahead.
    double fall = last_fall(earned);
    for (std::size_t i = kSteps;; --i) {
      const double gain = best(i, earned, values) - values[i];
      if (i == 0) return gain - earned;
      fall = std::clamp(points_[i].arrivals * (earned - gain), 0.0, fall);
      values[i - 1] = values[i] + fall;
    }
  }

  /// By how much h falls per step where everybody is late.
  double last_fall(double earned) const { return points_[kSteps].arrivals * earned; }

 private:
  struct Point {
    double arrivals = 0;  // while the work falls by one step
    double undone = 0;
    std::array<double, PriceQuestion::kMostModels> gains{};
  };

  /// Requests a second, fewer when more of the clients wait for their answers.
  double rate_at(double work) const {
    const double workers = question_.workers;
    const double clients = question_.clients;
    if (std::isinf(clients)) return question_.rate;
    const double half = workers * each_ / 2;
    const double inside = work <= half ? std::max(work > 0 ? 1.0 : 0.0, 2 * work / each_)
                                       : workers + (work - half) / each_;
    const double usual = std::min(question_.rate * each_, clients);
    return question_.rate *
           std::clamp((clients - inside) / std::max(clients - usual, 0.05), 0.0, kMostRise);
  }

  /// The others have half of an execution left each when a worker is free.
  bool nobody_waits(double work) const { return work <= (question_.workers - 1) * each_ / 2; }

  /// The chance to be in time rises evenly around the moment that just suffices. `resolution`: of
  /// what is left, which the grid knows no better.
  void set_gains(Point& point, double left, double resolution) const {
    const auto chance = [left](double needed, double width) {
      if (width <= 0) return needed <= left ? 1.0 : 0.0;
      return std::clamp((left - needed) / width + 0.5, 0.0, 1.0);
    };
    point.undone = question_.undone * chance(question_.undone_time, resolution);
    for (std::size_t m = 0; m < models_.size(); ++m) {
      const PricedModel& model = models_[m];
      point.gains[m] = model.gain * chance(model.mean, std::max(2 * model.deviation, resolution));
    }
  }

  double best(std::size_t i, double earned, const PriceValues& values) const {
    const Point& point = points_[i];
    double best = values[i] + point.undone;
    for (std::size_t m = 0; m < models_.size(); ++m) {
      const auto& [whole, part] = jumps_[m];
      const std::size_t to = i + whole;
      const double after = to < kSteps
                               ? values[to] * (1 - part) + values[to + 1] * part
                               : -last_fall(earned) * (static_cast<double>(to - kSteps) + part);
      best = std::max(best, point.gains[m] + after);
    }
    return best;
  }

  const PriceQuestion& question_;
  const double each_;
  const std::span<const PricedModel> models_;
  std::array<Jump, PriceQuestion::kMostModels> jumps_;
  std::array<Point, PriceCurve::kSteps + 1> points_;
};

/// The earnings at which an idle server earns just as much as on the average.
double long_run_earnings(const Equation& equation, double most, PriceValues& values) {
  const auto excess = [&](double earned) { return equation.solve(earned, values); };
  const double at_none = excess(0);
  const double at_most = excess(most);
  if (at_none <= 0) return 0;
  if (at_most >= 0) return most;
  std::uintmax_t tries = 40;
  // The upper end: what it is too much fades downwards in the curve wherever the workers can serve
  // all who come. What is too little grows on the way, to a price of zero long before V = 0.
  return boost::math::tools::toms748_solve(excess, 0.0, most, at_none, at_most,
                                           boost::math::tools::eps_tolerance<double>(30), tries)
      .second;
}

}  // namespace

PriceCurve::PriceCurve(const PriceQuestion& question) {
  const auto models = question.priced();
  const double fastest = models.front().mean;
  const double workers = question.workers;
  each_ = std::clamp(workers / question.rate, fastest, models.back().mean);
  // All but one worker have half an execution left when a wait begins; beyond that the queue grows
  // until not even the fastest is in time.
  const double busy = (workers - 1) * each_ / 2;
  const double room =
      even_workers(workers) * std::max(question.slack - fastest, kLeastRoom * fastest);
  double queue = std::max(kLongQueue, kLongQueueEach * workers);
  if (!std::isinf(question.clients)) {
    queue = std::max(queue, kAllClients * (question.clients - workers));
  }
  const double resolved = std::min(room, std::max(queue * each_, kSlowest * models.back().mean));
  begin_ = std::max(0.0, (workers / 2 - kQuietRoots * std::sqrt(workers)) * each_);
  step_ = (busy + resolved - begin_) / kSteps;
  gap_ = room - resolved;
  // On the grid, so that the price there is between those before and behind.
  middle_ = begin_ + step_ * std::floor((busy + resolved / 2 - begin_) / step_);

  const Equation equation(question, each_, begin_, step_);
  earned_ = long_run_earnings(equation, std::max(models.back().gain, question.undone), values_);
  equation.solve(earned_, values_);
  last_price_ = equation.last_fall(earned_) / step_;
  middle_price_ = (on_grid(middle_ - step_) - on_grid(middle_ + step_)) / (2 * step_);
}

double PriceCurve::on_grid(double work) const {
  const double place = std::max(0.0, (work - begin_) / step_);
  if (place >= kSteps) return values_[kSteps] - last_price_ * (place - kSteps) * step_;
  const auto i = static_cast<std::size_t>(place);
  const double part = place - static_cast<double>(i);
  return values_[i] * (1 - part) + values_[i + 1] * part;
}

double PriceCurve::value(double ahead) const {
  if (ahead <= middle_) return on_grid(ahead);
  if (ahead <= middle_ + gap_) return on_grid(middle_) - middle_price_ * (ahead - middle_);
  return on_grid(ahead - gap_) - middle_price_ * gap_;
}

}  // namespace cnnselect
