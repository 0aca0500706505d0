#include "rpc/infer_message.h"

#include <grpcpp/support/slice.h>
#include <gtest/gtest.h>

#include <string>

namespace cnnselect::rpc {
namespace {

using inference::ModelInferRequest;

Result<ModelInferRequest> parse(const std::string& text) {
  const grpc::Slice slice(text);
  grpc::ByteBuffer bytes(&slice, 1);
  auto message = parse_infer_message(bytes);
  EXPECT_EQ(bytes.Length(), 0U);
  return message;
}

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  all.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

TEST(InferMessage, IsWhatWasSent) {
  ModelInferRequest sent;
  sent.set_model_name("emoji");
  auto& input = *sent.add_inputs();
  input.set_name("x");
  for (int i = 0; i < 100'000; ++i) input.mutable_contents()->add_fp32_contents(0.5F);
  sent.add_raw_input_contents(std::string(1 << 20, 'r'));
  const auto read = parse(sent.SerializeAsString());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->SerializeAsString(), sent.SerializeAsString());
  EXPECT_TRUE(parse(""));
}

TEST(InferMessage, NumbersMayComeOneByOne) {
  // Field 6 (fp32_contents), unpacked: a tag and four bytes each.
  const std::string contents = repeated(std::string("\x35\0\0\0\0", 5), 100'000);
  ModelInferRequest shell;
  shell.add_inputs()->mutable_contents();
  ASSERT_TRUE(shell.mutable_inputs(0)->mutable_contents()->ParseFromString(contents));
  const auto length = [](std::size_t size) {
    std::string text;
    for (; size >= 128; size >>= 7U) text += static_cast<char>(size % 128 + 128);
    return text + static_cast<char>(size);
  };
  const std::string input = "\x2a" + length(contents.size()) + contents;
  const auto read = parse("\x2a" + length(input.size()) + input);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->inputs(0).contents().fp32_contents_size(), 100'000);
}

TEST(InferMessage, OfMillionsOfEmptyEntriesIsRefusedBeforeTheyAreMade) {
  const Error refused{ErrorCode::kInvalidArgument,
                      "the message is not a ModelInferRequest of at most 65536 fields"};
  const struct {
    const char* what;
    std::string entry;
  } cases[] = {
      {"inputs", std::string("\x2a\0", 2)},
      {"raw_input_contents", std::string("\x3a\0", 2)},
      {"no field that we know", std::string("\xa0\x06\0", 3)},
  };
  for (const auto& [what, entry] : cases) {
    EXPECT_TRUE(parse(repeated(entry, kMaxMessageFields))) << what;
    EXPECT_EQ(parse(repeated(entry, kMaxMessageFields + 1)).error(), refused) << what;
  }
  // bytes_contents of the contents of an input.
  ModelInferRequest nested;
  auto& contents = *nested.add_inputs()->mutable_contents();
  for (std::size_t i = 0; i < kMaxMessageFields; ++i) contents.add_bytes_contents("");
  EXPECT_EQ(parse(nested.SerializeAsString()).error(), refused);
}

TEST(InferMessage, WhatIsNoneIsNamed) {
  EXPECT_EQ(parse("\x2a\x05").error().code, ErrorCode::kInvalidArgument) << "cut off";
  EXPECT_FALSE(parse("\x07"));
  EXPECT_FALSE(parse(std::string("\x0a\x01\xff", 3))) << "a name that is no UTF-8";
}

}  // namespace
}  // namespace cnnselect::rpc
