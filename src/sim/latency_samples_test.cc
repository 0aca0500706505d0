#include "sim/latency_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/testing/temporary_folder.h"
#include "select/registry.h"
#include "sim/simulate.h"
#include "store/profile_store.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class LatencySamples : public testing::Test {
 protected:
  void write(const char* file, const char* text) const {
    std::ofstream(folder_.path() / file) << text;
  }
  std::string error() const {
    const auto models = load_models(folder_.path());
    return models ? "accepted" : models.error().message;
  }

  const TemporaryFolder folder_;
};

TEST_F(LatencySamples, ExecutionsAreDrawnFromWhatWasMeasured) {
  write("models.csv", "model,top1\nquick,0.5\nmoody,0.9\n");
  write("quick.csv", "ms\n10\n10\n10\n10\n");
  write("moody.csv", "ms\n200\n20\n20\n20\n");  // no law with two parameters has this shape
  const ModelSet models = load_models(folder_.path()).value();
  EXPECT_EQ(models.models()[0].name, "quick");
  EXPECT_EQ(models.models()[1].mean, 65ms);
  EXPECT_EQ(models.models()[1].deviation, 90ms);
  EXPECT_EQ(models.candidates()[1].times.front(), 20ms);
  EXPECT_EQ(models.candidates()[1].times.back(), 200ms);

  const Workload workload(models, Network::parse("constant(1)", 1).value(),
                          Arrivals::parse("poisson", 20).value(), {.requests = 4'000});
  std::size_t slow = 0;
  for (std::size_t i = 0; i < 4'000; ++i) {
    EXPECT_EQ(workload.execution(i, 0), 10ms);
    const Duration took = workload.execution(i, 1);
    EXPECT_TRUE(took == 20ms || took == 200ms);
    slow += took == 200ms ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(slow), 1'000, 110) << "every fourth, +- four deviations";
}

// mu + sigma is 155 ms, though three runs of four take 20: who reads the distribution knows.
TEST_F(LatencySamples, ADistributionIsWorthMoreThanItsMoments) {
  write("models.csv", "model,top1\nquick,0.5\nmoody,0.9\n");
  write("quick.csv", "ms\n10\n");
  write("moody.csv", "ms\n200\n20\n20\n20\n");
  const ModelSet models = load_models(folder_.path()).value();
  const Workload workload(models, Network::parse("constant(1)", 1).value(),
                          Arrivals::parse("poisson", 20).value(), {.requests = 100});
  const auto first_choice = [&](const char* policy) {
    return simulate(models, workload, *make_selector(policy).value(), {.sla = 100ms})[0].model;
  };
  EXPECT_EQ(first_choice("budget-greedy"), 0U);
  EXPECT_EQ(first_choice("ontime"), 1U) << "0.9 x 3/4 is more than 0.5";
}

TEST_F(LatencySamples, ErrorsNameTheFile) {
  EXPECT_THAT(error(), HasSubstr("models.csv"));
  write("models.csv", "model,top1\nquick,0.5\n");
  EXPECT_THAT(error(), HasSubstr("quick.csv"));
  write("quick.csv", "seconds\n1\n");
  EXPECT_THAT(error(), HasSubstr("quick.csv: the header must name 'ms'"));
  write("quick.csv", "ms\n10\n0\n");
  EXPECT_THAT(error(), HasSubstr("quick.csv:3:"));
  write("quick.csv", "run,ms\n1,\n");
  EXPECT_THAT(error(), HasSubstr("quick.csv: no time in any row"));
  write("quick.csv", "ms\n10\n");
  write("models.csv", "model\nquick\n");
  EXPECT_THAT(error(), HasSubstr("models.csv: model 'quick' has no top1"));
}

TEST(StoreModels, AServersStoreGivesItsModelsAndTheirTimes) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "profiles.db";
  const auto stored = [](const char* model, Duration usual) {
    return StoredProfile{.key = {.model = model, .digest = "d", .machine = "m", .runtime = "r"},
                         .family = "f",
                         .top1 = 0.5,
                         .top5 = {},
                         .samples = 9,
                         .mean = usual,
                         .deviation = 1ms,
                         .times = {usual - 1ms, usual, usual + 4ms},
                         .cold_start = {},
                         .updated = {}};
  };
  {
    auto store = ProfileStore::open(file, Database::Mode::kCreate).value();
    ASSERT_TRUE(store.save(std::vector{stored("slow", 50ms), stored("fast", 5ms)}));
  }
  const auto models = load_models(file);
  ASSERT_TRUE(models.has_value()) << models.error().message;
  ASSERT_EQ(models->size(), 2U);
  EXPECT_EQ(models->models()[0].name, "fast");
  EXPECT_EQ(models->models()[0].samples, (std::vector<Duration>{4ms, 5ms, 9ms}));
  EXPECT_EQ(models->models()[0].mean, 6ms) << "that of the times";
  auto database = Database::open(file, Database::Mode::kReadWrite).value();
  ASSERT_TRUE(database.execute("UPDATE profile SET times_ms = '[]'"));
  EXPECT_NE(load_models(file).error().message.find("model 'fast' has no times"), std::string::npos);
}

}  // namespace
}  // namespace cnnselect
