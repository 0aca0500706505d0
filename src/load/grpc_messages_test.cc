#include "load/grpc_messages.h"

#include <gtest/gtest.h>

#include <cstring>

#include "load/classify_answer.h"

namespace cnnselect {
namespace {

inference::ModelInferResponse answer_with(const std::string& element) {
  inference::ModelInferResponse message;
  message.set_model_name("emoji");
  auto& parameters = *message.mutable_parameters();
  parameters["model"].set_string_param("small");
  parameters["reason"].set_string_param("fixed");
  parameters["probability"].set_double_param(0.5);
  parameters["t_input_ms"].set_double_param(60);
  parameters["t_queue_ms"].set_double_param(1);
  parameters["in_time"].set_bool_param(true);
  const auto size = static_cast<std::uint32_t>(element.size());
  std::string tensor(reinterpret_cast<const char*>(&size), sizeof(size));
  message.add_raw_output_contents(tensor + element);
  return message;
}

TEST(GrpcMessages, AnAnswerReadsAsThatOverHttp) {
  const auto json = photo_answer(answer_with("12.5:7:a: colon"));
  ASSERT_TRUE(json) << json.error().message;
  const auto answer = parse_classify_answer(*json);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->model, "small");
  EXPECT_EQ(answer->index, 7);
  EXPECT_EQ(answer->label, "a: colon");
  EXPECT_EQ(answer->reason, "fixed");
  EXPECT_EQ(answer->input, from_ms(60));
  EXPECT_FALSE(answer->confidence) << "12.5 is no probability";
  EXPECT_FALSE(answer->decode);
  EXPECT_FALSE(answer->budget);
  EXPECT_TRUE(json->contains(R"("score":12.5)")) << *json;
}

TEST(GrpcMessages, WhatIsNoAnswerOfAPhotoIsAnError) {
  for (const auto* element : {"", "12.5", "12.5:7", "x:7:label", "1:x:label"}) {
    EXPECT_FALSE(photo_answer(answer_with(element))) << element;
  }
  auto nameless = answer_with("1:2:label");
  nameless.mutable_parameters()->erase("model");
  EXPECT_FALSE(photo_answer(nameless));
  EXPECT_FALSE(photo_answer({}));
}

TEST(GrpcMessages, AQuestionIsOnePhotoAndItsBestClass) {
  const std::string photo = "photo";
  const auto message =
      photo_message("emoji", {.input = "x", .output = "y"}, std::as_bytes(std::span(photo)));
  EXPECT_EQ(message.model_name(), "emoji");
  EXPECT_EQ(message.inputs(0).name(), "x");
  EXPECT_EQ(message.inputs(0).datatype(), "BYTES");
  EXPECT_EQ(message.raw_input_contents(0), std::string("\5\0\0\0photo", 9));
  EXPECT_EQ(message.outputs(0).name(), "y");
  EXPECT_EQ(message.outputs(0).parameters().at("classification").int64_param(), 1);
  EXPECT_FALSE(tensor_names({}));
}

}  // namespace
}  // namespace cnnselect
