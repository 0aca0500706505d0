// For tests of the scheduler: two models, and requests to them.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/scheduler.h"
#include "engine/testing/fixed_profiles.h"
#include "select/registry.h"
#include "select/testing/table5.h"

namespace cnnselect {

inline constexpr TimePoint kNow{std::chrono::hours(1)};

/// What is next, known to be a run.
inline Start next_start(Scheduler& scheduler, TimePoint now, const ModelProfiles& profiles) {
  return std::get<Start>(scheduler.next(now, profiles).value());
}

/// What is next, known to be an end without one.
inline GivenUp next_end(Scheduler& scheduler, TimePoint now, const ModelProfiles& profiles) {
  return std::get<GivenUp>(scheduler.next(now, profiles).value());
}

class SchedulerTest : public testing::Test {
 protected:
  // Model 0: 10 ms +- 1, 60 %. Model 1: 50 ms +- 2, 80 %.
  const FixedProfiles profiles_{{candidate(0.6, 10, 1, 0), candidate(0.8, 50, 2, 1)}};
  const std::unique_ptr<Selector> greedy_ = make_selector("budget-greedy").value();

  ScheduledRequest request(std::uint64_t id, Duration sla, TimePoint received = kNow) const {
    return {.id = RequestId{id},
            .candidates = {ModelId{0}, ModelId{1}},
            .terms = {.timing = {.sla = sla, .received = received}, .policy = greedy_.get()}};
  }

  /// Runs all who wait, one after another, each taking no time; the order in which they start.
  std::vector<std::uint64_t> run_all(Scheduler& scheduler) const {
    std::vector<std::uint64_t> order;
    while (const auto next = scheduler.next(kNow, profiles_)) {
      const auto& start = std::get<Start>(*next);
      order.push_back(start.request.value);
      scheduler.finished(start.request, std::nullopt, kNow);
    }
    return order;
  }
};

}  // namespace cnnselect
