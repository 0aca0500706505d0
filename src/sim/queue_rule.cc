#include "sim/queue_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "sim/queue_grid.h"
#include "sim/queue_price.h"
#include "sim/queue_values.h"

namespace cnnselect {
namespace {

constexpr double kMostArrivals = 32;  // in the shortest execution, per worker
constexpr std::size_t kMostStepsOfOne = 131'072;
constexpr std::size_t kMostStepsOfTwo = 512;
constexpr double kStepsPerArrival = 4;  // keeps the prices of one worker stable

Status check_queue(double rate, Duration slack, int workers, std::size_t steps) {
  if (workers != 1 && workers != 2) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("best queue rule: {} workers; allowed: 1 or 2", workers));
  }
  if (!(rate > 0) || std::isinf(rate)) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("best queue rule: {} arrivals/s; allowed: above 0, finite", rate));
  }
  if (slack <= Duration::zero() || slack == kForever) {
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("best queue rule: slack of {} ms; allowed: above 0, finite", to_ms(slack)));
  }
  const std::size_t most = workers == 1 ? kMostStepsOfOne : kMostStepsOfTwo;
  if (steps != 0 && (steps < 16 || steps > most)) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("best queue rule: {} steps with {} workers; allowed: 0 or 16 to {}",
                            steps, workers, most));
  }
  return {};
}

WorkGrid grid_of_one(std::span<const QueueOption> options, double rate, double shortest,
                     std::size_t steps) {
  const double fine = steps > 0 ? static_cast<double>(steps) : std::max(1'000.0, 4 / shortest);
  const auto used = static_cast<std::size_t>(
      std::min(std::max(fine, kStepsPerArrival * rate), static_cast<double>(kMostStepsOfOne)));
  return {options, used, 1 / static_cast<double>(used), std::numeric_limits<double>::infinity()};
}

QueueRule with_one(std::span<const QueueOption> options, double rate, double shortest,
                   Duration slack, std::size_t steps) {
  const WorkGrid grid = grid_of_one(options, rate, shortest, steps);
  return QueuePrice(grid, rate).solve(slack);
}

QueueRule with_two(std::span<const QueueOption> options, double rate, double shortest,
                   Duration slack, std::size_t steps) {
  constexpr double kTolerance = 1e-4;
  constexpr double kGoodEnough = 1e-3;  // a finer grid that comes no nearer is worth less
  constexpr double kMostWork = 4e8;     // additions, on each grid
  constexpr double kLongest = 2;        // of an execution, in slacks: bounds the grids
  const WorkGrid half_grid = grid_of_one(options, rate / 2, shortest, 0);
  QueuePrice half(half_grid, rate / 2);
  const double halves = half.solve(slack).effective_accuracy;
  double excess_price = 0;  // what one worker earns less than two
  if (std::ranges::any_of(options, [](const auto& o) { return o.times.back() > kLongest; })) {
    const double alone = with_one(options, rate, shortest, slack, 0).effective_accuracy;
    excess_price = rate * std::max(halves - alone, 0.0);
  }
  const double fine = steps > 0 ? static_cast<double>(steps) : std::clamp(4 / shortest, 128., 256.);
  const auto coarsest = static_cast<std::size_t>(fine) / 8;
  std::vector<WorkGrid> grids;
  for (std::size_t times = 1; times <= 8; times *= 2) {
    grids.emplace_back(options, coarsest * times, 0.0, kLongest);
  }
  QueueValues solution(grids.front(), rate, excess_price);
  solution.begin_from(half);
  solution.iterate(kTolerance, kMostWork);
  for (std::size_t i = 1; i < grids.size() && solution.unconverged() <= kTolerance; ++i) {
    QueueValues finer(grids[i], rate, excess_price);
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
  const Status checked = check_queue(arrivals_per_second, slack, workers, steps);
  if (!checked) return std::unexpected(checked.error());
  const std::vector<QueueOption> options = queue_options(models, slack);
  if (options.empty()) return QueueRule{.choices = {QueueChoice{}}};
  const double shortest = std::ranges::min(options, {}, &QueueOption::mean).mean;
  const double rate = arrivals_per_second * to_seconds(slack);
  const double most = static_cast<double>(kMostStepsOfOne) / kStepsPerArrival;
  const double used = std::min(rate, workers * std::min(kMostArrivals / shortest, most));
  QueueRule rule = workers == 1 ? with_one(options, used, shortest, slack, steps)
                                : with_two(options, used, shortest, slack, steps);
  rule.effective_accuracy *= used / rate;
  rule.unconverged *= used / rate;
  return rule;
}

}  // namespace cnnselect
