// Reading JSON with simdjson's on-demand parser, with errors as values that say what was found and
// what was wanted. The functions consume the value; each document is read once, front to back.
// Included by .cc files only: simdjson is a heavy header. One thread at a time.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "cnnselect/result.h"

namespace cnnselect {

using JsonValue = simdjson::ondemand::value;
using JsonArray = simdjson::ondemand::array;
using JsonObject = simdjson::ondemand::object;

/// The text is broken: "request is not valid JSON: ...".
std::unexpected<Error> bad_json(simdjson::error_code error);

/// The value is not what is wanted here: "id is 7; want a string".
std::unexpected<Error> bad_json_type(std::string_view what, JsonValue value,
                                     std::string_view wanted);

/// What a message shows of a value: its own text when it is short, else its kind ("an array").
std::string shown(JsonValue value);

/// Whether it is `null`, which is read then.
bool is_null(JsonValue value);

/// `what` names the value in the error: "inputs[0].name".
Result<std::string> read_string(JsonValue value, std::string_view what);
Result<bool> read_bool(JsonValue value, std::string_view what);
/// A whole number from `min` to `max`.
Result<std::int64_t> read_integer(JsonValue value, std::string_view what, std::int64_t min,
                                  std::int64_t max);
Result<JsonArray> read_array(JsonValue value, std::string_view what);
Result<JsonObject> read_object(JsonValue value, std::string_view what);

/// Calls `visit(key, value)`, which returns a Status, for each field until one fails. A value that
/// `visit` leaves alone is skipped.
template <class Visit>
Status for_each_field(JsonObject object, Visit visit) {
  for (auto item : object) {
    std::string_view key;
    if (const auto error = item.unescaped_key().get(key)) return bad_json(error);
    JsonValue value;
    if (const auto error = item.value().get(value)) return bad_json(error);
    if (Status visited = visit(key, value); !visited) return visited;
  }
  return {};
}

/// Calls `visit(index, value)` for each element until one fails.
template <class Visit>
Status for_each_element(JsonArray array, Visit visit) {
  std::size_t index = 0;
  for (auto item : array) {
    JsonValue value;
    if (const auto error = item.get(value)) return bad_json(error);
    if (Status visited = visit(index, value); !visited) return visited;
    ++index;
  }
  return {};
}

}  // namespace cnnselect
