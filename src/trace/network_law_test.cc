#include "trace/network_law.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

namespace cnnselect {
namespace {

struct Moments {
  double mean_ms = 0;
  double deviation_ms = 0;
};

Moments moments(const NetworkLaw& law, int count = 20'000) {
  Rng rng(42);
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < count; ++i) {
    const double ms = to_ms(law.sample(rng));
    sum += ms;
    squares += ms * ms;
  }
  const double mean = sum / count;
  return {.mean_ms = mean, .deviation_ms = std::sqrt(squares / count - mean * mean)};
}

TEST(NetworkLaw, HasTheMomentsItStates) {
  for (const auto* text : {"normal(63,15)", "lognormal(63,40)", "gamma(63,40)"}) {
    const auto [mean, deviation] = moments(NetworkLaw::parse(text).value());
    const double stated = std::string_view(text).starts_with("normal") ? 15 : 40;
    EXPECT_NEAR(mean, 63, 1.5) << text;
    EXPECT_NEAR(deviation, stated, 2) << text;
  }
  const auto [mean, deviation] = moments(NetworkLaw::parse("constant(50)").value());
  EXPECT_NEAR(mean, 50, 1e-6);
  EXPECT_NEAR(deviation, 0, 1e-3);
}

TEST(NetworkLaw, MixturesDrawByWeight) {
  const auto law = NetworkLaw::parse("mix(3:constant(10),1:constant(50))").value();
  EXPECT_NEAR(moments(law).mean_ms, 20, 0.5) << "weights need not sum to 1";
}

TEST(NetworkLaw, NormalIsRedrawnUntilPositive) {
  const auto law = NetworkLaw::parse("normal(5,50)").value();
  Rng rng(1);
  for (int i = 0; i < 10'000; ++i) ASSERT_GT(law.sample(rng), Duration::zero());
}

// Draws of such laws round to nothing or leave every range; they must end and stay in bounds.
TEST(NetworkLaw, ExtremeLawsStayWithinBounds) {
  for (const auto* text :
       {"constant(0.001)", "gamma(0.001,0.1)", "gamma(3600000,360000000)", "lognormal(0.001,0.1)",
        "lognormal(3600000,360000000)", "normal(0.001,0.1)", "normal(3600000,360000000)"}) {
    const auto law = NetworkLaw::parse(text).value();
    Rng rng(1);
    for (int i = 0; i < 2'000; ++i) {
      const Duration time = law.sample(rng);
      ASSERT_GE(time, Duration(1)) << text;
      ASSERT_LE(time, std::chrono::hours(1)) << text;
    }
  }
}

TEST(NetworkLaw, TheNumbersAreTheSameEverywhere) {
  Rng rng(1);
  const double tolerance = 1e-3;  // logarithms may differ in their last digit
  EXPECT_NEAR(to_ms(NetworkLaw::parse("normal(63,15)")->sample(rng)), 72.282138, tolerance);
  EXPECT_NEAR(to_ms(NetworkLaw::parse("gamma(63,40)")->sample(rng)), 32.985685, tolerance);
  EXPECT_NEAR(to_ms(NetworkLaw::parse("lognormal(63,40)")->sample(rng)), 71.619831, tolerance);
}

TEST(NetworkLaw, CorrelationGoesFromIndependentToTheSameDraw) {
  const auto law = NetworkLaw::parse("normal(100,20)").value();
  for (const double wanted : {0.0, 0.3, 0.9, 1.0}) {
    Rng rng(7);
    double both = 0;
    const int count = 20'000;
    for (int i = 0; i < count; ++i) {
      const auto [input, output] = law.sample_pair(wanted, rng);
      both += (to_ms(input) - 100) * (to_ms(output) - 100);
    }
    EXPECT_NEAR(both / count / (20 * 20), wanted, 0.04);
  }
}

TEST(NetworkLaw, SameSeedSameTimes) {
  const auto law = NetworkLaw::parse("gamma(63,40)").value();
  Rng one(3);
  Rng two(3);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(law.sample(one), law.sample(two));
}

TEST(NetworkLaw, RefusesWhatIsNoLawAndSaysWhatIs) {
  for (const auto* text :
       {"", "normal", "normal(63)", "normal(63,15,1)", "normal(0,1)", "normal(-5,1)",
        "normal(63,-1)", "normal(a,b)", "uniform(1,2)", "mix()", "mix(normal(1,1))",
        "mix(0:normal(1,1))", "mix(1:mix(1:constant(1)))", "constant(1e300)", "normal(63,15",
        "constant(1e-7)", "gamma(1,3600000)", "lognormal(1,101)"}) {
    const auto law = NetworkLaw::parse(text);
    ASSERT_FALSE(law.has_value()) << text;
    EXPECT_NE(law.error().message.find("allowed: normal(MEAN,STD)"), std::string::npos) << text;
  }
}

TEST(NetworkLawProperty, ParsingAnyTextIsHarmless) {
  EXPECT_TRUE(rc::check([](const std::string& text) { (void)NetworkLaw::parse(text); }));
}

}  // namespace
}  // namespace cnnselect
