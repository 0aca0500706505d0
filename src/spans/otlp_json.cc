#include "spans/otlp_json.h"

#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "json/json_writer.h"

namespace cnnselect {
namespace {

// Of opentelemetry.proto.trace.v1.
constexpr std::int64_t kInternal = 1;
constexpr std::int64_t kServer = 2;
constexpr std::int64_t kStatusError = 2;

void write(JsonWriter& json, const std::string& value) { json.key("stringValue").string(value); }
void write(JsonWriter& json, bool value) { json.key("boolValue").boolean(value); }
void write(JsonWriter& json, std::int64_t value) {
  json.key("intValue").string(std::to_string(value));
}
void write(JsonWriter& json, double value) {
  // JSON has no other way to say it; protobuf's mapping takes these for doubles.
  if (std::isfinite(value)) {
    json.key("doubleValue").number(value);
  } else {
    json.key("doubleValue")
        .string(std::isnan(value) ? "NaN"
                : value > 0       ? "Infinity"
                                  : "-Infinity");
  }
}

void write_attributes(JsonWriter& json, std::span<const SpanAttribute> attributes) {
  json.key("attributes").begin_array();
  for (const auto& [key, value] : attributes) {
    json.begin_object();
    json.key("key").string(key);
    json.key("value").begin_object();
    std::visit([&json](const auto& typed) { write(json, typed); }, value);
    json.end_object();
    json.end_object();
  }
  json.end_array();
}

void write_time(JsonWriter& json, std::string_view key, WallTime time) {
  json.key(key).string(std::to_string(time.time_since_epoch().count()));
}

void write_span(JsonWriter& json, const Span& span) {
  json.begin_object();
  json.key("traceId").string(to_hex(span.trace.bytes));
  json.key("spanId").string(to_hex(span.id.bytes));
  if (span.parent) json.key("parentSpanId").string(to_hex(span.parent->bytes));
  if (!span.trace_state.empty()) json.key("traceState").string(span.trace_state);
  json.key("name").string(span.name);
  json.key("kind").integer(span.is_server ? kServer : kInternal);
  write_time(json, "startTimeUnixNano", span.start);
  write_time(json, "endTimeUnixNano", span.end);
  write_attributes(json, span.attributes);
  json.key("status").begin_object();
  if (span.error) {
    json.key("code").integer(kStatusError);
    json.key("message").string(*span.error);
  }
  json.end_object();
  json.end_object();
}

/// A 64-bit number is text in OTLP's JSON, but not every collector writes it so.
std::uint64_t read_number(const boost::json::value& value) {
  std::uint64_t number = 0;
  if (const auto* const text = value.if_string()) {
    std::from_chars(text->data(), text->data() + text->size(), number);
  } else if (const auto* const whole = value.if_int64()) {
    number = *whole > 0 ? static_cast<std::uint64_t>(*whole) : 0;
  }
  return number;
}

}  // namespace

std::string otlp_json(std::span<const Span> spans, const SpanResource& resource) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("resourceSpans").begin_array().begin_object();
  json.key("resource").begin_object();
  write_attributes(json, resource.attributes);
  json.end_object();
  json.key("scopeSpans").begin_array().begin_object();
  json.key("scope").begin_object();
  json.key("name").string(resource.scope);
  json.key("version").string(resource.version);
  json.end_object();
  json.key("spans").begin_array();
  for (const Span& span : spans) write_span(json, span);
  json.end_array();
  json.end_object().end_array();
  json.end_object().end_array().end_object();
  return text;
}

PartialSuccess parse_partial_success(std::string_view body) {
  PartialSuccess success;
  boost::system::error_code broken;
  const auto document = boost::json::parse({body.data(), body.size()}, broken);
  const auto* const object = broken ? nullptr : document.if_object();
  const auto* const partial = object == nullptr ? nullptr : object->if_contains("partialSuccess");
  const auto* const fields = partial == nullptr ? nullptr : partial->if_object();
  if (fields == nullptr) return success;
  if (const auto* const rejected = fields->if_contains("rejectedSpans")) {
    success.rejected = read_number(*rejected);
  }
  if (const auto* const message = fields->if_contains("errorMessage")) {
    if (const auto* const said = message->if_string())
      success.message = {said->data(), said->size()};
  }
  return success;
}

}  // namespace cnnselect
