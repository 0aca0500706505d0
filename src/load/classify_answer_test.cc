#include "load/classify_answer.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST(ClassifyAnswer, ReadsWhatTheServerWrites) {
  const auto answer = parse_classify_answer(
      R"({"id":"","family":"emoji","model":"small","label":"pear","index":3,"confidence":0.75,)"
      R"("top":[],"reason":"explored","probability":0.5,"sla_ms":200,"in_time":true,"timing":)"
      R"({"t_input_ms":60,"t_decode_ms":1.5,"t_queue_ms":0,"t_infer_ms":2,"t_server_ms":4,)"
      R"("budget_ms":80.5}})");
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->model, "small");
  EXPECT_EQ(answer->label, "pear");
  EXPECT_EQ(answer->index, 3);
  EXPECT_EQ(answer->input, 60ms);
  EXPECT_EQ(answer->decode, Duration(1500us));
  EXPECT_EQ(answer->confidence, 0.75);
  EXPECT_EQ(answer->budget, Duration(80'500us));
}

TEST(ClassifyAnswer, WithoutAnSlaThereIsNoBudget) {
  const auto answer = parse_classify_answer(
      R"({"model":"m","label":"l","index":0,"confidence":1,"reason":"fixed","probability":1,)"
      R"("timing":{"t_input_ms":1,"budget_ms":null}})");
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_FALSE(answer->budget.has_value());
}

TEST(ClassifyAnswer, SaysSoWhenItIsSomethingElse) {
  for (const auto* text : {"", "[]", "{}", R"({"model":3})", "<html>"}) {
    const auto answer = parse_classify_answer(text);
    ASSERT_FALSE(answer.has_value()) << text;
    EXPECT_EQ(answer.error().code, ErrorCode::kInternal);
  }
}

TEST(ClassifyAnswer, ErrorsAreTheServersWords) {
  EXPECT_EQ(error_text(R"({"error":"no family 'x'"})"), "no family 'x'");
  EXPECT_EQ(error_text("Bad Gateway"), "Bad Gateway");
  EXPECT_EQ(error_text("[1]"), "[1]");
}

}  // namespace
}  // namespace cnnselect
