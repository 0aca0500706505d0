#include "engine/scheduler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "budget/saturating.h"

namespace cnnselect {
namespace {

bool may_be_given_up(const ScheduledRequest& request) {
  if (request.timing.sla == kForever) return false;
  return request.late == Late::kReject || (request.late == Late::kDevice && request.device);
}

/// Whether it waits for all others once it is late.
bool goes_last(const ScheduledRequest& request) {
  return request.late == Late::kLast || request.late == Late::kDevice;
}

/// The last moment that the request wants to wait for.
TimePoint expiry(const ScheduledRequest& request, TimePoint since) {
  return TimePoint(saturating_add(since.time_since_epoch(), request.timeout));
}

Duration fastest_mean(const ScheduledRequest& request, TimePoint now,
                      const ModelProfiles& profiles) {
  Duration fastest = kForever;
  for (const ModelId id : request.candidates) {
    fastest = std::min(fastest, profiles.candidate(id, now, {}).mean);
  }
  return fastest;
}

}  // namespace

Scheduler::Scheduler(SchedulerOptions options)
    : workers_(static_cast<std::size_t>(options.workers)),
      queue_(options.max_queue),
      behind_(options.max_queue),
      impatient_(2 * options.max_queue),
      expiring_(2 * options.max_queue),
      rng_(options.seed) {}

Status Scheduler::admit(ScheduledRequest request, TimePoint now) {
  const RequestId id = request.id;
  arrivals_.add(now);  // refused ones too: they are what the server is asked for
  if (!queue_.push(id, deadline(request.timing), request.priority)) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("Exceeds maximum queue size of {}", queue_.bound()));
  }
  if (may_be_given_up(request)) impatient_.push(id, deadline(request.timing));
  const TimePoint last = expiry(request, now);
  if (last != TimePoint::max()) expiring_.push(id, last);
  slack_.add(request.timing, request.way_back, now);
  if (slack_.mean() > Duration::zero()) bursts_.add(now, slack_.mean());
  clients_.arrives(requests_.size(), now);
  requests_.emplace(id, Admitted{.request = std::move(request), .since = now});
  return {};
}

std::optional<Start> Scheduler::next(TimePoint now, const ModelProfiles& profiles) {
  if (running() >= workers_) return std::nullopt;
  while (const auto id = queue_.pop()) {
    const Admitted& head = requests_.at(*id);
    if (const auto ended = over(head, now, profiles)) return end(*ended, now);
    const Choice choice = choose(head, now, profiles);
    const ScheduledRequest& request = head.request;
    const auto late =
        goes_last(request) ? hopeless(head, now, choice.fastest) : std::optional<Start>();
    const bool late_by_mean = late && !request.policy->puts_behind();
    if (!choice.others_first && !late_by_mean) return begin(choice, now);
    if (!behind_.push(*id, deadline(request.timing), request.priority)) {
      return late ? crowd_out(*late, now, profiles) : begin(choice, now);
    }
    if (late_by_mean || choice.start.reason == Reason::kFastestFallback) hopeless_.add(now);
  }
  const auto id = behind_.pop();
  if (!id) return std::nullopt;
  const Admitted& head = requests_.at(*id);
  if (const auto ended = over(head, now, profiles)) return end(*ended, now);
  return begin(choose(head, now, profiles), now);
}

Start Scheduler::crowd_out(Start newcomer, TimePoint now, const ModelProfiles& profiles) {
  newcomer.crowded_out = true;
  const ScheduledRequest& late = requests_.at(newcomer.request).request;
  const Admitted& longest = requests_.at(*behind_.front_of_last());
  const ScheduledRequest& other = longest.request;
  if (!goes_last(other) || other.priority < late.priority) return end(newcomer, now);
  auto leaves = hopeless(longest, now, fastest_mean(other, now, profiles));
  if (!leaves) return end(newcomer, now);
  leaves->crowded_out = true;
  end(*leaves, now);
  behind_.push(newcomer.request, deadline(late.timing), late.priority);
  hopeless_.add(now);
  return *leaves;
}

std::optional<Start> Scheduler::give_up(TimePoint now, const ModelProfiles& profiles) {
  for (const EdfQueue* const queue : {&expiring_, &impatient_}) {
    const auto id = queue->front();
    if (!id) continue;
    if (const auto ended = over(requests_.at(*id), now, profiles)) return end(*ended, now);
  }
  return std::nullopt;
}

TimePoint Scheduler::gives_up_at(TimePoint now, const ModelProfiles& profiles) const {
  // One tick later than the last moment: a budget that is just enough is enough, and so is a wait.
  constexpr Duration kTick(1);
  TimePoint when = TimePoint::max();
  if (const auto id = impatient_.front()) {
    const ScheduledRequest& request = requests_.at(*id).request;
    when = deadline(request.timing) - fastest_mean(request, now, profiles) + kTick;
  }
  if (const auto id = expiring_.front()) {
    const Admitted& waiting = requests_.at(*id);
    when = std::min(when, expiry(waiting.request, waiting.since) + kTick);
  }
  return when;
}

std::optional<Start> Scheduler::over(const Admitted& waiting, TimePoint now,
                                     const ModelProfiles& profiles) const {
  const ScheduledRequest& request = waiting.request;
  if (now > expiry(request, waiting.since)) {
    return Start{.request = request.id,
                 .model = request.candidates.front(),
                 .reason = Reason::kTimedOut,
                 .budget = budget_at(request.timing, request.threshold, now),
                 .queued = now - waiting.since};
  }
  if (!may_be_given_up(request)) return std::nullopt;
  return hopeless(waiting, now, fastest_mean(request, now, profiles));
}

std::optional<Start> Scheduler::hopeless(const Admitted& waiting, TimePoint now, Duration fastest) {
  const ScheduledRequest& request = waiting.request;
  const Budget budget = budget_at(request.timing, request.threshold, now);
  if (budget.soft >= fastest) return std::nullopt;
  const bool device = request.late == Late::kDevice && request.device;
  return Start{.request = request.id,
               .model = request.candidates.front(),
               .reason = device ? Reason::kUseDevice : Reason::kTooLate,
               .budget = budget,
               .queued = now - waiting.since,
               .fastest = fastest};
}

Start Scheduler::end(const Start& start, TimePoint now) {
  const bool counted = behind_.contains(start.request);
  if (start.fastest > Duration::zero() && !counted) hopeless_.add(now);
  stop_waiting(start.request);
  requests_.erase(start.request);
  return start;
}

bool Scheduler::stop_waiting(RequestId id) {
  impatient_.erase(id);
  expiring_.erase(id);
  return queue_.erase(id) || behind_.erase(id);
}

Scheduler::Choice Scheduler::choose(const Admitted& head, TimePoint now,
                                    const ModelProfiles& profiles) {
  const ScheduledRequest& request = head.request;
  snapshot(request, now, profiles);
  const Budget budget = budget_at(request.timing, request.threshold, now);
  Rng same = rng_;  // a wish draws what the choice will draw
  const Duration fastest = std::ranges::min(candidates_, {}, &Candidate::mean).mean;
  Selection selection = ask(head, budget, now, rng_);
  std::optional<ModelId> wished;
  if (!runs_nothing(selection.reason)) wished = candidates_[selection.chosen].model;
  if (count_cold_starts(budget)) selection = ask(head, budget, now, same);
  const Candidate& chosen = candidates_[selection.chosen];
  return {.start = {.request = request.id,
                    .model = chosen.model,
                    .reason = selection.reason,
                    .probability = probability_[selection.chosen],
                    .budget = budget,
                    .queued = now - head.since,
                    .wished = wished},
          .profiled = as_loaded(chosen),
          .expected = chosen.mean,
          .fastest = fastest,
          .others_first = selection.others_first};
}

Selection Scheduler::ask(const Admitted& head, const Budget& budget, TimePoint now, Rng& rng) {
  const ScheduledRequest& request = head.request;
  probability_.resize(candidates_.size());
  return request.policy->select({.candidates = candidates_,
                                 .budget = budget,
                                 .sla = request.timing.sla,
                                 .way_back = request.way_back,
                                 .output = request.timing.output,
                                 .waited = now - request.timing.received,
                                 .load = load_at(now),
                                 .device = request.device},
                                rng, probability_);
}

bool Scheduler::count_cold_starts(const Budget& budget) {
  const auto is_cold = [](const Candidate& model) { return model.cold_start > Duration::zero(); };
  const auto cannot = [](const Candidate& model) { return model.cold_start == kForever; };
  if (std::ranges::none_of(candidates_, is_cold)) return false;
  if (std::ranges::all_of(candidates_, cannot)) return false;
  const bool all_cold = std::ranges::all_of(candidates_, is_cold);
  std::erase_if(candidates_, [&](const Candidate& model) {
    if (cannot(model)) return true;
    return is_cold(model) && !all_cold && model.mean + model.cold_start > budget.soft;
  });
  cold_times_.resize(std::max(cold_times_.size(), candidates_.size()));
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    Candidate& model = candidates_[i];
    if (!is_cold(model)) continue;
    model.profiled = as_loaded(model);
    model.mean += model.cold_start;
    cold_times_[i].assign(model.times.begin(), model.times.end());
    for (Duration& time : cold_times_[i]) time += model.cold_start;
    model.times = cold_times_[i];
  }
  return true;
}

Start Scheduler::begin(const Choice& choice, TimePoint now) {
  if (runs_nothing(choice.start.reason)) return end(choice.start, now);
  stop_waiting(choice.start.request);
  Admitted& admitted = requests_.at(choice.start.request);
  admitted.model = choice.start.model;
  admitted.profiled = choice.profiled;
  admitted.expected_end = now + choice.expected;
  expected_ends_ += admitted.expected_end.time_since_epoch();
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
  const auto running = static_cast<Duration::rep>(this->running());
  const Duration still = expected_ends_ - running * now.time_since_epoch();
  return {.waiting = queue_.size(),
          .workers = workers_,
          .running_work = std::max(still, Duration::zero()),
          .usual_slack = slack_.mean(),
          .usual_chance = slack_.chance(),
          .clients = clients_.clients(),
          .burst = bursts_.more(now, rate),
          .arrivals_per_second = std::max(rate - hopeless_.per_second(now), 0.0),
          .period_arrivals_per_second = arrivals_.at_period_begin(now, rate),
          .slowdown_mean = slowdown_.mean(),
          .slowdown_deviation = slowdown_.deviation()};
}

void Scheduler::finished(RequestId id, std::optional<Duration> took, TimePoint now) {
  assert(!queue_.contains(id) && !behind_.contains(id));
  const auto ended = requests_.find(id);
  --running_[ended->second.model.value];
  // Before a model has warmed up nothing is known that its time could be compared with.
  const Duration profiled = ended->second.profiled;
  if (took && profiled > Duration::zero()) slowdown_.add(*took, profiled);
  expected_ends_ -= ended->second.expected_end.time_since_epoch();
  requests_.erase(ended);
  clients_.leaves(requests_.size(), now);
}

CancelAction Scheduler::cancel(RequestId id) {
  if (stop_waiting(id)) {
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
      stop_waiting(*id);
      requests_.erase(*id);
      removed.push_back(*id);
    }
  }
  return removed;
}

}  // namespace cnnselect
