#include "api/cancel_link.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace cnnselect {
namespace {

struct Calls {
  int count = 0;
  Cancel cancel() {
    return [this] { ++count; };
  }
};

TEST(CancelLink, GoneCallsTheCancelOnce) {
  CancelLink link;
  Calls calls;
  link.connect(calls.cancel());
  EXPECT_EQ(calls.count, 0);
  link.gone();
  link.gone();
  EXPECT_EQ(calls.count, 1);
}

TEST(CancelLink, ACancelThatComesLateIsCalledAtOnce) {
  CancelLink link;
  Calls calls;
  link.gone();
  link.connect(calls.cancel());
  EXPECT_EQ(calls.count, 1);
}

TEST(CancelLink, NothingIsCancelledAfterTheAnswer) {
  CancelLink link;
  Calls calls;
  link.connect(calls.cancel());
  link.answered();
  link.gone();
  EXPECT_EQ(calls.count, 0);
}

TEST(CancelLink, AnAnswerBeforeTheCancelIsThereDropsIt) {
  CancelLink link;
  Calls calls;
  link.answered();
  link.connect(calls.cancel());
  link.gone();
  EXPECT_EQ(calls.count, 0);
}

TEST(CancelLink, LetsGoOfTheCancelOnceAnswered) {
  CancelLink link;
  const auto held = std::make_shared<int>(0);
  link.connect([held] {});
  EXPECT_EQ(held.use_count(), 2);
  link.answered();
  EXPECT_EQ(held.use_count(), 1);
}

TEST(CancelLink, ACancelThatAnswersAtOnceDoesNotLockUp) {
  CancelLink link;
  link.connect([&link] { link.answered(); });
  link.gone();
}

TEST(CancelLink, AnEmptyCancelIsFine) {
  CancelLink link;
  link.connect(nullptr);
  link.gone();
}

// The client's going and the Cancel's coming race: it is called exactly once either way.
TEST(CancelLink, IsCalledOnceWhoeverIsFirst) {
  for (int round = 0; round < 200; ++round) {
    CancelLink link;
    Calls calls;
    std::thread client([&link] { link.gone(); });
    link.connect(calls.cancel());
    client.join();
    ASSERT_EQ(calls.count, 1);
  }
}

}  // namespace
}  // namespace cnnselect
