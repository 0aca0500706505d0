// What is wrong with a request, and what the client is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "oip/oip_request.h"
#include "oip/tensor_types.h"
#include "oip/testing/oip_requests.h"

namespace cnnselect {
namespace {

struct BadJsonCase {
  const char* what;
  std::string json;
  const char* message;
};

TEST(OipRequest, NamesWhatIsWrongWithTheRequest) {
  const std::string ok = R"("inputs":[{"name":"x","shape":[0],"datatype":"FP32"}])";
  const BadJsonCase cases[] = {
      {"empty", "", R"(the body is empty; want {"inputs": [...]})"},
      {"not an object", "[1]", R"(request is not a JSON object; want {"inputs": [...]})"},
      {"a bare word", "hello", R"(request is not a JSON object; want {"inputs": [...]})"},
      {"no inputs", "{}", "the request has no inputs; want at least one"},
      {"empty inputs", R"({"inputs":[]})", "the request has no inputs; want at least one"},
      {"inputs no array", R"({"inputs":{}})", "inputs is an object; want an array"},
      {"an input no object", R"({"inputs":[5]})", "inputs[0]: an input is 5; want an object"},
      {"id no string", "{\"id\":7," + ok + "}", "id is 7; want a string"},
      {"parameters no object", "{\"parameters\":[]," + ok + "}",
       "parameters is an array; want an object"},
      {"a bad hint", R"({"parameters":{"sla_ms":-5},)" + ok + "}",
       "parameters: sla_ms is -5; allowed: 0.001 to 3600000 milliseconds"},
      {"a hint of a wrong kind", R"({"parameters":{"sla_ms":true},)" + ok + "}",
       "parameters: sla_ms is true; want a number or a string"},
      {"binary_data_output no bool", R"({"parameters":{"binary_data_output":1},)" + ok + "}",
       "parameters: binary_data_output is 1; want true or false"},
      {"reserved", R"({"parameters":{"triton_x":1},)" + ok + "}",
       "parameters: parameter 'triton_x': keys starting with 'triton_' are reserved"},
      {"input without a name", R"({"inputs":[{"shape":[0],"datatype":"FP32"}]})",
       "inputs[0] has no name"},
      {"input name twice",
       R"({"inputs":[{"name":"x","shape":[0],"datatype":"FP32"},{"name":"x","shape":[0],"datatype":"FP32"}]})",
       "two inputs are named 'x'; names are unique"},
      {"output without a name", "{\"outputs\":[{}]," + ok + "}", "outputs[0] has no name"},
      {"output name twice", R"({"outputs":[{"name":"y"},{"name":"y"}],)" + ok + "}",
       "two outputs are named 'y'; names are unique"},
      {"classification of none",
       R"({"outputs":[{"name":"y","parameters":{"classification":0}}],)" + ok + "}",
       "output 'y': classification is 0; want a whole number from 1 to 2147483647"},
      {"output reserved", R"({"outputs":[{"name":"y","parameters":{"triton_a":0}}],)" + ok + "}",
       "output 'y': parameter 'triton_a': keys starting with 'triton_' are reserved"},
      {"binary_data no bool",
       R"({"outputs":[{"name":"y","parameters":{"binary_data":"yes"}}],)" + ok + "}",
       "output 'y': binary_data is \"yes\"; want true or false"},
      {"something after the object", "{" + ok + "} {}", nullptr},
      {"a missing bracket", "{" + ok, nullptr},
      {"a missing comma", R"({"id":"a" )" + ok + "}", nullptr},
      {"an unclosed string", R"({"id":"a)", nullptr},
      {"not UTF-8", "{\"id\":\"\xff\"," + ok + "}", nullptr},
  };
  for (const BadJsonCase& row : cases) {
    const auto request = parse_json(row.json);
    ASSERT_FALSE(request) << row.what;
    EXPECT_EQ(request.error().code, ErrorCode::kInvalidArgument) << row.what;
    if (row.message != nullptr) {
      EXPECT_EQ(request.error().message, row.message) << row.what;
    } else {
      EXPECT_THAT(request.error().message, ::testing::StartsWith("request is not valid JSON: "))
          << row.what;
    }
  }
}

TEST(OipRequest, AnIdIsNoPlaceForData) {
  const auto with_id = [](std::size_t size) {
    return parse_json(R"({"id":")" + std::string(size, 'i') +
                      R"(","inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]}]})");
  };
  EXPECT_TRUE(with_id(256));
  EXPECT_EQ(with_id(257).error(),
            (Error{ErrorCode::kInvalidArgument, "id has 257 bytes; allowed: 256"}));
}

// The key may come twice; the bound is the request's.
TEST(OipRequest, BoundsItsTensorsHoweverTheyCome) {
  const auto array = [](char letter, int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text +=
          (i == 0 ? "" : ",") + std::string(R"({"name":")") + letter + std::to_string(i) + "\"}";
    }
    return R"("outputs":[)" + text + "]";
  };
  const std::string input = R"("inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]}])";
  EXPECT_TRUE(parse_json("{" + array('a', 128) + "," + array('b', 128) + "," + input + "}"));
  EXPECT_EQ(parse_json("{" + array('a', 128) + "," + array('b', 129) + "," + input + "}").error(),
            (Error{ErrorCode::kInvalidArgument, "more than 256 outputs in one request"}));
}

struct BadInput {
  const char* fields;
  const char* message;
};

TEST(OipRequest, NamesWhatIsWrongWithAnInput) {
  const BadInput cases[] = {
      {R"("name":"x","datatype":"FP32","data":[1])", "input 'x': shape is missing"},
      {R"("name":"x","shape":[1],"data":[1])", "input 'x': datatype is missing"},
      {R"("name":"x","shape":[1],"datatype":"FP32")",
       "input 'x': unable to find data for input tensor: want data or binary_data_size"},
      {R"("name":5)", "inputs[0]: name is 5; want a string"},
      {R"("name":"x","shape":5)", "input 'x': shape is 5; want an array"},
      {R"("name":"x","shape":[-1])",
       "input 'x': shape[0] is -1; want a whole number from 0 to 9223372036854775807"},
      {R"("name":"x","shape":[1,1.5])",
       "input 'x': shape[1] is 1.5; want a whole number from 0 to 9223372036854775807"},
      {R"("name":"x","shape":[4294967296,4294967296],"datatype":"UINT8","data":[])",
       "input 'x': shape is [4294967296,4294967296]; it has more bytes than a 64-bit number can "
       "count"},
      {R"("name":"x","shape":[1],"shape":[2])", "input 'x': shape is given twice"},
      {R"("name":"x","datatype":"FP33")",
       "input 'x': datatype is 'FP33'; allowed: BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, "
       "INT32, INT64, FP16, FP32, FP64, BF16, BYTES"},
      {R"("name":"x","shape":[2],"datatype":"FP32","data":[1])",
       "input 'x': data has 1 element, shape [2] has 2"},
      {R"("name":"x","shape":[1,2],"datatype":"FP32","data":[1,2,3,4,5])",
       "input 'x': data has 5 elements, shape [1,2] has 2"},
      {R"("name":"x","shape":[1000000000000],"datatype":"FP32","data":[1,2])",
       "input 'x': data has 2 elements, shape [1000000000000] has 1000000000000"},
      {R"("name":"x","shape":[1],"datatype":"FP32","data":1)",
       "input 'x': data is 1; want an array"},
      {R"("name":"x","shape":[2],"datatype":"FP32","data":[1,"two"])",
       "input 'x': data[1] is \"two\"; want a number of at most 3.4e+38 either way"},
      {R"("name":"x","shape":[1],"datatype":"FP32","data":[null])",
       "input 'x': data[0] is null; want a number of at most 3.4e+38 either way"},
      {R"("name":"x","shape":[1],"datatype":"FP32","data":[NaN])",
       "input 'x': data[0] is NaN; want a number of at most 3.4e+38 either way"},
      {R"("name":"x","shape":[1],"datatype":"FP32","data":[1e39])",
       "input 'x': data[0] is 1e39; want a number of at most 3.4e+38 either way"},
      {R"("name":"x","shape":[1],"datatype":"UINT8","data":[256])",
       "input 'x': data[0] is 256; want a whole number from 0 to 255"},
      {R"("name":"x","shape":[1],"datatype":"INT8","data":[1.0])",
       "input 'x': data[0] is 1.0; want a whole number from -128 to 127"},
      {R"("name":"x","shape":[1],"datatype":"BOOL","data":[1])",
       "input 'x': data[0] is 1; want true or false"},
      {R"("name":"x","shape":[1],"datatype":"FP32","data":[{}])",
       "input 'x': data[0] is an object; want a number of at most 3.4e+38 either way"},
      {R"("name":"x","shape":[1],"datatype":"BYTES","data":[7])",
       "input 'x': data[0] is 7; want a string"},
      {R"("name":"x","shape":[1],"datatype":"BYTES","parameters":{"content_type":"base64"},"data":["*"])",
       "input 'x': data[0] is \"*\"; want a string of base64"},
      {R"("name":"x","shape":[1],"datatype":"FP16","data":[1])",
       "input 'x': FP16 and BF16 have no form in JSON: send the tensor in binary"},
      {R"("name":"x","shape":[1],"datatype":"FP32","data":[1],"parameters":{"binary_data_size":4})",
       "input 'x': both data and binary_data_size are given; want one of them"},
      {R"("name":"x","parameters":{"binary_data_size":-4})",
       "input 'x': binary_data_size is -4; want a whole number from 0 to 9223372036854775807"},
      {R"("name":"x","parameters":{"triton_z":1})",
       "input 'x': parameter 'triton_z': keys starting with 'triton_' are reserved"},
      {R"("name":"x","shape":[1],"datatype":"FP32","parameters":{"shared_memory_region":"r"})",
       "input 'x': the tensor is said to be in shared memory, but shared_memory_byte_size is "
       "missing"},
      {R"("name":"x","shape":[1],"datatype":"FP32","parameters":{"shared_memory_byte_size":4})",
       "input 'x': the tensor is said to be in shared memory, but shared_memory_region is missing"},
      {R"("name":"x","parameters":{"shared_memory_offset":-1})",
       "input 'x': shared_memory_offset is -1; want a whole number from 0 to 9223372036854775807"},
      {R"("name":"x","shape":[1],"datatype":"FP32","data":[1],"parameters":)"
       R"({"shared_memory_region":"r","shared_memory_byte_size":4})",
       "input 'x': shared_memory_region is given beside data or binary_data_size; want one of "
       "them"},
  };
  for (const BadInput& row : cases) {
    EXPECT_EQ(error_of_input(row.fields), row.message) << row.fields;
  }
}

TEST(OipRequest, BoundsNestingAndTheNumberOfTensors) {
  const auto nested = [](std::size_t depth) {
    return R"("name":"x","shape":[1],"datatype":"FP32","data":)" + std::string(depth, '[') + "1" +
           std::string(depth, ']');
  };
  EXPECT_EQ(error_of_input(nested(100)), "accepted");
  EXPECT_EQ(error_of_input(nested(101)), "input 'x': data is nested deeper than 100 arrays");
  EXPECT_EQ(error_of_input(nested(100'000)), "input 'x': data is nested deeper than 100 arrays");

  std::string inputs;
  for (int i = 0; i < 257; ++i) {
    inputs += (i == 0 ? "" : ",") + std::string(R"({"name":"x)") + std::to_string(i) +
              R"(","shape":[0],"datatype":"FP32"})";
  }
  const auto request = parse_json(R"({"inputs":[)" + inputs + "]}");
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().message, "more than 256 inputs in one request");
}

struct BadBinary {
  const char* what;
  const char* input;
  std::string tensors;
  const char* message;
};

TEST(OipRequest, NamesWhatIsWrongWithBinaryTensors) {
  const BadBinary cases[] = {
      {"not the shape's size",
       R"("shape":[2],"datatype":"FP32","parameters":{"binary_data_size":4})", "1234",
       "input 'x': unexpected size for input: binary_data_size is 4, FP32 [2] has 8 bytes"},
      {"body too short", R"("shape":[2],"datatype":"FP32","parameters":{"binary_data_size":8})",
       "1234",
       "input 'x': unexpected size for input: binary_data_size is 8, 4 bytes are left after the "
       "JSON "
       "(Inference-Header-Content-Length says where that ends)"},
      {"body too long", R"("shape":[1],"datatype":"FP32","parameters":{"binary_data_size":4})",
       "12345", "unexpected additional input data: 1 bytes after the last tensor"},
      {"bytes behind a JSON tensor", R"("shape":[1],"datatype":"FP32","data":[1])", "12345",
       "unexpected additional input data: 5 bytes after the last tensor"},
      {"a size that no body has",
       R"("shape":[9223372036854775807],"datatype":"BOOL","parameters":{"binary_data_size":9223372036854775807})",
       "1",
       "input 'x': unexpected size for input: binary_data_size is 9223372036854775807, 1 bytes are "
       "left after the JSON (Inference-Header-Content-Length says where that ends)"},
      {"a length beyond the tensor",
       R"("shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":6})",
       std::string("\3\0\0\0ab", 6), "input 'x': BYTES element 0 says it has 3 bytes, 2 are left"},
      {"half a length", R"("shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":7})",
       std::string("\0\0\0\0\1\0\0", 7),
       "input 'x': BYTES element 1: 3 bytes are left, its length alone takes 4"},
      {"an element too few",
       R"("shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":5})",
       std::string("\1\0\0\0a", 5), "input 'x': binary data has 1 element, shape [2] has 2"},
  };
  for (const BadBinary& row : cases) {
    const auto request =
        parse_binary(std::string(R"({"inputs":[{"name":"x",)") + row.input + "}]}", row.tensors);
    ASSERT_FALSE(request) << row.what;
    EXPECT_EQ(request.error().message, row.message) << row.what;
  }
}

}  // namespace
}  // namespace cnnselect
