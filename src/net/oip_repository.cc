#include "net/oip_repository.h"

#include "net/json_reader.h"
#include "net/json_writer.h"

namespace cnnselect::net {

std::string_view to_string(ModelState state) {
  switch (state) {
    case ModelState::kReady:
      return "READY";
    case ModelState::kLoading:
      return "LOADING";
    case ModelState::kUnavailable:
      break;
  }
  return "UNAVAILABLE";
}

std::vector<RepositoryEntry> repository_index(const InferenceApi& api, bool only_ready) {
  auto entries = api.repository();
  if (only_ready) {
    std::erase_if(entries, [](const auto& entry) { return entry.state != ModelState::kReady; });
  }
  return entries;
}

Result<bool> parse_index_request(std::string_view body) {
  if (body.empty()) return false;
  const simdjson::padded_string padded(body);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  if (const auto broken = parser.iterate(padded).get(document)) return bad_json(broken);
  JsonObject object;
  const auto error = document.get_object().get(object);
  if (error == simdjson::INCORRECT_TYPE) {
    return fail(ErrorCode::kInvalidArgument,
                R"(request is not a JSON object; want {"ready":true})");
  }
  if (error) return bad_json(error);
  bool only_ready = false;
  const Status read = for_each_field(object, [&](std::string_view key, JsonValue value) -> Status {
    if (key != "ready") return {};
    const auto ready = read_bool(value, key);
    if (!ready) return std::unexpected(ready.error());
    only_ready = *ready;
    return {};
  });
  if (!read) return std::unexpected(read.error());
  const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  if (!at_end) return bad_json(simdjson::TRAILING_CONTENT);
  return only_ready;
}

std::string repository_index_json(std::span<const RepositoryEntry> entries) {
  std::string text;
  JsonWriter json(text);
  json.begin_array();
  for (const RepositoryEntry& entry : entries) {
    json.begin_object();
    json.key("name").string(entry.name).key("version").string(entry.version);
    json.key("state").string(to_string(entry.state));
    if (!entry.reason.empty()) json.key("reason").string(entry.reason);
    json.end_object();
  }
  json.end_array();
  return text;
}

}  // namespace cnnselect::net
