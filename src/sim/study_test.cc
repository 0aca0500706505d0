#include "sim/study.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

StudyOptions told() { return {.profile = CNNSELECT_SOURCE_DIR "/data/paper/table5.csv"}; }

TEST(Study, ReadsWhatASimulationNeeds) {
  StudyOptions options = told();
  options.policies = {"slack-greedy:quantile=0.9", "oracle"};
  options.sla = "100ms,200ms";
  options.requests = 7;
  const auto study = read_study(options, PolicyRegistry());
  ASSERT_TRUE(study) << study.error().message;
  EXPECT_EQ(study->models.size(), 11U);
  EXPECT_EQ(study->slas, (std::vector<Duration>{100ms, 200ms}));
  EXPECT_EQ(study->workload.requests().size(), 7U);
  EXPECT_EQ(study->policies[0].text, "slack-greedy:quantile=0.9");
  EXPECT_EQ(study->policies[1].selector, nullptr);
  EXPECT_EQ(study->setting.threshold, 10ms);
}

TEST(Study, ValuesBehindACommaBelongToThePolicyBefore) {
  StudyOptions options = told();
  options.policies = {"fastest", "ontime:price=0", "least_chance=0.1"};
  const auto study = read_study(options, PolicyRegistry());
  ASSERT_TRUE(study) << study.error().message;
  EXPECT_EQ(study->policies[1].text, "ontime:price=0,least_chance=0.1");
  options.policies = {"price=0"};
  EXPECT_EQ(read_study(options, PolicyRegistry()).error().message,
            "--policy: 'price=0' stands behind no policy with parameters; want "
            "NAME:key=value,key=value");
}

TEST(Study, NamesTheOptionOfWhatItCannotUse) {
  StudyOptions options = told();
  options.policies = {"slackfit:buckets=0"};
  EXPECT_EQ(read_study(options, PolicyRegistry()).error().message,
            "--policy: policy 'slackfit': buckets is '0'; allowed: whole numbers, 1 to 1000");
  options = told();
  options.requests = 0;
  EXPECT_EQ(read_study(options, PolicyRegistry()).error().message,
            "--requests 0; allowed: 1 to 10000000");
  options = told();
  options.jobs = 257;
  EXPECT_EQ(read_study(options, PolicyRegistry()).error().message, "--jobs 257; allowed: 1 to 256");
  options = told();
  options.workers = "none";
  EXPECT_EQ(read_study(options, PolicyRegistry()).error().message,
            "--workers 'none'; allowed: unlimited, or 1..10000");
}

}  // namespace
}  // namespace cnnselect
