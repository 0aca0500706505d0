// Whatever happens in whatever order: no request is lost, none runs twice, bounds hold.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "engine/scheduler.h"
#include "engine/testing/fixed_profiles.h"
#include "select/registry.h"
#include "select/testing/table5.h"

namespace cnnselect {
namespace {

enum class RequestState { kWaiting, kRunning, kEnded };

// A scheduler beside a plain account of what must be true of it. Where its policy or their being
// late may put requests behind others, they start in another order, and as many again may wait.
class World {
 public:
  World(int workers, std::size_t bound, const std::string& policy, Late late)
      : workers_(static_cast<std::size_t>(workers)),
        bound_(bound),
        late_(late),
        policy_(make_selector(policy).value()),
        reorders_(policy_->puts_behind() || late == Late::kLast),
        scheduler_({.workers = workers, .max_queue = bound, .seed = 3}) {}

  void admit() {
    const RequestId id{++last_id_};
    const auto chosen_by_bit = *rc::gen::inRange<std::uint32_t>(1, 1U << 11U);
    ScheduledRequest request{
        .id = id,
        .candidates = {},
        .terms = {
            .timing = {.sla = Duration(*rc::gen::inRange<std::int64_t>(-1'000'000, 400'000'000)),
                       .received = now_},
            .threshold = Duration(*rc::gen::inRange<std::int64_t>(0, 20'000'000)),
            .policy = policy_.get(),
            .late = late_,
            .priority = *rc::gen::inRange<std::uint32_t>(1, 4),
            .timeout = *rc::gen::element(kForever, Duration(*rc::gen::inRange(0, 100'000'000)))}};
    const RequestTerms& terms = request.terms;
    for (std::uint32_t model = 0; model < 11; ++model) {
      if (((chosen_by_bit >> model) & 1U) != 0) request.candidates.push_back(ModelId{model});
    }
    candidates_[id] = request.candidates;
    ranks_[id] = {terms.priority, deadline(terms.timing), id};
    const bool patient = terms.timeout == kForever;
    wait_until_[id] = patient ? TimePoint::max() : now_ + terms.timeout;
    const bool full = count(RequestState::kWaiting) >= bound_;
    const Status admitted = scheduler_.admit(std::move(request), now_);
    RC_ASSERT(admitted.has_value() || full);
    RC_ASSERT(reorders_ || admitted.has_value() == !full);
    states_[id] = admitted ? RequestState::kWaiting : RequestState::kEnded;
  }

  void start() {
    const auto next = scheduler_.next(now_, profiles_);
    const bool possible =
        count(RequestState::kRunning) < workers_ && count(RequestState::kWaiting) > 0;
    RC_ASSERT(next.has_value() == possible);
    if (!next) return;
    if (const auto* const over = std::get_if<GivenUp>(&*next)) return ended_by_next(*over);
    const Start* const start = &std::get<Start>(*next);
    RC_ASSERT(states_.at(start->request) == RequestState::kWaiting);
    for (const auto& [id, state] : states_) {
      if (state != RequestState::kWaiting) continue;
      RC_ASSERT(reorders_ || ranks_.at(start->request) <= ranks_.at(id));
    }
    RC_ASSERT(std::ranges::count(candidates_.at(start->request), start->model) == 1);
    RC_ASSERT(start->queued >= Duration::zero());
    RC_ASSERT(now_ <= wait_until_.at(start->request));
    // The policy has no say in who is late.
    if (late_ == Late::kLast && !policy_->puts_behind() && !can_be_in_time(start->request)) {
      for (const auto& [id, state] : states_) {
        RC_ASSERT(state != RequestState::kWaiting || !can_be_in_time(id));
      }
    }
    RC_ASSERT(start->probability > 0 && start->probability <= 1);
    states_[start->request] = RequestState::kRunning;
  }

  void ended_by_next(const GivenUp& over) {
    RC_ASSERT(states_.at(over.request) == RequestState::kWaiting);
    RC_ASSERT(over.queued >= Duration::zero());
    RC_ASSERT((over.why == ErrorCode::kTimedOut) == (now_ > wait_until_.at(over.request)));
    if (over.why == ErrorCode::kTooLate) {
      RC_ASSERT(late_ == Late::kLast && over.queue_full && !can_be_in_time(over.request));
      RC_ASSERT(waiting_late() > bound_);
    }
    states_[over.request] = RequestState::kEnded;
  }

  // Everybody whose timeout has passed, whether a worker is free or not, and nobody else.
  void give_up() {
    TimePoint next = TimePoint::max();
    for (const auto& [id, state] : states_) {
      if (state == RequestState::kWaiting) next = std::min(next, wait_until_.at(id));
    }
    if (next != TimePoint::max()) next += Duration(1);
    RC_ASSERT(scheduler_.gives_up_at(now_, profiles_) == next);
    while (const auto ended = scheduler_.give_up(now_, profiles_)) {
      RC_ASSERT(ended->why == ErrorCode::kTimedOut);
      RC_ASSERT(states_.at(ended->request) == RequestState::kWaiting);
      RC_ASSERT(now_ > wait_until_.at(ended->request));
      states_[ended->request] = RequestState::kEnded;
    }
    for (const auto& [id, state] : states_) {
      RC_ASSERT(state != RequestState::kWaiting || now_ <= wait_until_.at(id));
    }
  }

  void finish() {
    const auto running = std::ranges::find(states_, RequestState::kRunning,
                                           [](const auto& entry) { return entry.second; });
    if (running == states_.end()) return;
    const auto took = *rc::gen::element<std::optional<Duration>>(std::nullopt, from_ms(20));
    scheduler_.finished(running->first, took, now_);
    running->second = RequestState::kEnded;
  }

  void cancel() {
    const RequestId id{*rc::gen::inRange<std::uint64_t>(0, last_id_ + 2)};
    const auto known = states_.find(id);
    const CancelAction action = scheduler_.cancel(id);
    if (known == states_.end() || known->second == RequestState::kEnded) {
      RC_ASSERT(action == CancelAction::kNone);
    } else if (known->second == RequestState::kWaiting) {
      RC_ASSERT(action == CancelAction::kRemoved);
      known->second = RequestState::kEnded;
    } else {
      RC_ASSERT(action == CancelAction::kStop);
    }
  }

  // In order, and exactly those who waited.
  void remove_waiting() {
    std::vector<RequestId> removed = scheduler_.remove_waiting();
    RC_ASSERT(removed.size() == count(RequestState::kWaiting));
    for (const RequestId id : removed) {
      RC_ASSERT(states_.at(id) == RequestState::kWaiting);
      states_[id] = RequestState::kEnded;
    }
    RC_ASSERT(reorders_ ||
              std::ranges::is_sorted(removed, {}, [this](RequestId id) { return ranks_.at(id); }));
  }

  void let_time_pass() { now_ += Duration(*rc::gen::inRange<std::int64_t>(0, 50'000'000)); }

  void check() const {
    RC_ASSERT(scheduler_.waiting() == count(RequestState::kWaiting));
    RC_ASSERT(scheduler_.running() == count(RequestState::kRunning));
    RC_ASSERT(scheduler_.waiting() <= (reorders_ ? 2 : 1) * bound_);
    RC_ASSERT(scheduler_.running() <= workers_);
  }

  void run_dry() {
    while (count(RequestState::kWaiting) + count(RequestState::kRunning) > 0) {
      finish();
      start();
    }
    check();
  }

 private:
  bool can_be_in_time(RequestId id) const {
    Duration fastest = kForever;
    for (const ModelId model : candidates_.at(id)) {
      fastest = std::min(fastest, profiles_.candidate(model, now_, {}).mean);
    }
    return std::get<TimePoint>(ranks_.at(id)) - now_ >= fastest;
  }

  std::size_t waiting_late() const {
    return static_cast<std::size_t>(std::ranges::count_if(states_, [this](const auto& entry) {
      return entry.second == RequestState::kWaiting && !can_be_in_time(entry.first);
    }));
  }

  std::size_t count(RequestState state) const {
    return static_cast<std::size_t>(
        std::ranges::count(states_, state, [](const auto& entry) { return entry.second; }));
  }

  std::size_t workers_;
  std::size_t bound_;
  Late late_;
  std::unique_ptr<Selector> policy_;
  bool reorders_;
  Scheduler scheduler_;
  FixedProfiles profiles_{table5()};
  TimePoint now_{std::chrono::hours(1)};
  std::uint64_t last_id_ = 0;
  std::map<RequestId, RequestState> states_;
  std::map<RequestId, std::vector<ModelId>> candidates_;
  std::map<RequestId, std::tuple<std::uint32_t, TimePoint, RequestId>> ranks_;
  std::map<RequestId, TimePoint> wait_until_;
};

TEST(SchedulerProperty, NoRequestIsLostAndNoneRunsTwice) {
  EXPECT_TRUE(rc::check([] {
    World world(*rc::gen::inRange(1, 4), *rc::gen::inRange<std::size_t>(1, 6),
                *rc::gen::element<std::string>("cnnselect", "model-switching", "ontime"),
                *rc::gen::element(Late::kAnswer, Late::kLast));
    const auto events = *rc::gen::inRange(0, 300);
    for (int i = 0; i < events; ++i) {
      const auto event = *rc::gen::weightedElement<void (World::*)()>({{7, &World::admit},
                                                                       {3, &World::start},
                                                                       {3, &World::finish},
                                                                       {3, &World::cancel},
                                                                       {2, &World::give_up},
                                                                       {1, &World::remove_waiting},
                                                                       {3, &World::let_time_pass}});
      (world.*event)();
      world.check();
    }
    world.run_dry();
  }));
}

}  // namespace
}  // namespace cnnselect
