// A whole body that is one small JSON object, or nothing. Included by .cc files only (simdjson).
#pragma once

#include <fmt/format.h>

#include <string_view>

#include "net/json_reader.h"

namespace cnnselect::net {

/// Calls `visit(key, value)`, which returns a Status, for each field of `body`; of an empty body
/// there is none. `wanted` is an example for the error. Errors: kInvalidArgument, and those of
/// `visit`.
template <class Visit>
Status read_body_fields(std::string_view body, std::string_view wanted, Visit visit) {
  if (body.empty()) return {};
  const simdjson::padded_string padded(body);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  if (const auto broken = parser.iterate(padded).get(document)) return bad_json(broken);
  JsonObject object;
  const auto error = document.get_object().get(object);
  if (error == simdjson::INCORRECT_TYPE) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("request is not a JSON object; want {}", wanted));
  }
  if (error) return bad_json(error);
  if (Status read = for_each_field(object, visit); !read) return read;
  const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return at_end ? Status() : bad_json(simdjson::TRAILING_CONTENT);
}

}  // namespace cnnselect::net
