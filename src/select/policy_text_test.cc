#include "select/policy_text.h"

#include <gtest/gtest.h>

#include <cmath>

#include "select/registry.h"
#include "select/testing/table5.h"

namespace cnnselect {
namespace {

using Texts = std::vector<std::string>;

std::string refusal(std::string_view text) {
  const auto policy = make_selector(text);
  return policy ? "" : policy.error().message;
}

std::size_t choice(std::string_view policy, const std::vector<Candidate>& models, double soft_ms,
                   double hard_ms) {
  return decide(*make_selector(policy).value(), models, budget_ms(soft_ms, hard_ms))
      .selection.chosen;
}

TEST(PolicyText, NamesWhatItCannotUseAndWhatItCould) {
  EXPECT_EQ(refusal("fastest:x=1"), "policy 'fastest': 'x=1' after its name; it has no parameters");
  EXPECT_EQ(refusal("slack-greedy:quantil=0.9"),
            "policy 'slack-greedy': no parameter 'quantil'; nearest is 'quantile' of quantile");
  EXPECT_EQ(refusal("slack-greedy:"),
            "policy 'slack-greedy': no parameter ''; nearest is 'quantile' of quantile");
  for (const std::string value : {"", "much", "0.9x", "nan", "1", "-0.5", "1e999"}) {
    EXPECT_EQ(refusal("slack-greedy:quantile=" + value),
              "policy 'slack-greedy': quantile is '" + value + "'; allowed: 0.01 to 0.9999");
  }
  EXPECT_EQ(refusal("slackfit:buckets=2.5"),
            "policy 'slackfit': buckets is '2.5'; allowed: whole numbers, 1 to 1000");
  EXPECT_EQ(refusal("cnnselect:threshold=9s"),
            "policy 'cnnselect': threshold is '9s'; allowed: 0 to 60000 ms");
  EXPECT_EQ(refusal("ontime:price=1,price=2"), "policy 'ontime': two values for 'price'");
  EXPECT_EQ(refusal("ontime:price=1,"),
            "policy 'ontime': no parameter ''; nearest is 'price' of price, least_chance");
}

TEST(PolicyText, AUnitMayBeWrittenOrNot) {
  EXPECT_EQ(refusal("cnnselect:threshold=25"), "");
  EXPECT_EQ(refusal("cnnselect:threshold=25ms"), "");
}

TEST(PolicyText, TheUsualValuesAreThoseOfTheNameAlone) {
  const PolicyRegistry registry;
  for (const PolicyKind* kind : registry.kinds()) {
    const auto values = parse_policy_values(*kind, kind->name).value();
    ASSERT_EQ(values.size(), kind->parameters.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double usual = kind->parameters[i].usual;
      EXPECT_TRUE(values[i] == usual || (std::isnan(values[i]) && std::isnan(usual)));
    }
  }
}

TEST(PolicyText, AListIsCutBeforeEachPolicyOnly) {
  EXPECT_EQ(join_policy_pieces(Texts{"a", "b:x=1", "y=2", "c:z=3", "d"}).value(),
            (Texts{"a", "b:x=1,y=2", "c:z=3", "d"}));
  EXPECT_EQ(join_policy_pieces({}).value(), Texts{});
  for (const Texts& pieces : {Texts{"x=1"}, Texts{"a", "x=1"}}) {
    EXPECT_EQ(join_policy_pieces(pieces).error().message,
              "'x=1' stands behind no policy with parameters; want NAME:key=value,key=value");
  }
}

// 10 +- 1, 40 +- 4 and 100 +- 10 ms.
const std::vector<Candidate> kModels = {candidate(0.5, 10, 1, 0), candidate(0.7, 40, 4, 1),
                                        candidate(0.9, 100, 10, 2)};

TEST(PolicyParameters, AQuantileIsThatOfTheNormalLawOrOfTheTimes) {
  // 2.326 deviations over the mean.
  EXPECT_EQ(choice("slack-greedy:quantile=0.99", kModels, 124, 0), 2U);
  EXPECT_EQ(choice("slack-greedy:quantile=0.99", kModels, 123, 0), 1U);
  EXPECT_EQ(choice("slack-greedy:quantile=0.5", kModels, 100, 0), 2U);
  auto models = kModels;
  std::vector<Duration> times;
  for (int ms = 1; ms <= 100; ++ms) times.push_back(from_ms(ms));
  models[2].times = times;
  EXPECT_EQ(choice("slack-greedy:quantile=0.9", models, 90, 0), 2U);
  EXPECT_EQ(choice("slack-greedy:quantile=0.9", models, 89.5, 0), 1U);
}

TEST(PolicyParameters, TheUsualQuantileIsExactlyThe95thPercentile) {
  for (const Candidate& model : table5()) {
    const std::vector<Candidate> models = {candidate(0.1, 0.001, 0, 0), model};
    const double p95 = percentile_95(model);
    const auto at = [&](double ns) {
      const Duration soft(static_cast<std::int64_t>(ns));
      return decide(*make_selector("slack-greedy").value(), models, {.soft = soft, .hard = soft})
          .selection.chosen;
    };
    EXPECT_EQ(at(std::ceil(p95)), 1U);
    EXPECT_EQ(at(std::floor(p95) - 1), 0U);
  }
}

TEST(PolicyParameters, AThresholdStandsAgainstTheBudgets) {
  // Stage 1 wants mu - sigma < T_L of the base model.
  const auto base = [](std::string_view policy) {
    return decide(*make_selector(policy).value(), kModels, budget_ms(200, 80)).selection.base;
  };
  EXPECT_EQ(base("cnnselect"), 1U);
  EXPECT_EQ(base("cnnselect:threshold=100ms"), 2U) << "T_L is 100, whatever the budget says";
  EXPECT_EQ(base("cnnselect:threshold=150"), 1U);
}

TEST(PolicyParameters, EachChangesWhatIsChosen) {
  EXPECT_EQ(choice("budget-greedy", kModels, 115, 0), 2U);
  EXPECT_EQ(choice("budget-greedy:sigmas=2", kModels, 115, 0), 1U);
  EXPECT_EQ(choice("mdinference:sigmas=0", kModels, 101, 0), 2U);
  EXPECT_EQ(choice("uniform-eligible:sigmas=10", kModels, 30, 0), 0U);
  EXPECT_EQ(choice("weighted-eligible:sigmas=10", kModels, 30, 0), 0U);
  EXPECT_EQ(choice("model-switching", kModels, 200, 0), 1U);
  EXPECT_EQ(choice("model-switching:executions=1", kModels, 200, 0), 2U);
  EXPECT_EQ(choice("proteus", kModels, 150, 0), 1U);
  EXPECT_EQ(choice("proteus:executions=1", kModels, 150, 0), 2U);
  // Of two buckets the lower one ends at 55 ms; of ten the fourth ends at 46.
  EXPECT_EQ(choice("slackfit", kModels, 50, 0), 1U);
  EXPECT_EQ(choice("slackfit:buckets=2", kModels, 50, 0), 0U);
  EXPECT_EQ(choice("slackfit:buckets=2", kModels, 56, 0), 1U);
}

}  // namespace
}  // namespace cnnselect
