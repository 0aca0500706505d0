// The grid on which the best rule with a queue (sim/queue_rule.h) is computed: the work ahead of a
// request at 0, 1 / steps, 2 / steps, ... of the slack, and what each model does there.
//
// The slack is the unit of time. Immutable values; any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "sim/model_set.h"
#include "sim/queue_rule.h"

namespace cnnselect {

/// A model that can be in time. Its times are equally likely.
struct QueueOption {
  std::size_t model = 0;
  double accuracy = 0;  ///< > 0
  double mean = 0;
  std::vector<double> times;  ///< ascending
};

/// The undominated ones, of equals the first: none where no model is in time.
std::vector<QueueOption> queue_options(const ModelSet& models, Duration slack);

/// Where an execution leads: `ahead` points on with the weight left over, one more with `beyond`.
struct Leap {
  std::size_t ahead = 0;
  double beyond = 0;
};

class WorkGrid {
 public:
  static constexpr double kSmooth = 0.5;
  static constexpr double kRounding = 1e-9;  ///< less of a step is rounding

  /// Of `options`, which must outlive it. Times are taken to be within `shortest` and `longest`
  /// (>= 1) where they are counted as work; whether they are in time is not touched.
  WorkGrid(std::span<const QueueOption> options, std::size_t steps, double shortest,
           double longest);

  std::size_t steps() const { return steps_; }
  double step() const { return 1 / static_cast<double>(steps_); }
  std::span<const QueueOption> options() const { return options_; }
  /// One for each time of the option, ascending.
  std::span<const Leap> leaps(std::size_t option) const { return leaps_[option]; }

  /// How much longer than `longest` the option takes on average.
  double excess(std::size_t option) const { return excess_[option]; }

  /// What the option earns at the point, on average. `point` <= steps().
  double earned(std::size_t option, std::size_t point) const {
    const double left = (static_cast<double>(steps_ - point) + kRounding) * step();
    const auto& [model, accuracy, mean, times] = options_[option];
    if (times.back() <= left) return accuracy;
    if (times.front() > left) return 0;
    const auto fit = std::ranges::upper_bound(times, left) - times.begin();
    return accuracy * static_cast<double>(fit) / static_cast<double>(times.size());
  }

  /// The share of the cell above the point that is like the point itself: up to where a model that
  /// is in time at the point no longer is; else kSmooth, the trapezoid rule.
  double split(std::size_t point) const { return point < steps_ ? split_[point] : kSmooth; }

  /// Adds what is done at the point, if it differs from the last: an option or, with nothing, none;
  /// `price` is per slack.
  void append_choice(std::size_t point, std::optional<std::size_t> option, double price,
                     Duration slack, std::vector<QueueChoice>& choices) const;

 private:
  std::span<const QueueOption> options_;
  std::size_t steps_;
  std::vector<double> split_;
  std::vector<std::vector<Leap>> leaps_;  // by option, then time
  std::vector<double> excess_;            // by option
};

}  // namespace cnnselect
