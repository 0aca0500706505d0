#include "trace/arrivals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST(Arrivals, UniformGapsAreEqual) {
  Rng rng(1);
  EXPECT_EQ(Arrivals::parse("uniform", 100)->draw(3, rng),
            (std::vector<Duration>{10ms, 20ms, 30ms}));
}

struct Row {
  const char* law;
  double variation;
};

TEST(Arrivals, HaveTheRateAndTheVariationTheyState) {
  for (const auto& [law, variation] :
       {Row{"poisson", 1}, Row{"gamma(4)", 4}, Row{"gamma(0.5)", 0.5}}) {
    Rng rng(5);
    const auto times = Arrivals::parse(law, 50)->draw(40'000, rng);
    EXPECT_TRUE(std::ranges::is_sorted(times));
    double squares = 0;
    Duration last{};
    for (const Duration time : times) {
      squares += std::pow(to_ms(time - last), 2);
      last = time;
    }
    const double mean = to_ms(times.back()) / 40'000;
    EXPECT_NEAR(mean, 20, 20 * variation * 0.03) << law;
    EXPECT_NEAR(std::sqrt(squares / 40'000 - mean * mean) / mean, variation, 0.1 * variation)
        << law;
  }
}

TEST(Arrivals, RefuseWhatTheyAreNot) {
  for (const auto* law : {"", "gamma", "gamma(0)", "gamma(-1)", "gamma(1,2)", "closed", "closed(0)",
                          "closed(1.5)", "closed(2e6)", "closed(1,2)"}) {
    const auto arrivals = Arrivals::parse(law, {});
    ASSERT_FALSE(arrivals.has_value()) << law;
    EXPECT_NE(arrivals.error().message.find("allowed: poisson, uniform, gamma(CV)"),
              std::string::npos);
  }
  EXPECT_FALSE(Arrivals::parse("poisson", 0).has_value());
  EXPECT_FALSE(Arrivals::parse("poisson", 1e-10).has_value()) << "gaps beyond any Duration";
  EXPECT_FALSE(Arrivals::parse("poisson", 2e6).has_value());
  EXPECT_FALSE(Arrivals::parse("poisson", NAN).has_value());
}

TEST(Arrivals, AClosedLoopHasClientsAndNoRate) {
  const auto closed = Arrivals::parse("closed(4)", {}).value();
  EXPECT_EQ(closed.clients(), 4U);
  Rng rng(1);
  EXPECT_EQ(closed.draw(2, rng), (std::vector<Duration>{0ms, 0ms}));
  EXPECT_FALSE(Arrivals::parse("poisson", {})->clients().has_value());
  const auto rated = Arrivals::parse("closed(4)", 10);
  ASSERT_FALSE(rated.has_value());
  EXPECT_NE(rated.error().message.find("'closed(4)' take no rate (it is 10)"), std::string::npos);
}

}  // namespace
}  // namespace cnnselect
