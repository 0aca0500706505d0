#include "engine/scheduler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "budget/saturating.h"

namespace cnnselect {
namespace {

bool may_be_given_up(const RequestTerms& terms) {
  if (!terms.has_sla()) return false;
  return terms.late == Late::kReject || (terms.late == Late::kDevice && terms.device);
}

/// Whether it waits for all others once it is late.
bool goes_last(const RequestTerms& terms) {
  return terms.late == Late::kLast || terms.late == Late::kDevice;
}

/// The last moment that the request wants to wait for.
TimePoint timeout_at(const RequestTerms& terms, TimePoint since) {
  return TimePoint(saturating_add(since.time_since_epoch(), terms.timeout));
}

Duration fastest_mean(std::span<const ModelId> candidates, TimePoint now,
                      const ModelProfiles& profiles) {
  Duration fastest = kForever;
  for (const ModelId id : candidates) {
    fastest = std::min(fastest, profiles.candidate(id, now, {}).mean);
  }
  return fastest;
}

/// fastest_mean() as GiveUpQueue::first() wants it.
auto fastest_at(TimePoint now, const ModelProfiles& profiles) {
  return [now, &profiles](std::span<const ModelId> candidates) {
    return fastest_mean(candidates, now, profiles);
  };
}

}  // namespace

Scheduler::Scheduler(SchedulerOptions options)
    : workers_(static_cast<std::size_t>(options.workers)),
      queue_(options.max_queue),
      behind_(options.max_queue),
      timeouts_(2 * options.max_queue),
      rng_(options.seed) {}

Status Scheduler::admit(ScheduledRequest request, TimePoint now) {
  const RequestId id = request.id;
  const RequestTerms& terms = request.terms;
  arrivals_.add(now);  // refused ones too: they are what the server is asked for
  if (!queue_.push(id, deadline(terms.timing), terms.priority)) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("Exceeds maximum queue size of {}", queue_.bound()));
  }
  if (may_be_given_up(terms)) may_be_given_up_.add(id, request.candidates, deadline(terms.timing));
  const TimePoint last = timeout_at(terms, now);
  if (last != TimePoint::max()) timeouts_.push(id, last);
  slack_.add(terms.timing, terms.way_back, now);
  if (slack_.mean() > Duration::zero()) bursts_.add(now, slack_.mean());
  clients_.arrives(requests_.size(), now);
  requests_.emplace(id, Admitted{.request = std::move(request), .since = now});
  return {};
}

std::optional<NextStep> Scheduler::next(TimePoint now, const ModelProfiles& profiles) {
  if (running() >= workers_) return std::nullopt;
  while (const auto id = queue_.pop()) {
    const Admitted& head = requests_.at(*id);
    if (const auto ended = over(head, now, profiles)) return end(*ended, now);
    const Choice choice = choose(head, now, profiles);
    const RequestTerms& terms = head.request.terms;
    const auto late =
        goes_last(terms) ? end_if_late(head, now, choice.fastest) : std::optional<GivenUp>();
    const bool late_by_mean = late && !terms.policy->puts_behind();
    if (!choice.others_first && !late_by_mean) return begin(choice, now);
    if (!behind_.push(*id, deadline(terms.timing), terms.priority)) {
      if (late) return make_room(*late, now, profiles);
      return begin(choice, now);
    }
    if (late_by_mean || choice.start.reason == Reason::kFastestFallback) late_arrivals_.add(now);
  }
  const auto id = behind_.pop();
  if (!id) return std::nullopt;
  const Admitted& head = requests_.at(*id);
  if (const auto ended = over(head, now, profiles)) return end(*ended, now);
  return begin(choose(head, now, profiles), now);
}

GivenUp Scheduler::make_room(GivenUp newcomer, TimePoint now, const ModelProfiles& profiles) {
  newcomer.queue_full = true;
  const RequestTerms& late = requests_.at(newcomer.request).request.terms;
  const Admitted& longest = requests_.at(*behind_.front_of_last());
  const RequestTerms& other = longest.request.terms;
  if (!goes_last(other) || other.priority < late.priority) return end(newcomer, now);
  auto leaves = over(longest, now, profiles);  // its timeout may have passed
  if (!leaves) {
    leaves = end_if_late(longest, now, fastest_mean(longest.request.candidates, now, profiles));
    if (!leaves) return end(newcomer, now);
    leaves->queue_full = true;
  }
  end(*leaves, now);
  behind_.push(newcomer.request, deadline(late.timing), late.priority);
  late_arrivals_.add(now);
  return *leaves;
}

std::optional<GivenUp> Scheduler::give_up(TimePoint now, const ModelProfiles& profiles) {
  for (const auto id : {timeouts_.front(), may_be_given_up_.first(fastest_at(now, profiles))}) {
    if (!id) continue;
    if (const auto ended = over(requests_.at(*id), now, profiles)) return end(*ended, now);
  }
  return std::nullopt;
}

TimePoint Scheduler::gives_up_at(TimePoint now, const ModelProfiles& profiles) const {
  // One tick later than the last moment: a budget that is just enough is enough, and so is a wait.
  constexpr Duration kTick(1);
  TimePoint when = TimePoint::max();
  if (const auto id = may_be_given_up_.first(fastest_at(now, profiles))) {
    const ScheduledRequest& request = requests_.at(*id).request;
    when = deadline(request.terms.timing) - fastest_mean(request.candidates, now, profiles) + kTick;
  }
  if (const auto id = timeouts_.front()) {
    const Admitted& waiting = requests_.at(*id);
    when = std::min(when, timeout_at(waiting.request.terms, waiting.since) + kTick);
  }
  return when;
}

std::optional<GivenUp> Scheduler::over(const Admitted& waiting, TimePoint now,
                                       const ModelProfiles& profiles) const {
  const RequestTerms& terms = waiting.request.terms;
  if (now > timeout_at(terms, waiting.since)) {
    return GivenUp{.request = waiting.request.id,
                   .why = ErrorCode::kTimedOut,
                   .budget = budget_at(terms.timing, terms.threshold, now),
                   .queued = now - waiting.since};
  }
  if (!may_be_given_up(terms)) return std::nullopt;
  return end_if_late(waiting, now, fastest_mean(waiting.request.candidates, now, profiles));
}

std::optional<GivenUp> Scheduler::end_if_late(const Admitted& waiting, TimePoint now,
                                              Duration fastest) {
  const RequestTerms& terms = waiting.request.terms;
  const Budget budget = budget_at(terms.timing, terms.threshold, now);
  if (budget.soft >= fastest) return std::nullopt;
  const bool device = terms.late == Late::kDevice && terms.device;
  return GivenUp{.request = waiting.request.id,
                 .why = device ? ErrorCode::kUseDevice : ErrorCode::kTooLate,
                 .budget = budget,
                 .queued = now - waiting.since,
                 .fastest = fastest};
}

GivenUp Scheduler::end(const GivenUp& ended, TimePoint now) {
  const bool counted = behind_.contains(ended.request);
  if (ended.fastest && !counted) late_arrivals_.add(now);
  stop_waiting(requests_.at(ended.request).request);
  requests_.erase(ended.request);
  return ended;
}

bool Scheduler::stop_waiting(const ScheduledRequest& request) {
  const RequestId id = request.id;
  may_be_given_up_.remove(id, request.candidates, deadline(request.terms.timing));
  timeouts_.erase(id);
  return queue_.erase(id) || behind_.erase(id);
}

Scheduler::Choice Scheduler::choose(const Admitted& head, TimePoint now,
                                    const ModelProfiles& profiles) {
  const ScheduledRequest& request = head.request;
  snapshot(request, now, profiles);
  const Budget budget = budget_at(request.terms.timing, request.terms.threshold, now);
  Rng same = rng_;  // a wish draws what the choice will draw
  const Duration fastest = std::ranges::min(candidates_, {}, &Candidate::mean).mean;
  Selection selection = ask(head, budget, now, rng_);
  std::optional<ModelId> wished;
  if (selection.reason != Reason::kUseDevice) wished = candidates_[selection.chosen].model;
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
  const RequestTerms& request = head.request.terms;
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

NextStep Scheduler::begin(const Choice& choice, TimePoint now) {
  const Start& start = choice.start;
  if (start.reason == Reason::kUseDevice) {
    return end({.request = start.request,
                .why = ErrorCode::kUseDevice,
                .budget = start.budget,
                .queued = start.queued},
               now);
  }
  Admitted& admitted = requests_.at(start.request);
  stop_waiting(admitted.request);
  admitted.model = start.model;
  admitted.profiled = choice.profiled;
  admitted.expected_end = now + choice.expected;
  expected_ends_ += admitted.expected_end.time_since_epoch();
  ++running_[start.model.value];
  return start;
}

void Scheduler::snapshot(const ScheduledRequest& request, TimePoint now,
                         const ModelProfiles& profiles) {
  const std::size_t each = request.terms.policy->reads_distributions() ? kProfileTimes : 0;
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
          .arrivals_per_second = std::max(rate - late_arrivals_.per_second(now), 0.0),
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
  const auto known = requests_.find(id);
  if (known == requests_.end()) return CancelAction::kNone;
  if (!stop_waiting(known->second.request)) return CancelAction::kStop;
  requests_.erase(known);
  return CancelAction::kRemoved;
}

std::vector<RequestId> Scheduler::remove_waiting() {
  std::vector<RequestId> removed;
  removed.reserve(waiting());
  for (EdfQueue* const queue : {&queue_, &behind_}) {
    while (const auto id = queue->pop()) {
      stop_waiting(requests_.at(*id).request);
      requests_.erase(*id);
      removed.push_back(*id);
    }
  }
  return removed;
}

}  // namespace cnnselect
