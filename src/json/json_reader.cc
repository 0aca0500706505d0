#include "json/json_reader.h"

#include <fmt/format.h>

#include "base/shortened.h"
#include "base/text.h"

namespace cnnselect {
namespace {

constexpr std::size_t kShownOfValue = 40;

}  // namespace

std::unexpected<Error> bad_json(simdjson::error_code error) {
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("request is not valid JSON: {}", simdjson::error_message(error)));
}

std::string shown(JsonValue value) {
  simdjson::ondemand::json_type type{};
  const bool known = value.type().get(type) == simdjson::SUCCESS;  // not: NaN and other bare words
  if (known && type == simdjson::ondemand::json_type::array) return "an array";
  if (known && type == simdjson::ondemand::json_type::object) return "an object";
  // Cut first: behind a broken document's last token the length that simdjson tells is not one.
  const std::string_view raw = value.raw_json_token();
  return shortened(trimmed(raw.substr(0, kShownOfValue + 1), " \t\r\n"), kShownOfValue);
}

std::unexpected<Error> bad_json_type(std::string_view what, JsonValue value,
                                     std::string_view wanted) {
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{} is {}; want {}", what, shown(value), wanted));
}

bool is_null(JsonValue value) {
  bool null = false;
  return value.is_null().get(null) == simdjson::SUCCESS && null;
}

Result<std::string> read_string(JsonValue value, std::string_view what) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) {
    return bad_json_type(what, value, "a string");
  }
  return std::string(text);
}

Result<bool> read_bool(JsonValue value, std::string_view what) {
  bool flag = false;
  if (value.get_bool().get(flag) != simdjson::SUCCESS) {
    return bad_json_type(what, value, "true or false");
  }
  return flag;
}

Result<std::int64_t> read_integer(JsonValue value, std::string_view what, std::int64_t min,
                                  std::int64_t max) {
  std::int64_t number = 0;
  if (value.get_int64().get(number) == simdjson::SUCCESS && number >= min && number <= max) {
    return number;
  }
  return bad_json_type(what, value, fmt::format("a whole number from {} to {}", min, max));
}

Result<JsonArray> read_array(JsonValue value, std::string_view what) {
  JsonArray array;
  if (value.get_array().get(array) != simdjson::SUCCESS) {
    return bad_json_type(what, value, "an array");
  }
  return array;
}

Result<JsonObject> read_object(JsonValue value, std::string_view what) {
  JsonObject object;
  if (value.get_object().get(object) != simdjson::SUCCESS) {
    return bad_json_type(what, value, "an object");
  }
  return object;
}

}  // namespace cnnselect
