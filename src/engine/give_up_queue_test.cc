#include "engine/give_up_queue.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

const TimePoint kNoon{1h};
const std::vector<ModelId> kFast = {ModelId{0}, ModelId{1}};
const std::vector<ModelId> kSlow = {ModelId{1}};

Duration fastest(std::span<const ModelId> candidates) {
  return candidates.front() == ModelId{0} ? 10ms : 100ms;
}

TEST(GiveUpQueue, WhoHasTheSlowerFastestModelMayBeFirstDespiteALaterDeadline) {
  GiveUpQueue waiting;
  EXPECT_FALSE(waiting.first(fastest));
  waiting.add(RequestId{1}, kFast, kNoon + 50ms);
  waiting.add(RequestId{2}, kSlow, kNoon + 120ms);
  EXPECT_EQ(waiting.first(fastest), RequestId{2}) << "20 ms are left of its time, and 40 of ours";
  waiting.remove(RequestId{2}, kSlow, kNoon + 120ms);
  EXPECT_EQ(waiting.first(fastest), RequestId{1});
  waiting.remove(RequestId{2}, kSlow, kNoon + 120ms);
  waiting.remove(RequestId{1}, kFast, kNoon + 50ms);
  EXPECT_FALSE(waiting.first(fastest));
}

RC_GTEST_PROP(GiveUpQueue, FindsWhoeverASearchThroughAllFinds, ()) {
  GiveUpQueue waiting;
  std::map<RequestId, std::pair<std::vector<ModelId>, TimePoint>> all;
  const auto steps = *rc::gen::inRange<std::uint64_t>(1, 60);
  for (std::uint64_t i = 1; i <= steps; ++i) {
    if (!all.empty() && *rc::gen::inRange(0, 3) == 0) {
      const auto& [id, what] = *all.begin();
      waiting.remove(id, what.first, what.second);
      all.erase(all.begin());
    }
    const auto& candidates = *rc::gen::element(kFast, kSlow);
    const TimePoint deadline = kNoon + Duration(*rc::gen::inRange<std::int64_t>(0, 300'000'000));
    waiting.add(RequestId{i}, candidates, deadline);
    all.emplace(RequestId{i}, std::pair(candidates, deadline));
    TimePoint least = TimePoint::max();
    for (const auto& [id, what] : all) {
      least = std::min(least, what.second - fastest(what.first));
    }
    const auto& [of, when] = all.at(waiting.first(fastest).value());
    RC_ASSERT(when - fastest(of) == least);
  }
}

}  // namespace
}  // namespace cnnselect
