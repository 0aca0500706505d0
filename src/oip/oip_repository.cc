#include "oip/oip_repository.h"

#include <fmt/format.h>

#include "json/json_body.h"
#include "json/json_writer.h"

namespace cnnselect {

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
  bool only_ready = false;
  const Status read = read_body_fields(body, R"({"ready":true})",
                                       [&](std::string_view key, JsonValue value) -> Status {
                                         if (key != "ready") return {};
                                         const auto ready = read_bool(value, key);
                                         if (!ready) return std::unexpected(ready.error());
                                         only_ready = *ready;
                                         return {};
                                       });
  if (!read) return std::unexpected(read.error());
  return only_ready;
}

Status check_load_parameter(std::string_view key) {
  if (key != "config" && !key.starts_with("file:")) return {};
  return fail(ErrorCode::kUnsupported,
              fmt::format("parameter '{}' is not offered: models come from the server's own "
                          "repository",
                          key));
}

Status check_load_request(std::string_view body) {
  return read_body_fields(
      body, R"({"parameters":{...}})", [](std::string_view key, JsonValue value) -> Status {
        if (key != "parameters" || is_null(value)) return {};
        const auto parameters = read_object(value, key);
        if (!parameters) return std::unexpected(parameters.error());
        return for_each_field(*parameters, [](std::string_view parameter, JsonValue) {
          return check_load_parameter(parameter);
        });
      });
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

}  // namespace cnnselect
