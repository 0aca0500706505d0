#include "oip/oip_response.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace cnnselect {
namespace {

template <class T>
std::vector<std::byte> tensor_bytes(const std::vector<T>& numbers) {
  const auto bytes = std::as_bytes(std::span(numbers));
  return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> tensor_bytes(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

/// The `data` of one JSON output.
std::string data_of(const std::string& datatype, std::int64_t count, std::vector<std::byte> bytes) {
  InferResponse response;
  response.model = "m";
  response.outputs.push_back({"y", datatype, {count}, std::move(bytes), false});
  const auto body = write_infer_response(response);
  if (!body) return body.error().message;
  const std::size_t begin = body->bytes.find("\"data\":") + 7;
  return body->bytes.substr(begin, body->bytes.size() - begin - 3);
}

TEST(OipResponse, WritesJson) {
  InferResponse response;
  response.model = "emoji";
  response.version = "3";
  response.id = "photo \"1\"";
  response.parameters = {{"model", "mobilenet"},
                         {"in_time", true},
                         {"t_infer_ms", 12.25},
                         {"workers", std::int64_t{2}}};
  response.outputs.push_back(
      {"logits", "FP32", {1, 3}, tensor_bytes<float>({0.1F, -2.0F, 1e-30F}), false});
  response.outputs.push_back(
      {"best", "BYTES", {2}, tensor_bytes(std::string_view("\3\0\0\0a:b\0\0\0\0", 11)), false});
  const auto body = write_infer_response(response);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->bytes,
            R"({"model_name":"emoji","model_version":"3","id":"photo \"1\"","parameters":)"
            R"({"in_time":true,"model":"mobilenet","t_infer_ms":12.25,"workers":2},"outputs":[)"
            R"({"name":"logits","datatype":"FP32","shape":[1,3],"data":[0.1,-2,1e-30]},)"
            R"({"name":"best","datatype":"BYTES","shape":[2],"data":["a:b",""]}]})");
  EXPECT_EQ(body->json_size, std::nullopt);
}

TEST(OipResponse, WritesBinaryTensorsBehindTheJson) {
  InferResponse response;
  response.model = "m";
  response.outputs.push_back({"a", "UINT8", {2}, tensor_bytes<std::uint8_t>({1, 2}), true});
  response.outputs.push_back({"b", "UINT8", {1}, tensor_bytes<std::uint8_t>({9}), false});
  response.outputs.push_back({"c", "INT16", {1}, tensor_bytes<std::int16_t>({-2}), true});
  response.outputs.push_back({"d", "FP32", {0}, {}, true});
  const auto body = write_infer_response(response);
  ASSERT_TRUE(body);
  const std::string json =
      R"({"model_name":"m","outputs":[)"
      R"({"name":"a","datatype":"UINT8","shape":[2],"parameters":{"binary_data_size":2}},)"
      R"({"name":"b","datatype":"UINT8","shape":[1],"data":[9]},)"
      R"({"name":"c","datatype":"INT16","shape":[1],"parameters":{"binary_data_size":2}},)"
      R"({"name":"d","datatype":"FP32","shape":[0],"parameters":{"binary_data_size":0}}]})";
  EXPECT_EQ(body->bytes, json + "\1\2\xfe\xff");
  EXPECT_EQ(body->json_size, json.size());
}

TEST(OipResponse, WritesEveryDatatypeThatJsonCarries) {
  EXPECT_EQ(data_of("BOOL", 2, tensor_bytes<std::uint8_t>({0, 1})), "[false,true]");
  EXPECT_EQ(data_of("UINT16", 1, tensor_bytes<std::uint16_t>({65535})), "[65535]");
  EXPECT_EQ(data_of("UINT32", 1, tensor_bytes<std::uint32_t>({4294967295})), "[4294967295]");
  EXPECT_EQ(data_of("UINT64", 1, tensor_bytes<std::uint64_t>({18446744073709551615U})),
            "[18446744073709551615]");
  EXPECT_EQ(data_of("INT8", 1, tensor_bytes<std::int8_t>({-128})), "[-128]");
  EXPECT_EQ(data_of("INT32", 1, tensor_bytes<std::int32_t>({-7})), "[-7]");
  EXPECT_EQ(
      data_of("INT64", 1, tensor_bytes<std::int64_t>({std::numeric_limits<std::int64_t>::min()})),
      "[-9223372036854775808]");
  EXPECT_EQ(data_of("FP64", 2, tensor_bytes<double>({0.1, 1e300})), "[0.1,1e+300]");
}

TEST(OipResponse, StaysStrictJsonWhateverTheNumbers) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(data_of("FP32", 4, tensor_bytes<float>({std::nanf(""), infinity, -infinity, -0.0F})),
            "[null,null,null,-0]");
  EXPECT_EQ(data_of("BYTES", 1, tensor_bytes(std::string_view("\3\0\0\0a\xff\n", 7))),
            "[\"a\xef\xbf\xbd\\n\"]");
}

TEST(OipResponse, NamesTheOutputItCannotWrite) {
  EXPECT_EQ(data_of("FP16", 1, tensor_bytes<std::uint16_t>({0})),
            "output 'y': FP16 and BF16 have no form in JSON: ask for binary_data");
  EXPECT_EQ(data_of("FP32", 2, tensor_bytes<float>({0})), "output 'y': 4 bytes, FP32 [2] has 8");
  EXPECT_EQ(data_of("BYTES", 2, tensor_bytes(std::string_view("\0\0\0\0", 4))),
            "output 'y': binary data has 1 element, shape [2] has 2");
  EXPECT_EQ(data_of("BYTES", 1, tensor_bytes(std::string_view("\2\0\0\0a", 5))),
            "output 'y': BYTES element 0 says it has 2 bytes, 1 are left");
  EXPECT_EQ(data_of("FP32", -1, {}), "output 'y': shape is [-1]; dimensions are 0 or more");
}

TEST(OipResponse, TellsOurFaultsFromTheClients) {
  InferResponse response;
  response.outputs.push_back({"y", "FP32", {2}, {}, false});
  EXPECT_EQ(write_infer_response(response).error().code, ErrorCode::kInternal);
  response.outputs.front() = {"y", "BF16", {1}, tensor_bytes<std::uint16_t>({0}), false};
  EXPECT_EQ(write_infer_response(response).error().code, ErrorCode::kInvalidArgument);
  response.outputs.front().binary = true;
  EXPECT_TRUE(write_infer_response(response));
}

}  // namespace
}  // namespace cnnselect
