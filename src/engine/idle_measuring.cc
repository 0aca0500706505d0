#include "engine/idle_measuring.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "stats/latency_learner.h"

namespace cnnselect {
namespace {

/// While requests are there: how often to look whether they have left.
constexpr Duration kBusyLook = std::chrono::milliseconds(10);

bool agrees(Duration time, Duration expected) {
  return std::chrono::abs(time - expected) <= expected / 4;
}

}  // namespace

bool IdleMeasuring::holds(const State& state, const MeasuredModel& model) {
  return state.switches == model.switches && (model.doubtful || state.evidence_of == model.latest);
}

bool IdleMeasuring::urgent(const State& state, const MeasuredModel& model) {
  return model.doubtful || (!state.evidence.empty() && holds(state, model));
}

TimePoint IdleMeasuring::due(const State& state, const MeasuredModel& model) const {
  if (!model.measurable) return TimePoint::max();
  if (urgent(state, model)) return state.not_before;
  const int periods = model.latest == state.believed ? state.patience : 1;
  return std::max(state.not_before, model.latest + (period_ * periods));
}

IdleMeasuring::Next IdleMeasuring::next(std::span<const MeasuredModel> models,
                                        const Presence& presence, TimePoint now) const {
  TimePoint first_due = now + kLookAgain;
  std::optional<std::size_t> best;
  // Doubts first, the quickest of them; then who has been due for longest.
  const auto rank = [&](std::size_t i) {
    const bool soon = urgent(states_[i], models[i]);
    return std::tuple(!soon, soon ? models[i].expected : Duration::zero(),
                      due(states_[i], models[i]));
  };
  for (std::size_t i = 0; i < models.size(); ++i) {
    const TimePoint when = due(states_[i], models[i]);
    if (when > now) {
      first_due = std::min(first_due, when);
    } else if (!best || rank(i) < rank(*best)) {
      best = i;
    }
  }
  if (!best) return {.model = std::nullopt, .again = first_due};
  const TimePoint quiet = presence.requests > 0 ? now + kBusyLook : presence.since + kQuiet;
  const TimePoint begin = std::max(rest_until_, quiet);
  if (begin > now) return {.model = std::nullopt, .again = begin};
  return {.model = ModelId{static_cast<std::uint32_t>(*best)}, .again = now};
}

std::vector<Duration> IdleMeasuring::ended(ModelId id, const MeasuredModel& model, End end,
                                           Duration took, TimePoint now) {
  State& state = states_[id.value];
  rest_until_ = now + (took * kRest);
  if (end == End::kStopped) {
    wait_longer(state, period_ / 10, now);
    return {};
  }
  if (end == End::kDisturbed) {
    wait_longer(state, period_, now);
    return {};
  }
  state.wait = Duration::zero();
  state.not_before = now;
  if (!holds(state, model)) state.evidence.clear();
  state.evidence_of = model.latest;
  state.switches = model.switches;
  state.evidence.push_back(took + model.preparing);
  if (!is_enough(state, model)) return {};
  const bool confirmed = state.evidence.size() == 1;
  state.patience = confirmed ? std::min(state.patience * 2, kMostPatience) : 1;
  state.believed = now;
  return std::exchange(state.evidence, {});
}

bool IdleMeasuring::is_enough(const State& state, const MeasuredModel& model) {
  const std::size_t runs = state.evidence.size();
  if (runs >= LatencyLearner::kFar) return true;
  return !model.doubtful && runs == 1 && agrees(state.evidence.front(), model.expected);
}

void IdleMeasuring::wait_longer(State& state, Duration most, TimePoint now) const {
  const Duration least = std::min(kFirstWait, most);
  state.wait = std::clamp(state.wait * 2, least, std::max(least, most));
  state.not_before = now + state.wait;
}

}  // namespace cnnselect
