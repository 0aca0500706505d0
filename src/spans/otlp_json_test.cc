#include "spans/otlp_json.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <limits>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

Span span() {
  Span span{.name = "infer", .is_server = true};
  span.trace.bytes.fill(0xab);
  span.id.bytes.fill(0x01);
  span.start = WallTime(1'700'000'000'123'456'789ns);
  span.end = span.start + 5ms;
  return span;
}

TEST(OtlpJson, IsWhatTheProtocolAsksFor) {
  Span one = span();
  one.parent = SpanId{};
  one.parent->bytes.fill(0x02);
  one.trace_state = "a=1";
  one.attributes = {{"text", "x"}, {"yes", true}, {"number", std::int64_t{200}}, {"share", 0.25}};
  const SpanResource resource{.attributes = {{"service.name", "cnnselect"}}, .version = "0.1"};
  EXPECT_EQ(
      otlp_json(std::span(&one, 1), resource),
      R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name",)"
      R"("value":{"stringValue":"cnnselect"}}]},"scopeSpans":[{"scope":{"name":"cnnselect",)"
      R"("version":"0.1"},"spans":[{"traceId":"abababababababababababababababab",)"
      R"("spanId":"0101010101010101","parentSpanId":"0202020202020202","traceState":"a=1",)"
      R"("name":"infer","kind":2,"startTimeUnixNano":"1700000000123456789",)"
      R"("endTimeUnixNano":"1700000000128456789","attributes":[)"
      R"({"key":"text","value":{"stringValue":"x"}},{"key":"yes","value":{"boolValue":true}},)"
      R"({"key":"number","value":{"intValue":"200"}},)"
      R"({"key":"share","value":{"doubleValue":0.25}}],"status":{}}]}]}]})");
}

TEST(OtlpJson, StagesAreInternalAndRootsHaveNoParent) {
  Span one = span();
  one.is_server = false;
  one.error = "broken";
  const Span two[] = {one, span()};
  const auto document = boost::json::parse(otlp_json(two, {}));
  const auto& spans = document.at_pointer("/resourceSpans/0/scopeSpans/0/spans").as_array();
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].at("kind").as_int64(), 1);
  EXPECT_EQ(spans[0].at("status").at("code").as_int64(), 2);
  EXPECT_EQ(spans[0].at("status").at("message").as_string(), "broken");
  EXPECT_FALSE(spans[1].as_object().contains("parentSpanId"));
}

TEST(OtlpJson, IsJsonWhateverTheClientSent) {
  Span one = span();
  one.attributes = {{"id", std::string("\xff\"\n")},
                    {"not", std::numeric_limits<double>::quiet_NaN()},
                    {"never", -std::numeric_limits<double>::infinity()}};
  const auto document = boost::json::parse(otlp_json(std::span(&one, 1), {}));
  const auto& attributes =
      document.at_pointer("/resourceSpans/0/scopeSpans/0/spans/0/attributes").as_array();
  EXPECT_EQ(attributes[0].at_pointer("/value/stringValue").as_string(), "\xef\xbf\xbd\"\n");
  EXPECT_EQ(attributes[1].at_pointer("/value/doubleValue").as_string(), "NaN");
  EXPECT_EQ(attributes[2].at_pointer("/value/doubleValue").as_string(), "-Infinity");
}

TEST(OtlpJson, ReadsWhatWasNotTaken) {
  const auto read = [](const char* body) { return parse_partial_success(body); };
  EXPECT_EQ(read(""), PartialSuccess{});
  EXPECT_EQ(read("{}"), PartialSuccess{});
  EXPECT_EQ(read("not json"), PartialSuccess{});
  EXPECT_EQ(read(R"({"partialSuccess":{}})"), PartialSuccess{});
  EXPECT_EQ(read(R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}})"),
            (PartialSuccess{3, "too old"}));
  EXPECT_EQ(read(R"({"partialSuccess":{"rejectedSpans":2}})"), (PartialSuccess{2, ""}));
  EXPECT_EQ(read(R"({"partialSuccess":{"rejectedSpans":-2,"errorMessage":7}})"), PartialSuccess{});
  EXPECT_EQ(read(R"([{"partialSuccess":[]}])"), PartialSuccess{});
}

}  // namespace
}  // namespace cnnselect
