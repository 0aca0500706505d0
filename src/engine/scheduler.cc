#include "engine/scheduler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace cnnselect {

Scheduler::Scheduler(SchedulerOptions options)
    : workers_(static_cast<std::size_t>(options.workers)),
      queue_(options.max_queue),
      behind_(options.max_queue),
      rng_(options.seed) {}

Status Scheduler::admit(ScheduledRequest request, TimePoint now) {
  const RequestId id = request.id;
  arrivals_.add(now);  // refused ones too: they are what the server is asked for
  if (!queue_.push(id, deadline(request.timing))) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("Exceeds maximum queue size of {}", queue_.bound()));
  }
  requests_.emplace(id, Admitted{.request = std::move(request), .since = now});
  return {};
}

std::optional<Start> Scheduler::next(TimePoint now, const ModelProfiles& profiles) {
  if (running() >= workers_) return std::nullopt;
  while (const auto id = queue_.pop()) {
    const Admitted& head = requests_.at(*id);
    const Choice choice = choose(head, now, profiles);
    if (!choice.others_first) return begin(choice);
    if (!behind_.push(*id, deadline(head.request.timing))) return begin(choice);
    if (choice.start.reason == Reason::kFastestFallback) hopeless_.add(now);
  }
  const auto id = behind_.pop();
  if (!id) return std::nullopt;
  return begin(choose(requests_.at(*id), now, profiles));
}

Scheduler::Choice Scheduler::choose(const Admitted& head, TimePoint now,
                                    const ModelProfiles& profiles) {
  const ScheduledRequest& request = head.request;
  snapshot(request, now, profiles);
  probability_.resize(candidates_.size());
  const Budget budget = budget_at(request.timing, request.threshold, now);
  const Selection selection = request.policy->select({.candidates = candidates_,
                                                      .budget = budget,
                                                      .sla = request.timing.sla,
                                                      .way_back = request.way_back,
                                                      .output = request.timing.output,
                                                      .waited = now - request.timing.received,
                                                      .load = load_at(now),
                                                      .device = request.device},
                                                     rng_, probability_);
  const Candidate& chosen = candidates_[selection.chosen];
  return {.start = {.request = request.id,
                    .model = chosen.model,
                    .reason = selection.reason,
                    .probability = probability_[selection.chosen],
                    .budget = budget,
                    .queued = now - head.since},
          .profiled = as_loaded(chosen),
          .others_first = selection.others_first};
}

Start Scheduler::begin(const Choice& choice) {
  Admitted& admitted = requests_.at(choice.start.request);
  admitted.model = choice.start.model;
  admitted.profiled = choice.profiled;
  ++running_[choice.start.model.value];
  return choice.start;
}

void Scheduler::snapshot(const ScheduledRequest& request, TimePoint now,
                         const ModelProfiles& profiles) {
  const std::size_t each = request.policy->reads_distributions() ? kProfileTimes : 0;
  times_.resize(request.candidates.size() * each);
  candidates_.clear();
  for (std::size_t i = 0; i < request.candidates.size(); ++i) {
    const ModelId id = request.candidates[i];
    if (id.value >= running_.size()) running_.resize(id.value + 1);
    const auto space = std::span(times_).subspan(i * each, each);
    candidates_.push_back(profiles.candidate(id, now, space));
    candidates_.back().running = running_[id.value];
  }
}

LoadView Scheduler::load_at(TimePoint now) const {
  const double rate = arrivals_.per_second(now);
  return {.waiting = queue_.size(),
          .workers = workers_,
          .arrivals_per_second = std::max(rate - hopeless_.per_second(now), 0.0),
          .period_arrivals_per_second = arrivals_.at_period_begin(now, rate),
          .slowdown_mean = slowdown_.mean(),
          .slowdown_deviation = slowdown_.deviation()};
}

void Scheduler::finished(RequestId id, std::optional<Duration> took) {
  assert(!queue_.contains(id) && !behind_.contains(id));
  const auto ended = requests_.find(id);
  --running_[ended->second.model.value];
  if (took) slowdown_.add(*took, ended->second.profiled);
  requests_.erase(ended);
}

CancelAction Scheduler::cancel(RequestId id) {
  if (queue_.erase(id) || behind_.erase(id)) {
    requests_.erase(id);
    return CancelAction::kRemoved;
  }
  return requests_.contains(id) ? CancelAction::kStop : CancelAction::kNone;
}

std::vector<RequestId> Scheduler::remove_waiting() {
  std::vector<RequestId> removed;
  removed.reserve(waiting());
  for (EdfQueue* const queue : {&queue_, &behind_}) {
    while (const auto id = queue->pop()) {
      requests_.erase(*id);
      removed.push_back(*id);
    }
  }
  return removed;
}

}  // namespace cnnselect
