#include "oip/oip_response.h"

#include <fmt/format.h>

#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "json/json_writer.h"
#include "oip/oip_rules.h"
#include "oip/tensor_to_json.h"
#include "oip/tensor_types.h"

namespace cnnselect {
namespace {

void write_parameter(const Parameter& parameter, JsonWriter& json) {
  std::visit(
      [&json](const auto& value) {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, bool>) {
          json.boolean(value);
        } else if constexpr (std::is_same_v<Value, std::int64_t>) {
          json.integer(value);
        } else if constexpr (std::is_same_v<Value, double>) {
          json.number(value);
        } else {
          json.string(value);
        }
      },
      parameter);
}

void write_parameters(const Parameters& parameters, JsonWriter& json) {
  if (parameters.empty()) return;
  json.key("parameters").begin_object();
  for (const auto& [key, value] : parameters) {
    json.key(key);
    write_parameter(value, json);
  }
  json.end_object();
}

/// The datatype, when the bytes are what datatype and shape say.
Result<Datatype> check_bytes(const InferOutput& output) {
  const auto type = parse_datatype(output.datatype);
  if (!type) return fail(ErrorCode::kInternal, type.error().message);
  if (const Status fits = check_tensor_bytes(output.bytes, *type, output.shape); !fits) {
    return fail(ErrorCode::kInternal, fits.error().message);
  }
  return *type;
}

void write_head(const InferOutput& output, JsonWriter& json) {
  json.begin_object();
  json.key("name").string(output.name).key("datatype").string(output.datatype);
  json.key("shape").begin_array();
  for (const std::int64_t dimension : output.shape) json.integer(dimension);
  json.end_array();
}

void write_shared(const SharedRange& shared, JsonWriter& json) {
  json.key("parameters").begin_object();
  json.key(kSharedRegion).string(shared.region);
  if (shared.offset != 0) json.key(kSharedOffset).integer(shared.offset);
  json.key(kSharedSize).integer(shared.size).end_object();
}

Status write_output(const InferOutput& output, JsonWriter& json) {
  if (output.shared) {
    write_head(output, json);
    write_shared(*output.shared, json);
    json.end_object();
    return {};
  }
  const auto type = check_bytes(output);
  if (!type) return std::unexpected(type.error());
  write_head(output, json);
  if (output.binary) {
    json.key("parameters").begin_object();
    json.key("binary_data_size").integer(std::uint64_t{output.bytes.size()}).end_object();
  } else {
    json.key("data");
    if (Status written = tensor_to_json(*type, output.bytes, json); !written) return written;
  }
  json.end_object();
  return {};
}

Status write_json(const InferResponse& response, JsonWriter& json) {
  json.begin_object();
  json.key("model_name").string(response.model);
  if (!response.version.empty()) json.key("model_version").string(response.version);
  if (!response.id.empty()) json.key("id").string(response.id);
  write_parameters(response.parameters, json);
  json.key("outputs").begin_array();
  for (const InferOutput& output : response.outputs) {
    if (Status written = write_output(output, json); !written) {
      return std::unexpected(written.error().within(fmt::format("output '{}'", output.name)));
    }
  }
  json.end_array().end_object();
  return {};
}

}  // namespace

Result<InferBody> write_infer_response(const InferResponse& response) {
  InferBody body;
  JsonWriter json(body.bytes);
  if (Status written = write_json(response, json); !written) {
    return std::unexpected(written.error());
  }
  for (const InferOutput& output : response.outputs) {
    if (!output.binary || output.shared) continue;
    if (!body.json_size) body.json_size = body.bytes.size();
    body.bytes.append(reinterpret_cast<const char*>(output.bytes.data()), output.bytes.size());
  }
  return body;
}

}  // namespace cnnselect
