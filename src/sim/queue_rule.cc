#include "sim/queue_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "stats/percentile.h"

namespace cnnselect {
namespace {

// Here the slack is the unit of time.

constexpr std::size_t kTimesOfAModel = 8;
constexpr double kMostArrivals = 32;  // in the shortest execution, per worker
constexpr double kSmooth = 0.5;
constexpr double kRounding = 1e-9;  // of a step

/// A model that can be in time. Its times are equally likely.
struct QueueOption {
  std::size_t model = 0;
  double accuracy = 0;
  double mean = 0;
  std::vector<double> times;  // ascending
};

/// Never earlier at any quantile and never more accurate.
bool dominates(const QueueOption& one, const QueueOption& other) {
  if (one.accuracy < other.accuracy) return false;
  const std::size_t pairs = one.times.size() * other.times.size();
  for (std::size_t i = 0; i < pairs; ++i) {
    if (one.times[i / other.times.size()] > other.times[i / one.times.size()]) return false;
  }
  return true;
}

/// The undominated ones: of equals the first.
std::vector<QueueOption> queue_options(const ModelSet& models, Duration slack) {
  std::vector<QueueOption> options;
  for (std::size_t m = 0; m < models.size(); ++m) {
    const Candidate& candidate = models.candidates()[m];
    std::vector<Duration> times;
    const std::size_t count = candidate.deviation == Duration::zero() ? 1 : kTimesOfAModel;
    append_evenly(candidate.times, count, times);
    QueueOption option{.model = m, .accuracy = candidate.accuracy, .mean = 0, .times = {}};
    for (const Duration time : times) {
      option.times.push_back(to_seconds(time) / to_seconds(slack));
      option.mean += option.times.back() / static_cast<double>(count);
    }
    if (option.times.front() > 1 || option.accuracy <= 0) continue;
    const auto worse = [&](const QueueOption& known) { return dominates(known, option); };
    if (std::ranges::any_of(options, worse)) continue;
    std::erase_if(options, [&](const QueueOption& known) { return dominates(option, known); });
    options.push_back(std::move(option));
  }
  return options;
}

/// Where an execution leads: `ahead` points on with the weight left over, one more with `beyond`.
struct Leap {
  std::size_t ahead = 0;
  double beyond = 0;
};

/// The points 0, 1 / steps, ... of the work, and what a model does there.
class WorkGrid {
 public:
  WorkGrid(std::span<const QueueOption> options, std::size_t steps, double shortest)
      : options_(options), steps_(steps), split_(steps, kSmooth) {
    std::vector<double> sum(steps);
    std::vector<int> jumps(steps);
    for (const QueueOption& option : options) {
      leaps_.emplace_back();
      for (const double time : option.times) {
        const double exact = std::max(time, shortest) * static_cast<double>(steps);
        const double whole = std::floor(exact + kRounding);
        leaps_.back().push_back(
            {.ahead = static_cast<std::size_t>(whole), .beyond = std::max(exact - whole, 0.0)});
        if (time > 1) continue;
        const double last = (1 - time) * static_cast<double>(steps);
        const auto cell = static_cast<std::size_t>(last + kRounding);
        if (cell >= steps) continue;
        sum[cell] += std::max(last - static_cast<double>(cell), 0.0);
        ++jumps[cell];
      }
    }
    for (std::size_t i = 0; i < steps; ++i) {
      if (jumps[i] > 0) split_[i] = sum[i] / jumps[i];
    }
  }

  std::size_t steps() const { return steps_; }
  double step() const { return 1 / static_cast<double>(steps_); }
  std::span<const QueueOption> options() const { return options_; }
  std::span<const Leap> leaps(std::size_t option) const { return leaps_[option]; }

  /// What the option earns at the point, on average.
  double earned(std::size_t option, std::size_t point) const {
    const double left = (static_cast<double>(steps_ - point) + kRounding) * step();
    const auto& times = options_[option].times;
    if (times.back() <= left) return options_[option].accuracy;
    if (times.front() > left) return 0;
    const auto fit = std::ranges::upper_bound(times, left) - times.begin();
    return options_[option].accuracy * static_cast<double>(fit) / static_cast<double>(times.size());
  }

  /// The share of the cell above the point that is like the point itself: up to where a model that
  /// is in time at the point no longer is; else half, the trapezoid rule.
  double split(std::size_t point) const { return point < steps_ ? split_[point] : kSmooth; }

 private:
  std::span<const QueueOption> options_;
  std::size_t steps_;
  std::vector<double> split_;
  std::vector<std::vector<Leap>> leaps_;  // by option, then time
};

QueueChoice choice_at(const WorkGrid& grid, Duration slack, std::size_t point,
                      std::optional<std::size_t> option, double price) {
  QueueChoice choice{.work = std::chrono::round<Duration>(static_cast<double>(point) * grid.step() *
                                                          std::chrono::duration<double, std::nano>(slack)),
                     .model = std::nullopt,
                     .price = price / to_seconds(slack)};
  if (option) choice.model = grid.options()[*option].model;
  return choice;
}

void append_choice(std::vector<QueueChoice>& choices, const QueueChoice& choice) {
  if (choices.empty() || choices.back().model != choice.model) choices.push_back(choice);
}

/// The price of time at one worker, from the slack down.
class OneWorker {
 public:
  OneWorker(const WorkGrid& grid, double rate)
      : grid_(grid),
        rate_(rate),
        due_(grid.steps() + 1),
        price_(grid.steps() + 1),
        chosen_(grid.steps() + 1) {}

  /// The price of all time from `work` to the slack, after solve().
  double due_at(double work) const {
    const double exact = work * static_cast<double>(grid_.steps());
    const auto point = static_cast<std::size_t>(exact);
    const double beyond = exact - static_cast<double>(point);
    return (1 - beyond) * due(point) + beyond * due(point + 1);
  }

  QueueRule solve(Duration slack) {
    const std::size_t top = grid_.steps();
    start(1);
    double low = 0;
    double high = 1;
    bisect(top, low, high);
    QueueRule rule{.effective_accuracy = high, .unconverged = high - low, .choices = {}};
    settle(top, low, high);
    for (std::size_t point = 0; point <= top; ++point) {
      const QueueChoice choice =
          choice_at(grid_, slack, point, chosen_[point], std::max(price_[point], 0.0));
      append_choice(rule.choices, choice);
    }
    return rule;
  }

 private:
  void start(double earned) {
    gain_ = earned;
    due_[grid_.steps()] = 0;
    price_[grid_.steps()] = rate_ * earned;
  }

  /// The price of all time from the point to the slack; negative beyond it.
  double due(std::size_t point) const {
    if (point < due_.size()) return due_[point];
    return -rate_ * gain_ * static_cast<double>(point - grid_.steps()) * grid_.step();
  }

  /// The best that serving at `point` leads to; later points are known.
  double served(std::size_t point, std::optional<std::size_t>& chosen) const {
    double best = -std::numeric_limits<double>::infinity();
    for (std::size_t option = 0; option < grid_.options().size(); ++option) {
      const double earned = grid_.earned(option, point);
      if (earned == 0) continue;
      double after = 0;
      for (const auto& [ahead, beyond] : grid_.leaps(option)) {
        after += (1 - beyond) * due(point + ahead) + beyond * due(point + ahead + 1);
      }
      const double value = earned + after / static_cast<double>(grid_.leaps(option).size());
      if (value <= best) continue;
      best = value;
      chosen = option;
    }
    return best;
  }

  /// Prices below `from`, when a request earns `earned`. Returns the last point before the price
  /// becomes negative; 0 when it does not.
  std::size_t fall(std::size_t from, double earned) {
    if (from == grid_.steps()) start(earned);
    for (std::size_t point = from; point-- > 0;) {
      const double like_point = grid_.split(point) * grid_.step();
      const double dropped = due_[point + 1] + (grid_.step() - like_point) * price_[point + 1] +
                             like_point * rate_ * earned;
      std::optional<std::size_t> chosen;
      const double surplus =
          std::max(0.0, (served(point, chosen) - dropped) / (1 - like_point * rate_));
      chosen_[point] = surplus > 0 ? chosen : std::nullopt;
      due_[point] = dropped - like_point * rate_ * surplus;
      price_[point] = rate_ * (earned - surplus);
      if (price_[point] < 0) return point + 1;
    }
    return 0;
  }

  void bisect(std::size_t from, double& low, double& high) {
    constexpr int kHalvings = 60;
    for (int i = 0; i < kHalvings; ++i) {
      const double middle = (low + high) / 2;
      if (middle <= low || middle >= high) return;
      (fall(from, middle) > 0 ? low : high) = middle;
    }
  }

  /// Two neighbouring numbers, and still their prices part on the way down, as a difference grows
  /// exponentially. Where they part the way goes on between two others that differ by as little as
  /// matters, from there.
  void settle(std::size_t from, double low, double high) {
    constexpr int kSections = 64;
    constexpr double kAgree = 1e-7;
    for (int i = 0; i < kSections; ++i) {
      const std::size_t negative = fall(from, low);
      const std::vector<double> lower = due_;
      fall(from, high);
      if (negative == 0) return;
      std::size_t agree = from;
      while (agree > negative && std::abs(due_[agree - 1] - lower[agree - 1]) < kAgree) --agree;
      if (agree == from || agree == 0) return;
      from = agree;
      const double around = high;
      low = around * (1 - kAgree);
      high = around * (1 + kAgree);
      if (fall(from, low) == 0 || fall(from, high) > 0) return;
      bisect(from, low, high);
    }
  }

  const WorkGrid& grid_;
  double rate_;
  double gain_ = 0;
  std::vector<double> due_;    // by point: the price of all later time
  std::vector<double> price_;  // by point: of time, per slack
  std::vector<std::optional<std::size_t>> chosen_;
};

/// Values of (work on one, work on the other), just after an arrival was dealt with. Symmetric.
class TwoWorkers {
 public:
  TwoWorkers(const WorkGrid& grid, double rate) : grid_(&grid), per_step_(rate * grid.step()) {
    std::size_t overshoot = 0;
    std::size_t furthest = 0;
    for (std::size_t option = 0; option < grid.options().size(); ++option) {
      const auto leaps = grid.leaps(option);
      overshoot = std::max(overshoot, leaps.back().ahead - leaps.front().ahead);
      furthest = std::max(furthest, leaps.back().ahead);
    }
    points_ = grid.steps() + overshoot + 3;
    band_ = std::min(furthest + 4, points_ - 1);
    values_.assign(points_ * points_, 0);
    next_.assign(points_ * points_, 0);
    surplus_.assign(points_ * points_, 0);
    served_.assign(points_, 0);
  }

  /// Begins with two servers of one worker that share the work and the arrivals.
  void begin_from(const OneWorker& half) {
    for (std::size_t i = 0; i < points_; ++i) {
      for (std::size_t j = 0; j < points_; ++j) {
        values_[i * points_ + j] = 2 * half.due_at(static_cast<double>(i + j) / 2 * grid_->step());
      }
    }
  }

  /// Begins where a coarser grid ended.
  void begin_from(const TwoWorkers& coarse) {
    const double scale =
        static_cast<double>(coarse.grid_->steps()) / static_cast<double>(grid_->steps());
    for (std::size_t i = 0; i < points_; ++i) {
      for (std::size_t j = 0; j < points_; ++j) {
        values_[i * points_ + j] =
            coarse.between(static_cast<double>(i) * scale, static_cast<double>(j) * scale);
      }
    }
  }

  /// Until what a request earns is known to `tolerance`, or so many additions are spent.
  void iterate(double tolerance, double additions) {
    const auto sweeps = static_cast<int>(std::max(additions / sweep_additions(), 64.0));
    constexpr int kWindow = 16;
    double before = 0;  // how far apart a window ago; 0: not known since the last leap
    double shrank = 0;  // in the window before this
    for (int i = 1; i <= sweeps; ++i) {
      for (std::size_t row = 0; row < points_; ++row) meet(row, nullptr);
      pass_time();
      const double apart = high_ - low_;
      if (apart > tolerance && i % kWindow == 0) {
        const double shrinks = before > 0 ? apart / before : 0;
        const bool steady = shrinks < 1 && std::abs(shrinks - shrank) < 0.25 * (1 - shrinks);
        if (steady) leap(std::pow(shrinks, 1.0 / kWindow));
        before = steady ? 0 : apart;
        shrank = steady ? 0 : shrinks;
      }
      std::swap(values_, next_);
      if (apart <= tolerance) return;
    }
  }

  double unconverged() const { return (high_ - low_) / 2; }

  QueueRule rule(Duration slack) {
    QueueRule rule{
        .effective_accuracy = (low_ + high_) / 2, .unconverged = unconverged(), .choices = {}};
    for (std::size_t point = 0; point <= grid_->steps(); ++point) {
      std::optional<std::size_t> chosen;
      meet(point, &chosen);
      const double* here = &values_[point * points_ + point];
      const double price = std::max((here[0] - here[1]) / grid_->step(), 0.0);
      append_choice(rule.choices, choice_at(*grid_, slack, point, chosen, price));
    }
    return rule;
  }

 private:
  std::size_t end_of(std::size_t row) const { return std::min(row + band_ + 1, points_); }

  double sweep_additions() const {
    std::size_t leaps = 4;  // the passing of time costs as much
    for (std::size_t option = 0; option < grid_->options().size(); ++option) {
      leaps += 1 + grid_->leaps(option).size();
    }
    return static_cast<double>(leaps * points_ * std::min(band_ + 1, points_ / 2));
  }

  /// What serving gains over dropping, for an arrival that finds `row` on the worker that is free
  /// first. `chosen`, unless null: what it is given where the other has as much.
  void meet(std::size_t row, std::optional<std::size_t>* chosen) {
    double* surplus = &surplus_[row * points_];
    const std::size_t end = end_of(row);
    std::fill(surplus + row, surplus + end, 0.0);
    const double* dropped = &values_[row * points_];
    for (std::size_t option = 0; option < grid_->options().size(); ++option) {
      const double earned = row <= grid_->steps() ? grid_->earned(option, row) : 0;
      if (earned == 0) continue;
      for (std::size_t other = row; other < end; ++other) {
        served_[other] = earned - dropped[other];
      }
      const auto leaps = grid_->leaps(option);
      const double share = 1 / static_cast<double>(leaps.size());
      for (const auto& [ahead, beyond] : leaps) {
        const double* near = &values_[(row + ahead) * points_];
        const double* far = near + points_;
        for (std::size_t other = row; other < end; ++other) {
          served_[other] += share * ((1 - beyond) * near[other] + beyond * far[other]);
        }
      }
      if (chosen != nullptr && served_[row] > surplus[row]) *chosen = option;
      for (std::size_t other = row; other < end; ++other) {
        surplus[other] = std::max(surplus[other], served_[other]);
      }
    }
  }

  /// From just after an arrival to just after the next, on average: within a step the values are
  /// straight, and the surplus as well, or where it jumps in two levels.
  void pass_time() {
    low_ = std::numeric_limits<double>::infinity();
    high_ = -low_;
    const double nobody = std::exp(-per_step_);
    const double near = 1 + std::expm1(-per_step_) / per_step_;
    const double far = 1 - nobody - near;
    update(0, values_[0] + surplus_[0]);
    for (std::size_t j = 1; j < end_of(0); ++j) {
      update(j, nobody * next_[j - 1] + far * (values_[j - 1] + surplus_[j - 1]) +
                    near * (values_[j] + surplus_[j]));
    }
    for (std::size_t i = 1; i < points_; ++i) {
      const double split = grid_->split(i - 1);
      const double close = split == kSmooth ? near : -std::expm1(-per_step_ * (1 - split));
      for (std::size_t j = i; j < end_of(i); ++j) {
        const std::size_t here = i * points_ + j;
        const std::size_t below = here - points_ - 1;
        update(here, nobody * next_[below] + far * values_[below] + near * values_[here] +
                         (1 - nobody - close) * surplus_[below] + close * surplus_[here]);
      }
    }
    mirror();
  }

  void update(std::size_t place, double value) {
    low_ = std::min(low_, value - values_[place]);
    high_ = std::max(high_, value - values_[place]);
    next_[place] = value;
  }

  void mirror() {
    for (std::size_t i = 0; i < points_; ++i) {
      for (std::size_t j = i + 1; j < end_of(i); ++j) {
        next_[j * points_ + i] = next_[i * points_ + j];
      }
    }
  }

  /// What is still wrong shrinks by `factor` a sweep: all that is to come at once. Value iteration
  /// forgives a bad guess.
  void leap(double factor) {
    const double sweeps = std::min(factor / (1 - factor), 1e4);
    const double middle = (low_ + high_) / 2;
    for (std::size_t place = 0; place < next_.size(); ++place) {
      next_[place] += sweeps * (next_[place] - values_[place] - middle);
    }
  }

  double between(double one, double other) const {
    const auto last = static_cast<double>(points_ - 2);
    const auto i = static_cast<std::size_t>(std::min(one, last));
    const auto j = static_cast<std::size_t>(std::min(other, last));
    const double right = one - static_cast<double>(i);
    const double down = other - static_cast<double>(j);
    const double* here = &values_[i * points_ + j];
    return (1 - right) * ((1 - down) * here[0] + down * here[1]) +
           right * ((1 - down) * here[points_] + down * here[points_ + 1]);
  }

  const WorkGrid* grid_;
  double per_step_;  // arrivals
  std::size_t points_ = 0;
  std::size_t band_ = 0;  // no more lies between the workers, once it did not
  std::vector<double> values_;
  std::vector<double> next_;
  std::vector<double> surplus_;  // the lesser work first
  std::vector<double> served_;
  double low_ = 0;
  double high_ = 0;
};

Status check(double rate, Duration slack, int workers, std::size_t steps) {
  if (workers != 1 && workers != 2) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("best queue rule: {} workers; allowed: 1 or 2", workers));
  }
  if (!(rate > 0) || std::isinf(rate)) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("best queue rule: {} arrivals/s; allowed: above 0, finite", rate));
  }
  if (slack <= Duration::zero() || slack == kForever) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("best queue rule: slack of {} ms; allowed: above 0, finite",
                            to_ms(slack)));
  }
  const std::size_t most = workers == 1 ? 131'072 : 512;
  if (steps != 0 && (steps < 16 || steps > most)) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("best queue rule: {} steps with {} workers; allowed: 0 or 16 to {}",
                            steps, workers, most));
  }
  return {};
}

WorkGrid grid_of_one(std::span<const QueueOption> options, double rate, double shortest,
                     std::size_t steps) {
  constexpr double kMostSteps = 131'072;
  const double fine = steps > 0 ? static_cast<double>(steps) : std::max(1'000.0, 4 / shortest);
  const auto used = static_cast<std::size_t>(std::min(std::max(fine, 4 * rate), kMostSteps));
  return {options, used, 1 / static_cast<double>(used)};
}

QueueRule with_two(std::span<const QueueOption> options, double rate, double shortest,
                   Duration slack, std::size_t steps) {
  constexpr double kTolerance = 1e-4;
  constexpr double kGoodEnough = 1e-3;  // a finer grid that comes no nearer is worth less
  constexpr double kMostWork = 4e8;     // additions, on each grid
  const WorkGrid half_grid = grid_of_one(options, rate / 2, shortest, 0);
  OneWorker half(half_grid, rate / 2);
  half.solve(slack);
  const double fine = steps > 0 ? static_cast<double>(steps) : std::clamp(4 / shortest, 128., 256.);
  const auto coarsest = static_cast<std::size_t>(fine) / 8;
  std::vector<WorkGrid> grids;
  for (std::size_t times = 1; times <= 8; times *= 2) {
    grids.emplace_back(options, coarsest * times, 0.0);
  }
  TwoWorkers solution(grids.front(), rate);
  solution.begin_from(half);
  solution.iterate(kTolerance, kMostWork);
  for (std::size_t i = 1; i < grids.size() && solution.unconverged() <= kTolerance; ++i) {
    TwoWorkers finer(grids[i], rate);
    finer.begin_from(solution);
    finer.iterate(kTolerance, kMostWork);
    if (finer.unconverged() > kGoodEnough) break;
    solution = std::move(finer);
  }
  return solution.rule(slack);
}

}  // namespace

Result<QueueRule> best_queue_rule(const ModelSet& models, double arrivals_per_second,
                                  Duration slack, int workers, std::size_t steps) {
  const Status checked = check(arrivals_per_second, slack, workers, steps);
  if (!checked) return std::unexpected(checked.error());
  const std::vector<QueueOption> options = queue_options(models, slack);
  if (options.empty()) return QueueRule{.choices = {QueueChoice{}}};
  const double shortest = std::ranges::min(options, {}, &QueueOption::mean).mean;
  const double rate = arrivals_per_second * to_seconds(slack);
  const double used = std::min(rate, kMostArrivals * workers / shortest);
  QueueRule rule;
  if (workers == 1) {
    const WorkGrid grid = grid_of_one(options, used, shortest, steps);
    rule = OneWorker(grid, used).solve(slack);
  } else {
    rule = with_two(options, used, shortest, slack, steps);
  }
  rule.effective_accuracy *= used / rate;
  rule.unconverged *= used / rate;
  return rule;
}

}  // namespace cnnselect
