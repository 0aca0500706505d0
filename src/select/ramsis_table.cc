#include "select/ramsis_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

namespace cnnselect {
namespace {

constexpr std::size_t kQueued = RamsisTable::kQueued;
constexpr std::size_t kSteps = RamsisTable::kSteps;
constexpr std::size_t kPoints = kSteps + 1;
constexpr std::int32_t kNone = -1;

// Values are known up to a constant: they are good when all change by the same, but for so much.
// Near saturation that takes many sweeps; with these numbers hardly a choice changes any more.
constexpr double kPrecision = 1e-2;
constexpr int kMostSweeps = 1'000;
constexpr double kNegligible = 1e-6;  // a chance
constexpr double kRounding = 1e-9;    // of a step

/// A number for every state: by queued (from 1), then step.
class Values {
 public:
  explicit Values(double all = 0) : values_(kQueued * kPoints, all) {}
  double& at(std::size_t queued, std::size_t step) {
    return values_[(queued - 1) * kPoints + step];
  }
  double at(std::size_t queued, std::size_t step) const {
    return values_[(queued - 1) * kPoints + step];
  }
  /// Linear between the steps; who is late stays late.
  double between(std::size_t queued, double left) const {
    const double place = std::clamp(left, 0.0, 1.0) * kSteps;
    const auto step = std::min(static_cast<std::size_t>(place), kSteps - 1);
    const double beyond = place - static_cast<double>(step);
    return at(queued, step) + beyond * (at(queued, step + 1) - at(queued, step));
  }

 private:
  std::vector<double> values_;
};

/// One model's execution.
struct Action {
  std::size_t model = 0;
  double accuracy = 0;
  double time = 0;
  std::size_t first_step = 0;                  // the least that must be left
  std::array<double, kQueued + 1> arrivals{};  // chance of so many meanwhile, the last: or more
};

std::array<double, kQueued + 1> poisson(double mean) {
  std::array<double, kQueued + 1> chances{};
  double chance = std::exp(-mean);
  double sum = 0;
  for (std::size_t k = 0; k < kQueued; ++k) {
    chances[k] = chance;
    sum += chance;
    chance *= mean / static_cast<double>(k + 1);
  }
  chances[kQueued] = std::max(1 - sum, 0.0);
  return chances;
}

/// The models that no other one beats, the fastest first.
std::vector<Action> actions_of(std::span<const RamsisModel> models, double arrivals) {
  std::vector<Action> actions;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const auto [accuracy, time] = models[i];
    actions.push_back({.model = i,
                       .accuracy = accuracy,
                       .time = time,
                       .first_step = static_cast<std::size_t>(
                           std::ceil(std::min(time, 2.0) * kSteps - kRounding)),
                       .arrivals = poisson(arrivals * time)});
  }
  std::ranges::sort(actions, {}, [](const Action& action) {
    return std::tuple(action.time, -action.accuracy, action.model);
  });
  double best = -1;
  std::erase_if(actions, [&best](const Action& action) {
    if (action.accuracy <= best) return true;
    best = action.accuracy;
    return false;
  });
  return actions;
}

/// Of every queue the value when `action` is over, had so many been left behind when it began.
Values after_arrivals(const Action& action, const Values& values) {
  Values expected;
  for (std::size_t left = 1; left < kQueued; ++left) {
    for (std::size_t more = 0; more <= kQueued; ++more) {
      if (action.arrivals[more] < kNegligible) continue;
      const std::size_t queued = std::min(left + more, kQueued);
      for (std::size_t step = 0; step < kPoints; ++step) {
        expected.at(left, step) += action.arrivals[more] * values.at(queued, step);
      }
    }
  }
  return expected;
}

/// The same when nobody was left behind: of k who come meanwhile the first has waited for k/(k+1)
/// of the time; if none comes, the next one is served at once.
double after_the_last(const Action& action, const Values& values) {
  double expected = action.arrivals[0] * values.at(1, kSteps);
  for (std::size_t more = 1; more <= kQueued; ++more) {
    const auto count = static_cast<double>(more);
    expected += action.arrivals[more] * values.between(more, 1 - action.time * count / (count + 1));
  }
  return expected;
}

/// Takes `action` in every state where it is allowed and better than what `best` holds. Who is late
/// anyway gets the fastest model, for nothing and as no choice.
void improve(const Action& action, bool fastest, const Values& values, Values& best,
             std::vector<std::int32_t>& choices) {
  const Values expected = after_arrivals(action, values);
  const double of_the_last = after_the_last(action, values);
  for (std::size_t queued = 1; queued <= kQueued; ++queued) {
    for (std::size_t step = fastest ? 0 : action.first_step; step < kPoints; ++step) {
      const bool in_time = step >= action.first_step;
      const double left = static_cast<double>(step) / kSteps;
      // The next one came when the head had waited for 1/queued of what it has by now.
      const double of_next = left + (1 - left) / static_cast<double>(queued) - action.time;
      const double value = (in_time ? action.accuracy : 0) +
                           (queued == 1 ? of_the_last : expected.between(queued - 1, of_next));
      if (value <= best.at(queued, step)) continue;
      best.at(queued, step) = value;
      choices[(queued - 1) * kPoints + step] =
          in_time ? static_cast<std::int32_t>(action.model) : kNone;
    }
  }
}

/// Sets `values` to `next`, less what one more request is worth in the first state, so that they
/// stay bounded. Returns by how much more one state has gained than another.
double replace(Values& values, Values& next) {
  const double per_request = next.at(1, kSteps) - values.at(1, kSteps);
  double least = per_request;
  double most = per_request;
  for (std::size_t queued = 1; queued <= kQueued; ++queued) {
    for (std::size_t step = 0; step < kPoints; ++step) {
      const double change = next.at(queued, step) - values.at(queued, step);
      least = std::min(least, change);
      most = std::max(most, change);
      next.at(queued, step) -= per_request;
    }
  }
  std::swap(values, next);
  return most - least;
}

}  // namespace

RamsisTable::RamsisTable(std::span<const RamsisModel> models, double arrivals)
    : choices_(kQueued * kPoints, kNone) {
  const std::vector<Action> actions = actions_of(models, arrivals);
  Values values;
  for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
    Values next(-std::numeric_limits<double>::infinity());
    for (const Action& action : actions) {
      improve(action, &action == &actions.front(), values, next, choices_);
    }
    if (replace(values, next) < kPrecision) break;
  }
}

std::optional<std::size_t> RamsisTable::choice(std::size_t queued, double left) const {
  const auto step = static_cast<std::size_t>(std::clamp(left, 0.0, 1.0) * kSteps + kRounding);
  const auto model = choices_[(std::clamp<std::size_t>(queued, 1, kQueued) - 1) * kPoints + step];
  if (model == kNone) return std::nullopt;
  return static_cast<std::size_t>(model);
}

}  // namespace cnnselect
