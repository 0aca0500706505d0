#include "sim/drift.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/testing/temporary_folder.h"
#include "select/registry.h"
#include "sim/simulate.h"
#include "sim/testing/small_world.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class DriftTest : public testing::Test {
 protected:
  Result<Drift> parse(std::string_view text) const { return parse_drift(text, "d", models_, 1); }
  std::string error(std::string_view text) const {
    const auto drift = parse(text);
    return drift ? "accepted" : drift.error().message;
  }

  const ModelSet models_ = three_models();
};

TEST_F(DriftTest, ChangesHoldFromTheirMomentOn) {
  const Drift drift = parse(R"toml(
[[change]]
at_ms = 1000
slowdown = 2
[[change]]
at_ms = 2000
slowdown = 1
model = "medium"
network = "constant(9)")toml")
                          .value();
  const Network before = Network::parse("constant(5)", 1).value();
  DriftingWorld world(drift, models_.size(), before);
  world.advance(999ms);
  EXPECT_EQ(world.slowed(1, 40ms), 40ms);
  world.advance(1000ms);
  EXPECT_EQ(world.slowed(1, 40ms), 80ms);
  EXPECT_EQ(world.network().text(), "constant(5)") << "nothing was said of it";
  world.advance(5000ms);
  EXPECT_EQ(world.slowed(1, 40ms), 40ms);
  EXPECT_EQ(world.slowed(2, 40ms), 80ms) << "only the medium one recovered";
  EXPECT_EQ(world.network().text(), "constant(9)");
}

TEST_F(DriftTest, ErrorsNamePlaceValueAndWhatIsAllowed) {
  EXPECT_THAT(error(""), HasSubstr("d:1:1: there must be one [[change]] at least"));
  EXPECT_THAT(error("change = 3"), HasSubstr("there must be one [[change]]"));
  EXPECT_THAT(error("[[change]]\nslowdown = 2"), HasSubstr("'at_ms' is missing"));
  EXPECT_THAT(error("[[change]]\nat_ms = -1"), HasSubstr("d:2:9: 'at_ms' in [[change]] is -1"));
  EXPECT_THAT(error("[[change]]\nat_ms = 1\nslowdown = 0"), HasSubstr("from 0.01 to 100"));
  EXPECT_THAT(error("[[change]]\nat_ms = 1\nslow = 2"), HasSubstr("nearest is 'slowdown'"));
  EXPECT_THAT(error("[[change]]\nat_ms = 1\nmodel = \"tiny\""),
              HasSubstr("d:3:9: no model 'tiny'; there are: small, medium, large"));
  EXPECT_THAT(error("[[change]]\nat_ms = 1\nnetwork = \"normal(1)\""), HasSubstr("d:3:11: "));
  EXPECT_THAT(error("[[change]]\nat_ms = 2\n[[change]]\nat_ms = 1"), HasSubstr("d:3:1: 'at_ms'"));
  EXPECT_THAT(error("[[change]"), HasSubstr("d:1:"));
  EXPECT_THAT(load_drift("/nowhere/d.toml", models_, 1).error().message,
              HasSubstr("/nowhere/d.toml"));
}

TEST_F(DriftTest, IsReadFromAFile) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "d.toml";
  std::ofstream(file) << "[[change]]\nat_ms = 7\nslowdown = 1.5\n";
  const Drift drift = load_drift(file, models_, 1).value();
  ASSERT_EQ(drift.changes.size(), 1U);
  EXPECT_EQ(drift.changes[0].at, 7ms);
  EXPECT_EQ(drift.changes[0].slowdown, 1.5);
}

TEST_F(DriftTest, TheWorkloadChangesWithTheTimeOfSending) {
  const Drift drift =
      parse("[[change]]\nat_ms = 5000\nslowdown = 2\nnetwork = \"constant(50)\"").value();
  const Network near = Network::parse("constant(5)", 1).value();
  const Arrivals arrivals = Arrivals::parse("uniform", 100).value();
  const Workload usual(models_, near, arrivals, {.requests = 1'000});
  const Workload drifting(models_, near, arrivals, {.requests = 1'000, .drift = drift});
  for (std::size_t i = 0; i < 1'000; ++i) {
    const bool changed = drifting.requests()[i].sent >= 5s;
    EXPECT_EQ(drifting.execution(i, 1), (changed ? 2 : 1) * usual.execution(i, 1));
    EXPECT_EQ(drifting.requests()[i].network.input, changed ? 50ms : 5ms);
  }
}

// The law of learning: what was a good choice is one no longer, and is found out.
TEST_F(DriftTest, LearntProfilesFollowASlowdownAndTrueOnesDoNot) {
  const Drift drift = parse("[[change]]\nat_ms = 10000\nslowdown = 2").value();
  const Workload workload(models_, Network::parse("constant(5)", 1).value(),
                          Arrivals::parse("uniform", 20).value(),
                          {.requests = 600, .drift = drift});
  const auto in_time_at_the_end = [&](ProfileKnowledge knowledge) {
    const auto outcomes = simulate(models_, workload, *make_selector("budget-greedy").value(),
                                   {.sla = 130ms, .profiles = knowledge});
    return std::ranges::count_if(outcomes.end() - 100, outcomes.end(),
                                 [](const auto& outcome) { return outcome.total <= 130ms; });
  };
  EXPECT_EQ(in_time_at_the_end(ProfileKnowledge::kTrue), 0) << "still the large one, now 200 ms";
  EXPECT_GE(in_time_at_the_end(ProfileKnowledge::kLearnt), 95) << "the medium one, now 80 ms";
}

}  // namespace
}  // namespace cnnselect
