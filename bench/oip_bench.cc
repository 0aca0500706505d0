// What the protocol costs: reading a request with one 224 x 224 photo as an FP32 tensor (150,528
// numbers, 602,112 bytes) in JSON and in binary, and writing an answer of 1,000 logits.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <boost/json.hpp>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cnnselect/rng.h"
#include "json/json_writer.h"
#include "oip/oip_request.h"
#include "oip/oip_response.h"

namespace cnnselect {
namespace {

constexpr std::size_t kElements = std::size_t{3} * 224 * 224;

std::vector<float> numbers(std::size_t count) {
  Rng rng(1);
  std::vector<float> out(count);
  for (float& value : out) value = static_cast<float>(rng.uniform() * 4 - 2);
  return out;
}

void report(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
}

/// Copying the body is what the socket did; it stays outside the measured time.
void parse(benchmark::State& state, const std::string& body, std::size_t json_size) {
  for (auto _ : state) {
    state.PauseTiming();
    std::string copy = body;
    state.ResumeTiming();
    auto request = parse_infer_request(std::move(copy), json_size, {});
    if (!request) state.SkipWithError(request.error().message.c_str());
    benchmark::DoNotOptimize(request);
  }
  report(state, body.size());
}

void parse_json(benchmark::State& state) {
  const std::string body = fmt::format(
      R"({{"inputs":[{{"name":"x","shape":[1,3,224,224],"datatype":"FP32","data":[{}]}}]}})",
      fmt::join(numbers(kElements), ","));
  parse(state, body, body.size());
}
BENCHMARK(parse_json)->Unit(benchmark::kMicrosecond);

/// `spaces` after the JSON set the tensor's address; at one of four it needs no move.
void parse_binary(benchmark::State& state) {
  const std::string json =
      fmt::format(R"({{"inputs":[{{"name":"x","shape":[1,3,224,224],"datatype":"FP32",)"
                  R"("parameters":{{"binary_data_size":{}}}}}]}})",
                  kElements * sizeof(float)) +
      std::string(static_cast<std::size_t>(state.range(0)), ' ');
  const std::vector<float> tensor = numbers(kElements);
  const auto bytes = std::as_bytes(std::span(tensor));
  const std::string body =
      json + std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  parse(state, body, json.size());
}
BENCHMARK(parse_binary)->DenseRange(0, 3)->Unit(benchmark::kMicrosecond);

void write_logits(benchmark::State& state) {
  const std::vector<float> logits = numbers(1000);
  const auto bytes = std::as_bytes(std::span(logits));
  InferResponse response;
  response.model = "m";
  response.outputs.push_back(
      {"y", "FP32", {1, 1000}, {bytes.begin(), bytes.end()}, state.range(0) != 0});
  std::size_t written = 0;
  for (auto _ : state) {
    const auto body = write_infer_response(response);
    written = body ? body->bytes.size() : 0;
    benchmark::DoNotOptimize(written);
  }
  report(state, written);
}
BENCHMARK(write_logits)->ArgName("binary")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

/// The numbers of a photo's tensor as a JSON array, by our writer and by Boost.JSON.
void write_numbers_by_writer(benchmark::State& state) {
  const std::vector<float> values = numbers(kElements);
  std::size_t written = 0;
  for (auto _ : state) {
    std::string text;
    JsonWriter json(text);
    json.begin_array();
    for (const float value : values) json.number(value);
    json.end_array();
    written = text.size();
    benchmark::DoNotOptimize(text.data());
  }
  report(state, written);
}
BENCHMARK(write_numbers_by_writer)->Unit(benchmark::kMicrosecond);

void write_numbers_by_boost(benchmark::State& state) {
  const std::vector<float> values = numbers(kElements);
  std::size_t written = 0;
  for (auto _ : state) {
    const std::string text =
        boost::json::serialize(boost::json::array(values.begin(), values.end()));
    written = text.size();
    benchmark::DoNotOptimize(text.data());
  }
  report(state, written);
}
BENCHMARK(write_numbers_by_boost)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace cnnselect
