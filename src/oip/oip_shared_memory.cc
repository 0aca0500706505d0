#include "oip/oip_shared_memory.h"

#include <limits>
#include <utility>

#include "json/json_body.h"
#include "json/json_writer.h"

namespace cnnselect {
namespace {

Result<std::uint64_t> read_bytes(JsonValue value, std::string_view key) {
  const auto bytes = read_integer(value, key, 0, std::numeric_limits<std::int64_t>::max());
  if (!bytes) return std::unexpected(bytes.error());
  return static_cast<std::uint64_t>(*bytes);
}

}  // namespace

Result<SharedRegion> parse_shared_region(std::string name, std::string_view body) {
  SharedRegion region{.name = std::move(name), .key = {}, .offset = 0, .size = 0};
  const Status read = read_body_fields(body, R"({"key":"/name","offset":0,"byte_size":64})",
                                       [&](std::string_view key, JsonValue value) -> Status {
                                         if (key == "key") {
                                           auto text = read_string(value, key);
                                           if (!text) return std::unexpected(text.error());
                                           region.key = *std::move(text);
                                         } else if (key == "offset" || key == "byte_size") {
                                           const auto bytes = read_bytes(value, key);
                                           if (!bytes) return std::unexpected(bytes.error());
                                           (key == "offset" ? region.offset : region.size) = *bytes;
                                         }
                                         return {};
                                       });
  if (!read) return std::unexpected(read.error());
  return region;
}

std::string shared_regions_json(std::span<const SharedRegion> regions) {
  std::string text;
  JsonWriter json(text);
  json.begin_array();
  for (const SharedRegion& region : regions) {
    json.begin_object();
    json.key("name").string(region.name).key("key").string(region.key);
    json.key("offset").integer(region.offset).key("byte_size").integer(region.size);
    json.end_object();
  }
  json.end_array();
  return text;
}

}  // namespace cnnselect
