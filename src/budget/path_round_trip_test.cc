#include "budget/path_round_trip.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "cnnselect/rng.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

// A connection as its server's kernel sees it, for less than the five minutes in which its least
// time only falls, and the client's way of acknowledging.
class Connection {
 public:
  using Delay = std::function<Duration()>;

  Connection(Duration path, Delay delay) : path_(path), delay_(std::move(delay)) {
    measure(path_);
    trip_.take(reading_, now_);
  }

  void set_path(Duration path) { path_ = path; }
  void never_prompt() { prompt_ = false; }
  void start_counts_at(std::uint32_t count) {
    reading_.delivered = reading_.bare_acks = count;
    trip_ = PathRoundTrip();
    trip_.take(reading_, now_);
  }

  /// An answer leaves, its acknowledgement comes, and `later` the next request is in.
  Duration request_after(Duration later) {
    const bool split = trip_.wants_prompt_ack();
    splits_ += split ? 1 : 0;
    reading_.delivered += split ? 2 : 1;
    reading_.bare_acks += 1;
    measure(path_ + (split && prompt_ ? Duration::zero() : delay_()));
    now_ += later;
    trip_.take(reading_, now_);
    return *trip_.estimate();
  }

  int splits() const { return splits_; }

 private:
  void measure(Duration time) {
    reading_.smoothed = reading_.smoothed == Duration::zero()
                            ? time
                            : reading_.smoothed + (time - reading_.smoothed) / 8;
    if (reading_.least == Duration::zero() || time < reading_.least) reading_.least = time;
  }

  Duration path_;
  Delay delay_;
  bool prompt_ = true;
  int splits_ = 0;
  TcpReading reading_;
  TimePoint now_{1h};
  PathRoundTrip trip_;
};

Duration at_once() { return 0ms; }
Duration forty() { return 40ms; }
double ms(Duration time) { return to_ms(time); }

TEST(PathRoundTrip, KnowsNothingWithoutATime) {
  PathRoundTrip trip;
  trip.take({}, TimePoint(1s));
  EXPECT_FALSE(trip.estimate());
  EXPECT_FALSE(trip.wants_prompt_ack());
}

TEST(PathRoundTrip, TheFirstRequestKnowsTheHandshake) {
  PathRoundTrip trip;
  trip.take({.smoothed = 20ms, .least = 20ms, .delivered = 1}, TimePoint(1s));
  EXPECT_EQ(trip.estimate(), 20ms);
  EXPECT_FALSE(trip.wants_prompt_ack());
}

TEST(PathRoundTrip, LateAcknowledgementsAreNotThePath) {
  Connection connection(1ms, forty);
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_NEAR(ms(connection.request_after(100ms)), 1, 0.1) << "after answer " << i;
  }
  EXPECT_LE(connection.splits(), 51) << "once in two seconds of a hundred";
}

TEST(PathRoundTrip, APathThatIsAsItWasIsAskedAboutOnlyWhenNothingToldOfIt) {
  Connection busy(20ms, at_once);
  for (int i = 0; i < 1'000; ++i) busy.request_after(100ms);
  EXPECT_EQ(busy.splits(), 0);
  Connection idle(20ms, at_once);
  for (int i = 0; i < 10; ++i) EXPECT_NEAR(ms(idle.request_after(5min)), 20, 0.1);
  EXPECT_EQ(idle.splits(), 9);
}

TEST(PathRoundTrip, FollowsAPathThatChangesAndComesBack) {
  for (const auto& delay : {at_once, forty}) {
    Connection connection(20ms, delay);
    for (int i = 0; i < 100; ++i) connection.request_after(200ms);
    connection.set_path(100ms);
    // Ten answers pass before it may ask again, then kKept prompt ones.
    for (int i = 0; i < 15; ++i) connection.request_after(200ms);
    EXPECT_NEAR(ms(connection.request_after(200ms)), 100, 0.1);
    connection.set_path(20ms);
    const double at_first = ms(connection.request_after(200ms));
    EXPECT_LE(at_first, 60.1) << "the late acknowledgement's, at most";
    EXPECT_NEAR(ms(connection.request_after(200ms)), 20, 0.1);
  }
}

TEST(PathRoundTrip, AShorterPathIsKnownAtOnce) {
  Connection connection(100ms, at_once);
  connection.request_after(200ms);
  connection.set_path(20ms);
  EXPECT_NEAR(ms(connection.request_after(200ms)), 20, 0.1);
}

TEST(PathRoundTrip, AfterALongSilenceOneAnswerIsEnough) {
  Connection connection(20ms, forty);
  for (int i = 0; i < 100; ++i) connection.request_after(200ms);
  connection.request_after(5min);
  connection.set_path(100ms);
  EXPECT_NEAR(ms(connection.request_after(200ms)), 100, 0.1);
}

TEST(PathRoundTrip, OneSlowReadingOfTheClientsChangesNothing) {
  int answers = 0;
  Connection connection(20ms, [&answers] { return answers++ == 50 ? 300ms : 0ms; });
  for (int i = 0; i < 200; ++i) ASSERT_NEAR(ms(connection.request_after(200ms)), 20, 0.1);
}

TEST(PathRoundTrip, AnswersInManySegmentsAreToldFromSmoothedOnes) {
  PathRoundTrip trip;
  TcpReading reading{.smoothed = 20ms, .least = 20ms, .delivered = 1, .bare_acks = 1};
  trip.take(reading, TimePoint(1s));
  for (int i = 2; i < 8; ++i) {
    for (int ack = 0; ack < 3; ++ack) reading.smoothed += (100ms - reading.smoothed) / 8;
    reading.delivered += 6;
    reading.bare_acks += 3;
    trip.take(reading, TimePoint(std::chrono::seconds(i)));
  }
  EXPECT_NEAR(ms(*trip.estimate()), 100, 0.1);
}

TEST(PathRoundTrip, AMisreadCountGivesNothingShorterThanWasMeasured) {
  PathRoundTrip trip;
  trip.take({.smoothed = 100ms, .least = 100ms, .delivered = 1}, TimePoint(1s));
  // Three times of 20 ms, of which the counts show one.
  trip.take({.smoothed = 73'594us, .least = 20ms, .delivered = 4, .bare_acks = 1}, TimePoint(2s));
  EXPECT_EQ(trip.estimate(), 20ms);
}

// A client of gRPC: each call's answer is acknowledged after `held_back`, a ping at once, both with
// the client's own data.
class Caller {
 public:
  explicit Caller(Duration path) : path_(path) {
    reading_ = {.smoothed = path, .least = path, .delivered = 1};
    trip_.take(reading_, now_);
  }
  void set_path(Duration path) { path_ = path; }
  void set_least(Duration least) { reading_.least = least; }

  double call(Duration held_back) {
    for (const Duration time : {path_, path_ + held_back}) {
      reading_.smoothed += (time - reading_.smoothed) / 8;
      reading_.least = std::min(reading_.least, time);
    }
    reading_.delivered += 3;
    trip_.take(reading_, now_ += 100ms);
    return to_ms(*trip_.estimate());
  }

 private:
  Duration path_;
  TcpReading reading_;
  TimePoint now_{1s};
  PathRoundTrip trip_{PathRoundTrip::Talk::kAtAnyTime};
};

TEST(PathRoundTrip, MixedTimesAreNotTakenForThePath) {
  Caller caller(100ms);
  for (int i = 0; i < 100; ++i) ASSERT_NEAR(caller.call(40ms), 100, 0.1);
}

TEST(PathRoundTrip, MixedTimesFollowAPathThatChangesByMoreThanAClientHoldsBack) {
  Caller caller(1ms);
  for (int i = 0; i < 10; ++i) caller.call(0ms);
  caller.set_path(100ms);
  for (int i = 0; i < 12; ++i) ASSERT_LE(caller.call(0ms), 100.1);
  EXPECT_NEAR(caller.call(0ms), 100, 40);
  caller.set_path(20ms);
  for (int i = 0; i < 8; ++i) ASSERT_GE(caller.call(0ms), 19.9);
  EXPECT_NEAR(caller.call(0ms), 20, 3);
}

TEST(PathRoundTrip, WhatTheKernelHasForgottenIsTooLongAgo) {
  Caller caller(20ms);
  caller.set_path(40ms);
  for (int i = 0; i < 100; ++i) caller.call(0ms);
  EXPECT_NEAR(caller.call(0ms), 20, 0.1) << "it could be the client";
  caller.set_least(40ms);
  EXPECT_NEAR(caller.call(0ms), 40, 0.1);
}

TEST(PathRoundTrip, CountsWrapAround) {
  Connection connection(20ms, forty);
  connection.start_counts_at(std::numeric_limits<std::uint32_t>::max() - 5);
  for (int i = 0; i < 100; ++i) ASSERT_NEAR(ms(connection.request_after(200ms)), 20, 0.1);
}

RC_GTEST_PROP(PathRoundTrip, IsThePathWhateverTheClientDelays, ()) {
  const auto path = std::chrono::microseconds(*rc::gen::inRange(100, 500'000));
  const auto most = std::chrono::microseconds(*rc::gen::inRange(0, 200'000));
  const auto pause = std::chrono::milliseconds(*rc::gen::inRange(1, 30'000));
  Rng rng(*rc::gen::arbitrary<std::uint32_t>());
  Connection connection(path,
                        [&] { return std::chrono::duration_cast<Duration>(most * rng.uniform()); });
  for (int i = 0; i < 50; ++i) {
    const Duration estimate = connection.request_after(pause);
    RC_ASSERT(estimate >= path - 1us);
    RC_ASSERT(estimate <= path + 1us);
  }
}

RC_GTEST_PROP(PathRoundTrip, StaysWithinWhatWasMeasuredWhereClientsAreNeverPrompt, ()) {
  const auto path = std::chrono::microseconds(*rc::gen::inRange(100, 500'000));
  Rng rng(*rc::gen::arbitrary<std::uint32_t>());
  Connection connection(
      path, [&] { return std::chrono::duration_cast<Duration>(200ms * rng.uniform()); });
  connection.never_prompt();
  for (int i = 0; i < 200; ++i) {
    const Duration estimate = connection.request_after(200ms);
    RC_ASSERT(estimate >= path - 1us);
    RC_ASSERT(estimate <= path + 200ms);
  }
}

}  // namespace
}  // namespace cnnselect
