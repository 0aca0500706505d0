#include "budget/way_back.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "stats/percentile.h"

namespace cnnselect {
namespace {

// A guess made a time likely by the share of its values about as far from it as a twentieth of the
// middle half of all times.
constexpr std::size_t kLeastToJudge = 8;
constexpr int kWidths = 20;
constexpr Duration kLeastWidth = std::chrono::microseconds(10);
constexpr double kChance = 1e-3;  // of what a guess leaves out
// How much a pair moves the trust: 1 / (kFirst + its number), later 1 / kLast.
constexpr double kFirst = 20;
constexpr double kLast = 300;

/// Share of the values, ascending, that are within `width` of `middle`.
double share_near(std::span<const Duration> values, Duration middle, Duration width) {
  const auto from = std::ranges::lower_bound(values, middle - width);
  const auto to = std::ranges::upper_bound(values, middle + width);
  return static_cast<double>(to - from) / static_cast<double>(values.size());
}

}  // namespace

void WayBackLearner::add(Duration input, Duration output) {
  judge(input, output);
  if (by_age_.size() == memory_) {
    const Ways oldest = by_age_.front();
    by_age_.pop_front();
    auto place = std::ranges::lower_bound(by_input_, oldest.input, {}, &Ways::input);
    while (place->output != oldest.output) ++place;  // several may have had the same way here
    by_input_.erase(place);
    by_output_.erase(std::ranges::lower_bound(by_output_, oldest.output));
  }
  by_age_.push_back({input, output});
  by_input_.insert(std::ranges::upper_bound(by_input_, input, {}, &Ways::input), {input, output});
  by_output_.insert(std::ranges::upper_bound(by_output_, output), output);
}

void WayBackLearner::judge(Duration input, Duration output) {
  const std::size_t count = by_output_.size();
  if (count < kLeastToJudge) return;
  const Duration width =
      std::max((by_output_[count * 3 / 4] - by_output_[count / 4]) / kWidths, kLeastWidth);
  std::vector<Duration> near;
  nearest(input, near);
  std::array<double, kGuesses> share{};
  share[kNearest] = share_near(near, output, width);
  share[kAll] = share_near(by_output_, output, width);
  share[kSame] = share_near(std::span(&input, 1), output, width);
  double sum = 0;
  for (std::size_t guess = 0; guess < kGuesses; ++guess) {
    share[guess] = trust_[guess] * (share[guess] + kChance);
    sum += share[guess];
  }
  ++judged_;
  const double step = std::max(1 / (kFirst + judged_), 1 / kLast);
  for (std::size_t guess = 0; guess < kGuesses; ++guess) {
    trust_[guess] += step * (share[guess] / sum - trust_[guess]);
  }
}

void WayBackLearner::nearest(Duration input, std::vector<Duration>& values) const {
  values.clear();
  auto end = std::ranges::lower_bound(by_input_, input, {}, &Ways::input);
  auto begin = end;
  while (values.size() < std::min(kNeighbours, by_input_.size())) {
    const bool up = begin == by_input_.begin() ||
                    (end != by_input_.end() && end->input - input < input - (begin - 1)->input);
    const Ways& neighbour = up ? *end++ : *--begin;
    values.push_back(std::max(neighbour.output + (input - neighbour.input), Duration::zero()));
  }
  std::ranges::sort(values);
}

void WayBackLearner::estimate(Duration input, std::vector<Duration>& values) const {
  values.clear();
  if (by_age_.empty()) return;
  std::vector<Duration> near;
  nearest(input, near);
  const auto values_of = [](double trust) {
    return static_cast<std::size_t>(std::lround(trust * static_cast<double>(kValues)));
  };
  const std::size_t of_nearest = values_of(trust_[kNearest]);
  const std::size_t with_same = values_of(trust_[kNearest] + trust_[kSame]);
  append_evenly(std::span<const Duration>(near), of_nearest, values);
  values.insert(values.end(), with_same - of_nearest, input);
  append_evenly(std::span<const Duration>(by_output_), kValues - with_same, values);
  std::ranges::sort(values);
}

}  // namespace cnnselect
