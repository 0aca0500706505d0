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

void WayBackLearner::add(Duration input, Duration output, const When& when) {
  judge(input, output, when.arrived);
  if (const auto window = std::min(memory_, kLatelyOnes); lately_.size() == window) {
    lately_.erase(std::ranges::lower_bound(lately_, by_age_[by_age_.size() - window].output));
  }
  lately_.insert(std::ranges::upper_bound(lately_, output), output);
  if (by_age_.size() == memory_) {
    const Ways oldest = by_age_.front();
    by_age_.pop_front();
    auto place = std::ranges::lower_bound(by_input_, oldest.input, {}, &Ways::input);
    // Several may have had the same way here.
    while (place->output != oldest.output || place->told != oldest.told) ++place;
    by_input_.erase(place);
    by_output_.erase(std::ranges::lower_bound(by_output_, oldest.output));
  }
  const Ways ways{.input = input, .output = output, .told = when.told};
  by_age_.push_back(ways);
  by_input_.insert(std::ranges::upper_bound(by_input_, input, {}, &Ways::input), ways);
  by_output_.insert(std::ranges::upper_bound(by_output_, output), output);
}

void WayBackLearner::judge(Duration input, Duration output, TimePoint arrived) {
  if (told_until(arrived) < kLeastToJudge) return;
  const std::size_t count = by_output_.size();
  const Duration width =
      std::max((by_output_[count * 3 / 4] - by_output_[count / 4]) / kWidths, kLeastWidth);
  std::vector<Duration> room;
  std::array<double, kGuesses> share{};
  double sum = 0;
  for (std::size_t guess = 0; guess < kGuesses; ++guess) {
    const auto values = values_of(static_cast<Guess>(guess), input, arrived, room);
    share[guess] = trust_[guess] * (share_near(values, output, width) + kChance);
    sum += share[guess];
  }
  ++judged_;
  const double step = std::max(1 / (kFirst + judged_), 1 / kLast);
  for (std::size_t guess = 0; guess < kGuesses; ++guess) {
    trust_[guess] += step * (share[guess] / sum - trust_[guess]);
  }
}

Duration WayBackLearner::Ways::moved(Duration here) const {
  return std::max(output + (here - input), Duration::zero());
}

std::size_t WayBackLearner::told_until(TimePoint known) const {
  const auto end = std::ranges::upper_bound(by_age_, known, {}, &Ways::told);
  return static_cast<std::size_t>(end - by_age_.begin());
}

void WayBackLearner::nearest(Duration input, TimePoint known, std::vector<Duration>& values) const {
  auto end = std::ranges::lower_bound(by_input_, input, {}, &Ways::input);
  auto begin = end;
  while (values.size() < kNeighbours && (begin != by_input_.begin() || end != by_input_.end())) {
    const bool up = begin == by_input_.begin() ||
                    (end != by_input_.end() && end->input - input < input - (begin - 1)->input);
    const Ways& neighbour = up ? *end++ : *--begin;
    if (neighbour.told <= known) values.push_back(neighbour.moved(input));
  }
}

void WayBackLearner::latest(std::size_t count, TimePoint known,
                            std::vector<Duration>& values) const {
  const std::size_t end = told_until(known);
  for (std::size_t i = end - std::min(end, count); i < end; ++i) {
    values.push_back(by_age_[i].output);
  }
}

void WayBackLearner::latest_moved(Duration input, TimePoint known,
                                  std::vector<Duration>& values) const {
  const std::size_t end = told_until(known);
  for (std::size_t i = end - std::min(end, kLatestOnes); i < end; ++i) {
    values.push_back(by_age_[i].moved(input));
  }
}

std::span<const Duration> WayBackLearner::values_of(Guess guess, Duration input, TimePoint known,
                                                    std::vector<Duration>& room) const {
  room.clear();
  switch (guess) {
    case kAll:
    case kGuesses:
      return by_output_;
    case kSame:
      room.push_back(input);
      break;
    case kNearest:
      nearest(input, known, room);
      break;
    case kLatest:
      latest(kLatestOnes, known, room);
      break;
    case kLatestMoved:
      latest_moved(input, known, room);
      break;
    case kLately:
      if (told_until(known) == by_age_.size()) return lately_;
      latest(kLatelyOnes, known, room);
      break;
  }
  std::ranges::sort(room);
  return room;
}

void WayBackLearner::estimate(Duration input, std::vector<Duration>& values) const {
  values.clear();
  if (by_age_.empty()) return;
  std::vector<Duration> room;
  double trusted = 0;
  for (std::size_t guess = 0; guess < kGuesses; ++guess) {
    trusted += trust_[guess];
    const auto until = static_cast<std::size_t>(std::lround(trusted * kValues));
    if (until == values.size()) continue;
    append_evenly(values_of(static_cast<Guess>(guess), input, TimePoint::max(), room),
                  until - values.size(), values);
  }
  std::ranges::sort(values);
}

}  // namespace cnnselect
