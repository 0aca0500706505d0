#include "sim/queue_grid.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "stats/percentile.h"

namespace cnnselect {
namespace {

constexpr std::size_t kTimesOfAModel = 8;

/// Never earlier at any quantile and never more accurate.
bool dominates(const QueueOption& one, const QueueOption& other) {
  if (one.accuracy < other.accuracy) return false;
  const std::size_t pairs = one.times.size() * other.times.size();
  for (std::size_t i = 0; i < pairs; ++i) {
    if (one.times[i / other.times.size()] > other.times[i / one.times.size()]) return false;
  }
  return true;
}

}  // namespace

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

WorkGrid::WorkGrid(std::span<const QueueOption> options, std::size_t steps, double shortest,
                   double longest)
    : options_(options), steps_(steps), split_(steps, kSmooth) {
  std::vector<double> sum(steps);
  std::vector<int> jumps(steps);
  for (const QueueOption& option : options) {
    leaps_.emplace_back();
    excess_.push_back(0);
    for (const double time : option.times) {
      const double exact = std::clamp(time, shortest, longest) * static_cast<double>(steps);
      const double whole = std::floor(exact + kRounding);
      leaps_.back().push_back(
          {.ahead = static_cast<std::size_t>(whole), .beyond = std::max(exact - whole, 0.0)});
      if (time > longest) {
        excess_.back() += (time - longest) / static_cast<double>(option.times.size());
      }
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

void WorkGrid::append_choice(std::size_t point, std::optional<std::size_t> option, double price,
                             Duration slack, std::vector<QueueChoice>& choices) const {
  std::optional<std::size_t> model;
  if (option) model = options_[*option].model;
  if (!choices.empty() && choices.back().model == model) return;
  const std::chrono::duration<double, std::nano> work =
      static_cast<double>(point) * step() * std::chrono::duration<double, std::nano>(slack);
  choices.push_back({.work = std::chrono::round<Duration>(work),
                     .model = model,
                     .price = price / to_seconds(slack)});
}

}  // namespace cnnselect
