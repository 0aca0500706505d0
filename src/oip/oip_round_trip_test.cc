// What the codec writes, it reads back as the same bytes: in JSON and in binary, for any values.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "oip/oip_request.h"
#include "oip/oip_response.h"

namespace cnnselect {
namespace {

/// One output as the protocol writes it, turned into a request with that tensor as its input: the
/// two have the same fields.
Result<InferRequest> as_request(const std::vector<InferOutput>& outputs) {
  InferResponse response;
  response.model = "m";
  response.outputs = outputs;
  auto body = write_infer_response(response);
  if (!body) return std::unexpected(body.error());
  const std::size_t json_size = body->json_size.value_or(body->bytes.size());
  const std::size_t place = body->bytes.find("\"outputs\":");
  body->bytes.replace(place, 9, "\"inputs\"");
  return parse_infer_request(std::move(body->bytes), json_size - 1, {});
}

template <class T>
InferOutput tensor(std::string name, std::string datatype, const std::vector<T>& values,
                   bool binary) {
  const auto bytes = std::as_bytes(std::span(values));
  return {std::move(name),
          std::move(datatype),
          {1, static_cast<std::int64_t>(values.size())},
          {bytes.begin(), bytes.end()},
          binary};
}

InferOutput strings(std::string name, const std::vector<std::string>& elements, bool binary) {
  InferOutput output{
      std::move(name), "BYTES", {static_cast<std::int64_t>(elements.size())}, {}, binary};
  for (const std::string& element : elements) {
    const auto length = static_cast<std::uint32_t>(element.size());
    const auto prefix = std::as_bytes(std::span(&length, 1));
    const auto text = std::as_bytes(std::span(element));
    output.bytes.insert(output.bytes.end(), prefix.begin(), prefix.end());
    output.bytes.insert(output.bytes.end(), text.begin(), text.end());
  }
  return output;
}

void expect_same(const std::vector<InferOutput>& outputs) {
  const auto request = as_request(outputs);
  RC_ASSERT(request.has_value());
  RC_ASSERT(request->inputs.size() == outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const InferInput& input = request->inputs[i];
    RC_ASSERT(input.name == outputs[i].name);
    RC_ASSERT(input.datatype == outputs[i].datatype);
    RC_ASSERT(input.shape == outputs[i].shape);
    RC_ASSERT(std::ranges::equal(input.bytes, outputs[i].bytes));
  }
}

template <class T>
std::vector<T> finite(std::vector<T> values) {
  for (T& value : values) {
    if (!std::isfinite(value)) value = 0;
  }
  return values;
}

/// Any bit pattern, so that extreme exponents come as often as moderate ones.
std::vector<float> floats_of(const std::vector<std::uint32_t>& patterns) {
  std::vector<float> values(patterns.size());
  if (!values.empty()) std::memcpy(values.data(), patterns.data(), patterns.size() * sizeof(float));
  return values;
}

RC_GTEST_PROP(OipRoundTrip, NumbersComeBackFromJson, ()) {
  const auto patterns = *rc::gen::container<std::vector<std::uint32_t>>(
      rc::gen::resize(1000, rc::gen::arbitrary<std::uint32_t>()));
  expect_same({
      tensor("f", "FP32", finite(floats_of(patterns)), false),
      tensor("d", "FP64", finite(*rc::gen::arbitrary<std::vector<double>>()), false),
      tensor("i8", "INT8", *rc::gen::arbitrary<std::vector<std::int8_t>>(), false),
      tensor("i64", "INT64", *rc::gen::arbitrary<std::vector<std::int64_t>>(), false),
      tensor("u16", "UINT16", *rc::gen::arbitrary<std::vector<std::uint16_t>>(), false),
      tensor("u64", "UINT64", *rc::gen::arbitrary<std::vector<std::uint64_t>>(), false),
  });
}

RC_GTEST_PROP(OipRoundTrip, AnyBitsComeBackFromBinary, ()) {
  const auto some = [](auto example) {
    return *rc::gen::arbitrary<std::vector<decltype(example)>>();
  };
  expect_same({
      tensor("f", "FP32", floats_of(some(std::uint32_t{})), true),
      strings("s", *rc::gen::arbitrary<std::vector<std::string>>(), true),
      tensor("h", "FP16", some(std::uint16_t{}), true),
      tensor("j", "INT32", some(std::int32_t{}), false),
      tensor("d", "FP64", some(double{}), true),
      tensor("u", "UINT8", some(std::uint8_t{}), true),
  });
}

RC_GTEST_PROP(OipRoundTrip, TextComesBackFromJson, ()) {
  // Code points as UTF-8, control characters and quotes among them.
  const auto points =
      *rc::gen::container<std::vector<char16_t>>(rc::gen::inRange<char16_t>(0, 0xd800));
  std::string text;
  for (const char16_t point : points) {
    const unsigned value = point;
    if (value < 0x80) {
      text += static_cast<char>(value);
    } else if (value < 0x800) {
      text += static_cast<char>(0xc0U | (value >> 6U));
      text += static_cast<char>(0x80U | (value & 0x3fU));
    } else {
      text += static_cast<char>(0xe0U | (value >> 12U));
      text += static_cast<char>(0x80U | ((value >> 6U) & 0x3fU));
      text += static_cast<char>(0x80U | (value & 0x3fU));
    }
  }
  expect_same({strings("s\"" + text, {text, "", "\"\\\n\x01"}, false)});
}

}  // namespace
}  // namespace cnnselect
