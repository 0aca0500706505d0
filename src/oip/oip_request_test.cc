#include "oip/oip_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "oip/tensor_types.h"
#include "oip/testing/oip_requests.h"

namespace cnnselect {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

TEST(OipRequest, ReadsAFullJsonRequest) {
  const auto request = parse_json(R"({
    "id": "photo 1",
    "parameters": {"sla_ms": 250, "rtt_ms": "12.5", "policy": "cnnselect", "priority": 2, "timeout": 5000,
                   "binary_data_output": true, "mine": {"any": ["thing"]}},
    "inputs": [
      {"name": "x", "shape": [1, 3], "datatype": "FP32", "parameters": {"mine": null},
       "data": [1.5, -2, 3e-3]},
      {"name": "b", "shape": [2], "datatype": "BYTES", "data": ["caf\u00e9", ""]}
    ],
    "outputs": [{"name": "y", "parameters": {"binary_data": false, "classification": 5}},
                {"name": "z"}],
    "unknown": [1, {"two": 3}]
  })");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->id, "photo 1");
  EXPECT_EQ(request->hints.sla, 250ms);
  EXPECT_EQ(request->hints.rtt, 12'500us);
  EXPECT_EQ(request->hints.policy, "cnnselect");
  EXPECT_EQ(request->hints.priority, 2U);
  EXPECT_EQ(request->hints.timeout, 5ms);
  EXPECT_TRUE(request->binary_by_default);
  ASSERT_THAT(request->inputs, SizeIs(2));
  EXPECT_EQ(request->inputs[0].name, "x");
  EXPECT_EQ(request->inputs[0].datatype, "FP32");
  EXPECT_THAT(request->inputs[0].shape, ElementsAre(1, 3));
  EXPECT_THAT(values<float>(request->inputs[0]), ElementsAre(1.5F, -2.0F, 3e-3F));
  EXPECT_EQ(text_of(request->inputs[1]), std::string("\5\0\0\0caf\xc3\xa9\0\0\0\0", 13));
  ASSERT_THAT(request->outputs, SizeIs(2));
  EXPECT_EQ(request->outputs[0].name, "y");
  EXPECT_FALSE(request->outputs[0].binary);
  EXPECT_EQ(request->outputs[0].classification, 5);
  EXPECT_TRUE(request->outputs[1].binary) << "the request's default";
}

TEST(OipRequest, PriorityAndTimeoutAreWholeNumbersAndNothingElse) {
  const auto refusal = [](const std::string& parameter) {
    const auto request = parse_json(R"({"inputs":[{"name":"x","shape":[1],"datatype":"FP32",)"
                                    R"("data":[1]}],"parameters":{)" +
                                    parameter + "}}");
    return request ? "accepted" : request.error().message;
  };
  const std::string wanted = "; want a whole number from 0 to 18446744073709551615";
  EXPECT_EQ(refusal(R"("priority":18446744073709551615)"), "accepted");
  EXPECT_EQ(refusal(R"("timeout":0)"), "accepted");
  for (const std::string value :
       {"-1", "1.5", "1e3", R"("2")", "true", "null", "18446744073709551616"}) {
    EXPECT_EQ(refusal(R"("priority":)" + value), "parameters: priority is " + value + wanted);
    EXPECT_EQ(refusal(R"("timeout":)" + value), "parameters: timeout is " + value + wanted);
  }
  EXPECT_EQ(refusal(R"("timeout":[1])"), "parameters: timeout is an array" + wanted);
}

TEST(OipRequest, TakesTheFieldsOfAnInputInAnyOrder) {
  const auto request =
      parse_json(R"({"inputs":[{"data":[[1,2],[3,4]],"datatype":"INT16","shape":[2,2],"name":"x"},)"
                 R"({"datatype":"BYTES","shape":[1],"data":["aGk="],"name":"p",)"
                 R"("parameters":{"content_type":"base64"}}]})");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_THAT(values<std::int16_t>(request->inputs[0]), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(text_of(request->inputs[1]), std::string("\2\0\0\0hi", 6));
}

TEST(OipRequest, ReadsEveryDatatypeThatJsonCarries) {
  const auto bytes = [](const char* type, const char* data) {
    const auto request = parse_json(std::string(R"({"inputs":[{"name":"x","shape":[2],)") +
                                    R"("datatype":")" + type + R"(","data":)" + data + "}]}");
    EXPECT_TRUE(request) << type << ": " << (request ? "" : request.error().message);
    return request ? text_of(request->inputs[0]) : "";
  };
  EXPECT_EQ(bytes("BOOL", "[true,false]"), std::string("\1\0", 2));
  EXPECT_EQ(bytes("UINT8", "[0,255]"), bytes_of<std::uint8_t>({0, 255}));
  EXPECT_EQ(bytes("UINT16", "[1,65535]"), bytes_of<std::uint16_t>({1, 65535}));
  EXPECT_EQ(bytes("UINT32", "[1,4294967295]"), bytes_of<std::uint32_t>({1, 4294967295}));
  EXPECT_EQ(bytes("UINT64", "[1,18446744073709551615]"),
            bytes_of<std::uint64_t>({1, std::numeric_limits<std::uint64_t>::max()}));
  EXPECT_EQ(bytes("INT8", "[-128,127]"), bytes_of<std::int8_t>({-128, 127}));
  EXPECT_EQ(bytes("INT16", "[-32768,7]"), bytes_of<std::int16_t>({-32768, 7}));
  EXPECT_EQ(bytes("INT32", "[-2147483648,7]"), bytes_of<std::int32_t>({-2147483647 - 1, 7}));
  EXPECT_EQ(bytes("INT64", "[-9223372036854775808,7]"),
            bytes_of<std::int64_t>({std::numeric_limits<std::int64_t>::min(), 7}));
  EXPECT_EQ(bytes("FP32", "[0.1,-3.4028235e38]"), bytes_of<float>({0.1F, -3.4028235e38F}));
  EXPECT_EQ(bytes("FP64", "[0.1,1e300]"), bytes_of<double>({0.1, 1e300}));
}

TEST(OipRequest, ReadsBinaryTensorsAlignedAndMixedWithJson) {
  const std::vector<float> first = {1.5F, -2.0F};
  const std::vector<double> second = {0.25};
  const std::string json = R"({"inputs":[
      {"name":"a","shape":[2],"datatype":"FP32","parameters":{"binary_data_size":8}},
      {"name":"j","shape":[1],"datatype":"INT32","data":[7]},
      {"name":"s","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":7}},
      {"name":"d","shape":[1],"datatype":"FP64","parameters":{"binary_data_size":8}}]})";
  // Spaces after the JSON move the tensors through every alignment.
  for (int spaces = 0; spaces < 8; ++spaces) {
    auto request = parse_binary(json + std::string(static_cast<std::size_t>(spaces), ' '),
                                bytes_of(first) + std::string("\3\0\0\0abc", 7) + bytes_of(second));
    ASSERT_TRUE(request) << request.error().message;
    const InferRequest moved = *std::move(request);
    EXPECT_THAT(values<float>(moved.inputs[0]), ElementsAre(1.5F, -2.0F));
    EXPECT_THAT(values<std::int32_t>(moved.inputs[1]), ElementsAre(7));
    EXPECT_EQ(text_of(moved.inputs[2]), std::string("\3\0\0\0abc", 7));
    EXPECT_THAT(values<double>(moved.inputs[3]), ElementsAre(0.25));
    for (const InferInput& input : moved.inputs) {
      const auto alignment = input.datatype == "BYTES" ? 1U : input.datatype == "FP64" ? 8U : 4U;
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(input.bytes.data()) % alignment, 0U) << input.name;
    }
  }
}

TEST(OipRequest, ALargeBinaryTensorIsNotCopied) {
  const std::string json =
      R"({"inputs":[{"name":"x","shape":[1000],"datatype":"FP32","parameters":{"binary_data_size":4000}}]})";
  const auto request = parse_binary(json, std::string(4000, 'x'));
  ASSERT_TRUE(request);
  EXPECT_THAT(request->storage, IsEmpty());
  EXPECT_EQ(text_of(request->inputs[0]), std::string(4000, 'x'));
}

TEST(OipRequest, ATensorWithoutElementsNeedsNoData) {
  const auto request = parse_json(
      R"({"inputs":[{"name":"x","shape":[0,9223372036854775807,9],"datatype":"FP64"}]})");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_THAT(request->inputs[0].bytes, IsEmpty());
}

TEST(OipRequest, NullIsAbsentWhereItMayBe) {
  const auto request =
      parse_json(R"({"id":null,"parameters":null,"outputs":null,"inputs":[)"
                 R"({"parameters":null,"name":"x","shape":[1],"datatype":"FP32","data":[1]},)"
                 R"({"data":["a"],"name":"b","shape":[1],"datatype":"BYTES","parameters":null}]})");
  ASSERT_TRUE(request.has_value()) << request.error().message;
  EXPECT_EQ(request->id, "");
  EXPECT_THAT(request->outputs, IsEmpty());
  EXPECT_THAT(request->inputs, SizeIs(2));
  const auto output =
      parse_json(R"({"outputs":[{"name":"y","parameters":null}],)"
                 R"("inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1]}]})");
  ASSERT_TRUE(output.has_value()) << output.error().message;
  EXPECT_THAT(output->outputs, SizeIs(1));
  EXPECT_EQ(parse_json(R"({"id":nul,"inputs":[]})").error().message, "id is nul; want a string");
}

TEST(OipRequest, KeepsHintsToldElsewhere) {
  RequestHints hints;
  hints.sla = 1s;
  hints.rtt = 2s;
  const std::string json =
      R"({"parameters":{"rtt_ms":5},"inputs":[{"name":"x","shape":[0],"datatype":"FP32"}]})";
  const auto request = parse_infer_request(json, json.size(), hints);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->hints.sla, 1s);
  EXPECT_EQ(request->hints.rtt, 5ms);
}

TEST(OipRequest, TensorsMayLieInSharedMemory) {
  const auto request = parse_json(
      R"({"inputs":[{"name":"x","datatype":"FP32","shape":[2],"parameters":{)"
      R"("shared_memory_byte_size":8,"shared_memory_region":"r","shared_memory_offset":16}}],)"
      R"("outputs":[{"name":"y","parameters":{)"
      R"("shared_memory_region":"s","shared_memory_byte_size":4}}]})");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->inputs[0].shared, (SharedRange{.region = "r", .offset = 16, .size = 8}));
  EXPECT_TRUE(request->inputs[0].bytes.empty());
  EXPECT_EQ(request->outputs[0].shared, (SharedRange{.region = "s", .offset = 0, .size = 4}));
}

// The JSON lacks its closing brackets; the tensors' bytes must not stand in for them, nor for more
// elements.
TEST(OipRequest, BytesBehindTheJsonAreNeverReadAsJson) {
  const char* const truncated[] = {
      R"({"outputs":[{"name":"a"})",
      R"({"inputs":[{"name":"x","shape":[0],"datatype":"FP32"})",
      R"({"inputs":[{"name":"x","shape":[0],"datatype":"FP32"}],"parameters":{"sla_ms":5})",
      R"({"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[{})",
  };
  const char* const tensors[] = {",", ",,,,", "]}", "}}", "]", "}", "\"", ":", "{", "[", "1"};
  for (const char* const json : truncated) {
    for (const char* const bytes : tensors) {
      const auto request = parse_binary(json, bytes + std::string(200, ' '));
      ASSERT_FALSE(request) << json << bytes;
      EXPECT_EQ(request.error().code, ErrorCode::kInvalidArgument) << json << bytes;
    }
  }
}

TEST(JsonLength, ReadsTheHeaderOrTakesTheWholeBody) {
  EXPECT_EQ(json_length(std::nullopt, 12), 12U);
  EXPECT_EQ(json_length("0", 12), 0U);
  EXPECT_EQ(json_length("12", 12), 12U);
  for (const char* const bad :
       {"", " 1", "-1", "+1", "1a", "0x1", "13", "99999999999999999999999"}) {
    const auto length = json_length(bad, 12);
    ASSERT_FALSE(length) << bad;
    EXPECT_EQ(length.error().message, std::string("Inference-Header-Content-Length is '") +
                                          std::string(bad).substr(0, 40) +
                                          "'; allowed: 0 to 12, the size of the body");
  }
}

}  // namespace
}  // namespace cnnselect
