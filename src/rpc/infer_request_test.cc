#include "rpc/infer_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <string>
#include <vector>

namespace cnnselect::rpc {
namespace {

using namespace std::chrono_literals;
using inference::ModelInferRequest;
using testing::HasSubstr;

std::string floats(const std::vector<float>& values) {
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

void add_input(ModelInferRequest& message, const std::string& name, const std::string& type,
               const std::vector<std::int64_t>& shape) {
  auto& input = *message.add_inputs();
  input.set_name(name);
  input.set_datatype(type);
  input.mutable_shape()->Assign(shape.begin(), shape.end());
}

/// One raw input of `size` floats: 0, 1, 2, ...
ModelInferRequest raw_request(std::size_t size) {
  ModelInferRequest message;
  message.set_model_name("m");
  add_input(message, "x", "FP32", {1, static_cast<std::int64_t>(size)});
  std::vector<float> values(size);
  for (std::size_t i = 0; i < size; ++i) values[i] = static_cast<float>(i);
  message.add_raw_input_contents(floats(values));
  return message;
}

std::vector<float> values_of(const InferInput& input) {
  std::vector<float> values(input.bytes.size() / sizeof(float));
  std::memcpy(values.data(), input.bytes.data(), input.bytes.size());
  return values;
}

std::string refusal(ModelInferRequest message, ErrorCode code = ErrorCode::kInvalidArgument) {
  const auto request = read_infer_request(std::move(message), {});
  if (request) return "no error";
  EXPECT_EQ(request.error().code, code);
  return request.error().message;
}

TEST(RpcInferRequest, RawTensorsSurviveAMove) {
  // Short ones may live inside a std::string, long ones are taken as they are.
  for (const std::size_t size : {1U, 2U, 15U, 17U, 1000U}) {
    auto read = read_infer_request(raw_request(size), {});
    ASSERT_TRUE(read) << read.error().message;
    const InferRequest moved = *std::move(read);
    ASSERT_EQ(moved.inputs.size(), 1U);
    const auto values = values_of(moved.inputs.front());
    ASSERT_EQ(values.size(), size);
    EXPECT_EQ(values.back(), static_cast<float>(size - 1));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(moved.inputs.front().bytes.data()) % alignof(float),
              0U);
    EXPECT_TRUE(moved.binary_by_default);
  }
}

TEST(RpcInferRequest, EveryFieldIsTakenOver) {
  ModelInferRequest message = raw_request(2);
  message.set_model_version("3");
  message.set_id("id");
  message.add_outputs()->set_name("y");
  auto& best = *message.add_outputs();
  best.set_name("z");
  (*best.mutable_parameters())["classification"].set_int64_param(5);
  (*best.mutable_parameters())["binary_data"].set_bool_param(false);
  const auto request = read_infer_request(std::move(message), {}).value();
  EXPECT_EQ(request.model, "m");
  EXPECT_EQ(request.version, "3");
  EXPECT_EQ(request.id, "id");
  EXPECT_EQ(request.inputs[0].name, "x");
  EXPECT_EQ(request.inputs[0].datatype, "FP32");
  EXPECT_EQ(request.inputs[0].shape, (std::vector<std::int64_t>{1, 2}));
  ASSERT_EQ(request.outputs.size(), 2U);
  EXPECT_EQ(request.outputs[0].name, "y");
  EXPECT_EQ(request.outputs[0].classification, 0);
  EXPECT_EQ(request.outputs[1].classification, 5);
}

TEST(RpcInferRequest, SeveralInputsEachHaveTheirBytes) {
  ModelInferRequest raw = raw_request(100);
  add_input(raw, "w", "FP32", {1});
  raw.add_raw_input_contents(floats({7}));
  const auto both = read_infer_request(std::move(raw), {}).value();
  EXPECT_EQ(values_of(both.inputs[0]).size(), 100U);
  EXPECT_EQ(values_of(both.inputs[1]), std::vector<float>{7});

  ModelInferRequest typed;
  for (const char* name : {"a", "b"}) {
    add_input(typed, name, "FP32", {2});
    auto& contents = *typed.mutable_inputs()->rbegin()->mutable_contents();
    contents.add_fp32_contents(name[0]);
    contents.add_fp32_contents(1);
  }
  const auto request = read_infer_request(std::move(typed), {}).value();
  EXPECT_EQ(values_of(request.inputs[0]), (std::vector<float>{'a', 1}));
  EXPECT_EQ(values_of(request.inputs[1]), (std::vector<float>{'b', 1}));
}

TEST(RpcInferRequest, AnIdIsNoPlaceForData) {
  ModelInferRequest message = raw_request(1);
  message.set_id(std::string(256, 'i'));
  EXPECT_TRUE(read_infer_request(message, {}));
  message.set_id(std::string(257, 'i'));
  EXPECT_EQ(read_infer_request(message, {}).error(),
            (Error{ErrorCode::kInvalidArgument, "id has 257 bytes; allowed: 256"}));
}

TEST(RpcInferRequest, ParametersOfEveryKindAreHints) {
  ModelInferRequest message = raw_request(1);
  auto& parameters = *message.mutable_parameters();
  parameters["sla_ms"].set_int64_param(250);
  parameters["rtt_ms"].set_double_param(1.5);
  parameters["elapsed_ms"].set_uint64_param(7);
  parameters["device_ms"].set_string_param("40");
  parameters["network_class"].set_string_param("lte");
  parameters["priority"].set_uint64_param(3);
  parameters["timeout"].set_int64_param(5000);
  parameters["whatever"].set_bool_param(true);
  RequestHints told;
  told.sla = 1s;
  told.policy = "fastest";
  const auto hints = read_infer_request(std::move(message), told).value().hints;
  EXPECT_EQ(hints.sla, 250ms) << "parameters win over metadata";
  EXPECT_EQ(hints.rtt, 1500us);
  EXPECT_EQ(hints.elapsed, 7ms);
  EXPECT_EQ(hints.device, 40ms);
  EXPECT_EQ(hints.network_class, "lte");
  EXPECT_EQ(hints.policy, "fastest");
  EXPECT_EQ(hints.priority, 3U);
  EXPECT_EQ(hints.timeout, 5ms);
}

struct WrongCase {
  std::string what;
  std::function<void(ModelInferRequest&)> spoil;
  std::string message;
};
void PrintTo(const WrongCase& row, std::ostream* out) { *out << row.what; }

class RpcInferRequestRefuses : public testing::TestWithParam<WrongCase> {};

TEST_P(RpcInferRequestRefuses, WithTheReason) {
  ModelInferRequest message = raw_request(2);
  GetParam().spoil(message);
  EXPECT_EQ(refusal(std::move(message)), GetParam().message);
}

auto parameter(const std::string& key) {
  return [key](ModelInferRequest& m) -> inference::InferParameter& {
    return (*m.mutable_parameters())[key];
  };
}

INSTANTIATE_TEST_SUITE_P(
    Cases, RpcInferRequestRefuses,
    testing::Values(
        WrongCase{"NoInputs", [](auto& m) { m.clear_inputs(); },
                  "the request has no inputs; want at least one"},
        WrongCase{
            "RawForSome", [](auto& m) { add_input(m, "w", "FP32", {1}); },
            "1 raw_input_contents for 2 inputs that are not in shared memory; want one for each, "
            "or none"},
        WrongCase{"RawAndTyped",
                  [](auto& m) { m.mutable_inputs(0)->mutable_contents()->add_fp32_contents(1); },
                  "input 'x': contents are given beside raw_input_contents; want one of them"},
        WrongCase{"RawSize", [](auto& m) { m.mutable_raw_input_contents(0)->pop_back(); },
                  "input 'x': unexpected size for input: 7 bytes, FP32 [1,2] has 8"},
        WrongCase{"NoData", [](auto& m) { m.clear_raw_input_contents(); },
                  "input 'x': unable to find data for input tensor: want raw_input_contents, or "
                  "fp32_contents of 2 values for FP32 [1,2]"},
        WrongCase{"NoName", [](auto& m) { m.mutable_inputs(0)->clear_name(); },
                  "inputs[0] has no name"},
        WrongCase{"SameName",
                  [](auto& m) {
                    add_input(m, "x", "FP32", {1});
                    m.add_raw_input_contents(floats({1}));
                  },
                  "two inputs are named 'x'; names are unique"},
        WrongCase{"Datatype", [](auto& m) { m.mutable_inputs(0)->set_datatype("FLOAT"); },
                  "input 'x': datatype is 'FLOAT'; allowed: BOOL, UINT8, UINT16, UINT32, UINT64, "
                  "INT8, INT16, INT32, INT64, FP16, FP32, FP64, BF16, BYTES"},
        WrongCase{"NegativeShape", [](auto& m) { m.mutable_inputs(0)->set_shape(0, -1); },
                  "input 'x': unexpected size for input: shape is [-1,2]; dimensions are 0 or "
                  "more"},
        WrongCase{"Rank",
                  [](auto& m) {
                    for (int i = 0; i < 31; ++i) m.mutable_inputs(0)->add_shape(1);
                  },
                  "input 'x': shape has more than 32 dimensions"},
        WrongCase{"Version", [](auto& m) { m.set_model_version("2.1"); },
                  "model 'm' has no version '2.1'; versions are whole numbers"},
        WrongCase{"ReservedParameter",
                  [](auto& m) { parameter("triton_x")(m).set_bool_param(true); },
                  "parameters: parameter 'triton_x': keys starting with 'triton_' are reserved"},
        WrongCase{"BooleanHint", [](auto& m) { parameter("sla_ms")(m).set_bool_param(true); },
                  "parameters: sla_ms is a boolean; want a number or a string"},
        WrongCase{"EmptyHint", [](auto& m) { parameter("sla_ms")(m).Clear(); },
                  "parameters: sla_ms is nothing; want a number or a string"},
        WrongCase{"HintOutOfRange", [](auto& m) { parameter("sla_ms")(m).set_int64_param(0); },
                  "parameters: sla_ms is 0; allowed: 0.001 to 3600000 milliseconds"},
        WrongCase{"NegativePriority", [](auto& m) { parameter("priority")(m).set_int64_param(-1); },
                  "parameters: priority is -1; want a whole number from 0 to "
                  "18446744073709551615, as int64_param or uint64_param"},
        WrongCase{"TimeoutAsText", [](auto& m) { parameter("timeout")(m).set_string_param("5"); },
                  "parameters: timeout is a string; want a whole number from 0 to "
                  "18446744073709551615, as int64_param or uint64_param"},
        WrongCase{"TimeoutAsDouble", [](auto& m) { parameter("timeout")(m).set_double_param(5); },
                  "parameters: timeout is a number; want a whole number from 0 to "
                  "18446744073709551615, as int64_param or uint64_param"},
        WrongCase{"OutputWithoutName", [](auto& m) { m.add_outputs(); }, "outputs[0] has no name"},
        WrongCase{"OutputTwice",
                  [](auto& m) {
                    m.add_outputs()->set_name("y");
                    m.add_outputs()->set_name("y");
                  },
                  "two outputs are named 'y'; names are unique"},
        WrongCase{"NoClasses",
                  [](auto& m) {
                    auto& y = *m.add_outputs();
                    y.set_name("y");
                    (*y.mutable_parameters())["classification"].set_int64_param(0);
                  },
                  "output 'y': classification is 0; want an int64_param of 1 or more"},
        WrongCase{"ClassesAsText",
                  [](auto& m) {
                    auto& y = *m.add_outputs();
                    y.set_name("y");
                    (*y.mutable_parameters())["classification"].set_string_param("3");
                  },
                  "output 'y': classification is a string; want an int64_param of 1 or more"}),
    [](const auto& param) { return param.param.what; });

TEST(RpcInferRequest, InputsInSharedMemoryHaveNoRawContents) {
  ModelInferRequest message;
  add_input(message, "s", "FP32", {2});
  auto& parameters = *message.mutable_inputs(0)->mutable_parameters();
  parameters["shared_memory_region"].set_string_param("r");
  parameters["shared_memory_byte_size"].set_int64_param(8);
  add_input(message, "x", "FP32", {1});
  message.add_raw_input_contents(floats({7}));
  auto& output = *message.add_outputs();
  output.set_name("y");
  (*output.mutable_parameters())["shared_memory_region"].set_string_param("r");
  (*output.mutable_parameters())["shared_memory_offset"].set_int64_param(8);
  (*output.mutable_parameters())["shared_memory_byte_size"].set_int64_param(4);
  const auto request = read_infer_request(message, {}).value();
  EXPECT_EQ(request.inputs[0].shared, (SharedRange{.region = "r", .offset = 0, .size = 8}));
  EXPECT_FALSE(request.inputs[1].shared);
  EXPECT_EQ(values_of(request.inputs[1]), std::vector<float>{7});
  EXPECT_EQ(request.outputs[0].shared, (SharedRange{.region = "r", .offset = 8, .size = 4}));

  parameters.erase("shared_memory_byte_size");
  EXPECT_EQ(refusal(message),
            "input 's': the tensor is said to be in shared memory, but shared_memory_byte_size is "
            "missing");
  parameters["shared_memory_byte_size"].set_int64_param(-1);
  EXPECT_EQ(refusal(message),
            "input 's': shared_memory_byte_size is -1; want an int64_param of 0 or more");
  parameters["shared_memory_byte_size"].set_int64_param(8);
  message.mutable_inputs(0)->mutable_contents()->add_fp32_contents(1);
  EXPECT_EQ(refusal(message),
            "input 's': contents are given beside shared_memory_region; want one of them");
}

TEST(RpcInferRequest, TooManyTensorsAreRefused) {
  ModelInferRequest message;
  for (int i = 0; i < 257; ++i) {
    add_input(message, std::to_string(i), "FP32", {0});
    message.mutable_inputs(i)->mutable_contents();
  }
  EXPECT_EQ(refusal(std::move(message)), "more than 256 inputs in one request");
}

}  // namespace
}  // namespace cnnselect::rpc
