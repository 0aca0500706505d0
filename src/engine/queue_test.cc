#include "engine/queue.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

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

TEST(EdfQueueProperty, SortsByDeadlineThenArrival) {
  EXPECT_TRUE(rc::check([](const std::vector<int>& deadlines) {
    EdfQueue queue(deadlines.size());
    std::vector<std::pair<int, std::uint64_t>> expected;
    for (std::uint64_t i = 0; i < deadlines.size(); ++i) {
      RC_ASSERT(queue.push(RequestId{i}, at(deadlines[i])));
      expected.emplace_back(deadlines[i], i);
    }
    std::ranges::sort(expected);
    for (const auto& [deadline, id] : expected) RC_ASSERT(queue.pop() == RequestId{id});
    RC_ASSERT(queue.empty());
  }));
}

}  // namespace
}  // namespace cnnselect
