#include "budget/client_ways.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "budget/testing/middle.h"
#include "cnnselect/rng.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

const TimePoint kNow{1h};
const WayBackLearner kUntaught;

void teach(ClientWays& ways, std::string_view client, int times, Duration output,
           TimePoint now = kNow) {
  for (int i = 0; i < times; ++i) ways.add(client, "lte", 100ms, output, kUntaught, now);
}

bool knows(const ClientWays& ways, std::string_view client, TimePoint now = kNow,
           std::string_view network_class = "lte") {
  std::vector<Duration> values;
  const bool known = ways.estimate(client, network_class, 100ms, now, values);
  EXPECT_EQ(known, !values.empty());
  return known;
}

TEST(ClientWays, KnowsAClientThatToldEnough) {
  ClientWays ways;
  teach(ways, "a", ClientWays::kEnough - 1, 30ms);
  EXPECT_FALSE(knows(ways, "a"));
  teach(ways, "a", 1, 30ms);
  EXPECT_TRUE(knows(ways, "a"));
  EXPECT_FALSE(knows(ways, "b"));
}

TEST(ClientWays, SaysWhenAClientToldLast) {
  ClientWays ways;
  EXPECT_EQ(ways.told("a"), std::nullopt);
  teach(ways, "a", 3, 30ms);
  teach(ways, "a", 1, 30ms, kNow + 1s);
  teach(ways, "b", 1, 30ms, kNow + 2s);
  EXPECT_EQ(ways.told("a"), kNow + 1s);
}

TEST(ClientWays, FollowsAClientThatChanges) {
  ClientWays ways;
  teach(ways, "a", 1'000, 300ms);
  teach(ways, "a", ClientWays::kMemory, 30ms);
  std::vector<Duration> values;
  ASSERT_TRUE(ways.estimate("a", "lte", 100ms, kNow, values));
  EXPECT_EQ(middle(values), 30ms) << "nothing older is left";
}

TEST(ClientWays, ForgetsWhoIsSilentOrComesFromAnotherNetwork) {
  ClientWays ways;
  teach(ways, "a", 20, 30ms);
  EXPECT_TRUE(knows(ways, "a", kNow + ClientWays::kForgetAfter));
  EXPECT_FALSE(knows(ways, "a", kNow + ClientWays::kForgetAfter + 1ns));
  teach(ways, "a", 1, 30ms, kNow + 1h);
  EXPECT_FALSE(knows(ways, "a", kNow + 1h)) << "begins anew";
  teach(ways, "a", 20, 30ms, kNow + 1h);
  EXPECT_FALSE(knows(ways, "a", kNow + 1h, "wifi"));
  ways.add("a", "wifi", 100ms, 30ms, kUntaught, kNow + 1h);
  EXPECT_FALSE(knows(ways, "a", kNow + 1h));
  EXPECT_EQ(ways.size(), 1U);
}

TEST(ClientWays, WhoToldNothingForLongestMakesRoom) {
  ClientWays ways;
  const auto name = [](std::size_t i) { return std::to_string(i); };
  for (std::size_t i = 0; i < ClientWays::kMaxClients; ++i) teach(ways, name(i), 10, 30ms);
  teach(ways, name(0), 1, 30ms);
  teach(ways, "new", 10, 30ms);
  EXPECT_EQ(ways.size(), ClientWays::kMaxClients);
  EXPECT_TRUE(knows(ways, name(0)));
  EXPECT_FALSE(knows(ways, name(1)));
  EXPECT_TRUE(knows(ways, name(2)));
  EXPECT_TRUE(knows(ways, "new"));
}

// Beside a plain account of who told what when.
TEST(ClientWaysProperty, KnowsExactlyTheRecentOnes) {
  struct Told {
    std::string network_class;
    std::size_t times = 0;
    TimePoint last;
  };
  EXPECT_TRUE(rc::check([] {
    ClientWays ways;
    std::map<std::string, Told> account;
    TimePoint now = kNow;
    const int events = *rc::gen::inRange(0, 200);
    for (int i = 0; i < events; ++i) {
      const std::string client(1, *rc::gen::inRange('a', 'd'));
      const std::string network_class =
          *rc::gen::weightedElement<std::string>({{9, "x"}, {1, "y"}});
      now += *rc::gen::weightedElement<Duration>({{20, 1s}, {1, 11min}});
      Told& told = account[client];
      const bool anew =
          told.network_class != network_class || now - told.last > ClientWays::kForgetAfter;
      told = {network_class, anew ? 1 : told.times + 1, now};
      ways.add(client, network_class, Duration(*rc::gen::inRange(0, 1'000)),
               Duration(*rc::gen::inRange(0, 1'000)), kUntaught, now);
      for (const auto& [name, theirs] : account) {
        std::vector<Duration> values;
        const bool known = ways.estimate(name, theirs.network_class, Duration(7), now, values);
        RC_ASSERT(known == (theirs.times >= ClientWays::kEnough &&
                            now - theirs.last <= ClientWays::kForgetAfter));
        RC_ASSERT(values.size() == (known ? WayBackLearner::kValues : 0));
        RC_ASSERT(std::ranges::is_sorted(values));
        RC_ASSERT(std::ranges::none_of(values, [](Duration d) { return d < Duration::zero(); }));
      }
      RC_ASSERT(ways.size() <= account.size());
    }
  }));
}

/// Mean error, in ms, of the estimate's median over a client's last 200 of 300 requests, one of
/// eight of its class: by what its class knows, and by what is known of itself.
struct Errors {
  double by_class = 0;
  double by_client = 0;
};

template <class Others, class Own>
Errors errors(Others others, Own own) {
  Rng rng(7);
  WayBackLearner of_class;
  ClientWays ways;
  Errors sum;
  for (int i = 0; i < 300; ++i) {
    for (int j = 0; j < 7; ++j) {
      const auto [input, output] = others(rng);
      of_class.add(from_ms(input), from_ms(output));
    }
    const auto [input, output] = own(rng);
    if (i >= 100) {
      std::vector<Duration> values;
      of_class.estimate(from_ms(input), values);
      sum.by_class += std::abs(to_ms(middle(values)) - output) / 200;
      EXPECT_TRUE(ways.estimate("a", "lte", from_ms(input), kNow, values));
      sum.by_client += std::abs(to_ms(middle(values)) - output) / 200;
    }
    of_class.add(from_ms(input), from_ms(output));
    ways.add("a", "lte", from_ms(input), from_ms(output), of_class, kNow);
  }
  return sum;
}

TEST(ClientWays, AClientUnlikeItsClassIsEstimatedBetterAndOneLikeItHardlyWorse) {
  struct Ways {
    double input;
    double output;
  };
  const auto normal = [](Rng& rng, double mean, double deviation) {
    double sum = 0;
    for (int i = 0; i < 12; ++i) sum += rng.uniform();
    return std::max(mean + deviation * (sum - 6), 0.0);
  };
  const auto independent = [&](double there, double back) {
    return [=](Rng& rng) { return Ways{normal(rng, there, 15), normal(rng, back, 15)}; };
  };
  const auto one_draw = [&](double mean) {
    return [=](Rng& rng) {
      const double way = normal(rng, mean, 15);
      return Ways{way, way};
    };
  };
  const auto slow_back = [&](double mean, double more) {
    return [=](Rng& rng) {
      const double way = normal(rng, mean, 15);
      return Ways{way, way + more};
    };
  };
  const struct {
    const char* client;
    Errors seen;
    double by_class;
    double by_client;
  } cases[] = {
      {"its answers take 60 ms longer", errors(independent(63, 63), independent(63, 123)), 57.7,
       13.6},
      {"its answers are fast", errors(independent(63, 63), independent(63, 20)), 39.4, 12.9},
      {"one draw both ways, its answers 40 ms longer", errors(one_draw(63), slow_back(63, 40)), 40,
       0},
      {"like the others, independent ways", errors(independent(63, 63), independent(63, 63)), 12.3,
       13.9},
      {"like the others, one draw both ways", errors(one_draw(63), one_draw(63)), 0, 0},
  };
  for (const auto& [client, seen, by_class, by_client] : cases) {
    EXPECT_NEAR(seen.by_class, by_class, 0.5) << client;
    EXPECT_NEAR(seen.by_client, by_client, 0.5) << client;
  }
}

}  // namespace
}  // namespace cnnselect
