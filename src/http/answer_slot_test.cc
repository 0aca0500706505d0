#include "http/answer_slot.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace cnnselect {
namespace {

TEST(AnswerSlot, GivesTheFirstAnswerOnce) {
  AnswerSlot slot;
  slot.respond_later([] { return HttpResponse{201, {}, "first"}; });
  slot.respond_later([] { return HttpResponse{202, {}, "second"}; });
  const auto response = slot.take_or_wake([] { FAIL() << "there was an answer"; });
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, "first");
}

TEST(AnswerSlot, WakesOnceForAnAnswerThatComesLater) {
  AnswerSlot slot;
  int woken = 0;
  EXPECT_FALSE(slot.take_or_wake([&] { ++woken; }));
  EXPECT_EQ(woken, 0);
  slot.respond_later([] { return HttpResponse{}; });
  slot.respond_later([] { return HttpResponse{}; });
  EXPECT_EQ(woken, 1);
  EXPECT_TRUE(slot.take_or_wake({}));
}

TEST(AnswerSlot, AnAnswerIsMadeByWhoeverTakesIt) {
  AnswerSlot slot;
  std::thread::id made_by;
  std::thread worker([&] {
    slot.respond_later([&] {
      made_by = std::this_thread::get_id();
      return HttpResponse{};
    });
  });
  worker.join();
  EXPECT_EQ(made_by, std::thread::id()) << "nobody has taken it";
  EXPECT_TRUE(slot.take_or_wake({}));
  EXPECT_EQ(made_by, std::this_thread::get_id());
}

TEST(AnswerSlot, AnAnswerThatNobodyTakesIsNotMade) {
  AnswerSlot slot;
  slot.respond_later([] {
    ADD_FAILURE();
    return HttpResponse{};
  });
  slot.detach();
}

TEST(AnswerSlot, TellsTheHandlerOnceThatTheClientIsGone) {
  AnswerSlot slot;
  int told = 0;
  slot.on_disconnect([&] { ++told; });
  slot.client_gone();
  slot.client_gone();
  EXPECT_EQ(told, 1);
}

TEST(AnswerSlot, TellsAtOnceWhenTheClientHasAlreadyGone) {
  AnswerSlot slot;
  slot.client_gone();
  int told = 0;
  slot.on_disconnect([&] { ++told; });
  EXPECT_EQ(told, 1);
}

TEST(AnswerSlot, ForgetsTheCallbackWithTheAnswer) {
  AnswerSlot slot;
  auto kept = std::make_shared<int>(0);
  slot.on_disconnect([kept] { ++*kept; });
  slot.respond_later([] { return HttpResponse{}; });
  EXPECT_EQ(kept.use_count(), 1) << "what the callback held is free";
  slot.client_gone();
  slot.on_disconnect([kept] { ++*kept; });
  EXPECT_EQ(*kept, 0);
}

TEST(AnswerSlot, AnswersFromWithinTheCallback) {
  AnswerSlot slot;
  slot.on_disconnect([&] { slot.respond_later([] { return HttpResponse{499, {}, ""}; }); });
  slot.client_gone();
  EXPECT_EQ(slot.take_or_wake({})->status, 499);
}

TEST(AnswerSlot, ADroppedExchangeIsAFiveHundred) {
  auto slot = std::make_shared<AnswerSlot>();
  exchange_for(slot).reset();
  EXPECT_EQ(slot->take_or_wake({})->status, 500);
}

TEST(AnswerSlot, AnAnsweredExchangeMayBeDropped) {
  auto slot = std::make_shared<AnswerSlot>();
  exchange_for(slot)->respond({200, {}, "kept"});
  EXPECT_EQ(slot->take_or_wake({})->body, "kept");
}

TEST(AnswerSlot, DoesNothingOnceDetached) {
  auto slot = std::make_shared<AnswerSlot>();
  int touched = 0;
  const auto exchange = exchange_for(slot);
  exchange->on_disconnect([&] { ++touched; });
  EXPECT_FALSE(slot->take_or_wake([&] { ++touched; }));
  slot->detach();
  exchange->respond({});
  slot->client_gone();
  EXPECT_EQ(touched, 0);
}

}  // namespace
}  // namespace cnnselect
