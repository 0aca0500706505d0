// A whole document that is one JSON object. Included by .cc files only (simdjson).
#pragma once

#include <fmt/format.h>

#include <string_view>

#include "json/json_reader.h"

namespace cnnselect {

/// Calls `visit(object)`, which returns a Status, with the one object that `text` must be, and
/// looks that nothing follows it. `wanted` is an example for the error. Errors: kInvalidArgument,
/// and those of `visit`.
template <class Visit>
Status read_document(simdjson::ondemand::parser& parser, simdjson::padded_string_view text,
                     std::string_view wanted, Visit visit) {
  simdjson::ondemand::document document;
  if (const auto broken = parser.iterate(text).get(document)) return bad_json(broken);
  JsonObject object;
  const auto error = document.get_object().get(object);
  if (error == simdjson::INCORRECT_TYPE) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("request is not a JSON object; want {}", wanted));
  }
  if (error) return bad_json(error);
  if (Status read = visit(object); !read) return read;
  const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return at_end ? Status() : bad_json(simdjson::TRAILING_CONTENT);
}

/// The same for each field of a small body, `visit(key, value)`; an empty body has none.
template <class Visit>
Status read_body_fields(std::string_view body, std::string_view wanted, Visit visit) {
  if (body.empty()) return {};
  const simdjson::padded_string padded(body);
  simdjson::ondemand::parser parser;
  return read_document(parser, padded, wanted,
                       [&visit](JsonObject object) { return for_each_field(object, visit); });
}

}  // namespace cnnselect
