#include "engine/queue.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <tuple>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TimePoint at(int ms) { return TimePoint(std::chrono::milliseconds(ms)); }

TEST(EdfQueue, GivesTheEarliestDeadlineFirst) {
  EdfQueue queue(10);
  queue.push(RequestId{1}, at(300));
  queue.push(RequestId{2}, at(100));
  queue.push(RequestId{3}, at(200));
  EXPECT_EQ(queue.pop(), RequestId{2});
  EXPECT_EQ(queue.pop(), RequestId{3});
  EXPECT_EQ(queue.pop(), RequestId{1});
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(EdfQueue, BreaksTiesByArrival) {
  EdfQueue queue(10);
  queue.push(RequestId{8}, TimePoint::max());
  queue.push(RequestId{7}, TimePoint::max());
  EXPECT_EQ(queue.pop(), RequestId{7});
}

TEST(EdfQueue, GivesAHigherPriorityFirstHoweverUrgentTheOthersAre) {
  EdfQueue queue(3);
  queue.push(RequestId{1}, at(1), 2);
  queue.push(RequestId{2}, at(300), 1);
  queue.push(RequestId{3}, at(200), 1);
  EXPECT_FALSE(queue.push(RequestId{4}, at(0), 1)) << "one bound for all";
  EXPECT_EQ(queue.front(), RequestId{3});
  EXPECT_TRUE(queue.erase(RequestId{3}));
  EXPECT_EQ(queue.pop(), RequestId{2});
  EXPECT_EQ(queue.pop(), RequestId{1});
}

TEST(EdfQueue, RefusesOneMoreThanItsBound) {
  EdfQueue queue(2);
  EXPECT_TRUE(queue.push(RequestId{1}, at(1)));
  EXPECT_TRUE(queue.push(RequestId{2}, at(2)));
  EXPECT_FALSE(queue.push(RequestId{3}, at(0))) << "however urgent";
  EXPECT_EQ(queue.size(), 2U);
  queue.pop();
  EXPECT_TRUE(queue.push(RequestId{3}, at(0)));
}

TEST(EdfQueue, ErasesOnlyWhatIsIn) {
  EdfQueue queue(2);
  queue.push(RequestId{1}, at(1));
  EXPECT_FALSE(queue.erase(RequestId{2}));
  EXPECT_TRUE(queue.contains(RequestId{1}));
  EXPECT_TRUE(queue.erase(RequestId{1}));
  EXPECT_FALSE(queue.erase(RequestId{1}));
  EXPECT_FALSE(queue.contains(RequestId{1}));
  EXPECT_TRUE(queue.empty());
}

TEST(EdfQueueProperty, SortsByPriorityThenDeadlineThenArrival) {
  EXPECT_TRUE(rc::check([](const std::vector<std::pair<std::uint8_t, int>>& waiting) {
    EdfQueue queue(waiting.size());
    std::vector<std::tuple<std::uint32_t, int, std::uint64_t>> expected;
    for (std::uint64_t i = 0; i < waiting.size(); ++i) {
      const auto& [priority, deadline] = waiting[i];
      RC_ASSERT(queue.push(RequestId{i}, at(deadline), priority));
      expected.emplace_back(priority, deadline, i);
    }
    std::ranges::sort(expected);
    for (const auto& [priority, deadline, id] : expected) RC_ASSERT(queue.pop() == RequestId{id});
    RC_ASSERT(queue.empty());
  }));
}

}  // namespace
}  // namespace cnnselect
