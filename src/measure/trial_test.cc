#include "measure/trial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "backend/onnxruntime_backend.h"
#include "backend/testing/onnx_file.h"
#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kLogits = OutputKind::kLogits;
constexpr auto kProbabilities = OutputKind::kProbabilities;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(JudgeScores, FindsThatAKindIsNotTheOneStated) {
  const struct {
    const char* what;
    std::vector<float> scores;
    OutputKind kind;
    const char* doubt;  // empty: none
  } rows[] = {
      {"logits", {-3, 0.5F, 9}, kLogits, ""},
      {"probabilities", {0.2F, 0.8F, 0}, kProbabilities, ""},
      {"probabilities of 16 bits", {0.2F, 0.79F, -1e-4F}, kProbabilities, ""},
      {"small logits that do not sum to 1", {0.2F, 0.5F, 0.9F}, kLogits, ""},
      {"one class alone", {1}, kLogits, ""},
      {"probabilities, said to be logits", {0.2F, 0.8F}, kLogits, "kind = \"probabilities\""},
      {"classes that do not exclude each other", {0.9F, 0.8F}, kProbabilities, "sum to 1.700"},
      {"one is no number", {kNan, 2, 3}, kLogits, "1 of its 3 scores are NaN or infinite"},
  };
  for (const auto& row : rows) {
    const auto doubts = judge_scores(row.scores, row.kind);
    ASSERT_TRUE(doubts) << row.what << ": " << doubts.error().message;
    if (*row.doubt == '\0') {
      EXPECT_THAT(*doubts, IsEmpty()) << row.what;
    } else {
      EXPECT_THAT(*doubts, ElementsAre(HasSubstr(row.doubt))) << row.what;
    }
  }
}

TEST(JudgeScores, RefusesWhatCannotBeScores) {
  const struct {
    std::vector<float> scores;
    OutputKind kind;
    const char* why;
  } rows[] = {
      {{kNan, kNan}, kLogits, "all of its 2 scores are NaN or infinite"},
      {{kInfinity, -kInfinity}, kProbabilities, "all of its 2 scores are NaN or infinite"},
      {{-3, 9}, kProbabilities, "go from -3 to 9, but the family file says kind = \"prob"},
  };
  for (const auto& row : rows) {
    const auto doubts = judge_scores(row.scores, row.kind);
    ASSERT_FALSE(doubts) << row.why;
    EXPECT_EQ(doubts.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(doubts.error().message, HasSubstr(row.why));
  }
}

class TryPicture : public testing::Test {
 protected:
  Result<std::vector<std::string>> tried(const test::OnnxGraph& graph, OutputKind kind) {
    FamilyMember member;
    member.name = "net";
    member.file = folder_.write("net.onnx", test::onnx_bytes(graph));
    member.input = {.resize = {8, 8}, .crop = {8, 8}};
    member.output = kind;
    auto model = backend_.load(member.file);
    EXPECT_TRUE(model) << model.error().message;
    return try_picture(member, **model);
  }

  TemporaryFolder folder_;
  OnnxRuntimeBackend backend_;
};

// The network gives the mean of each channel: of a picture that is not blank, more than nothing.
TEST_F(TryPicture, RunsAPictureThatIsNotBlank) {
  const auto graph = test::mean_classifier({"x", test::kOnnxFloat, {1, 3, 8, 8}}, {2, 3});
  const auto doubts = tried(graph, kProbabilities);
  ASSERT_TRUE(doubts) << doubts.error().message;
  EXPECT_THAT(*doubts, ElementsAre(AllOf(HasSubstr("model 'net' ("), HasSubstr("net.onnx"),
                                         HasSubstr("its scores sum to 1.5"))));
}

TEST_F(TryPicture, NamesTheNetworkThatGivesNoNumbers) {
  auto graph = test::mean_classifier({"x", test::kOnnxFloat, {1, 3, 8, 8}}, {2, 3});
  graph.nodes.push_back({"Neg", {"scores"}, "below"});
  graph.nodes.push_back({"Log", {"below"}, "nans"});
  graph.outputs = {{"nans", test::kOnnxFloat, {1, 3}}};
  const auto doubts = tried(graph, kLogits);
  ASSERT_FALSE(doubts);
  EXPECT_THAT(doubts.error().message,
              AllOf(HasSubstr("model 'net' ("), HasSubstr("all of its 3 scores are NaN")));
}

TEST_F(TryPicture, SaysWhatAFixedBatchCosts) {
  const auto graph = test::mean_classifier({"x", test::kOnnxFloat, {4, 3, 8, 8}}, {2, 3}, {4, 3});
  const auto doubts = tried(graph, kLogits);
  ASSERT_TRUE(doubts) << doubts.error().message;
  EXPECT_THAT(*doubts, ElementsAre(HasSubstr("it takes 4 pictures at a time")));
}

}  // namespace
}  // namespace cnnselect
