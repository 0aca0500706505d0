#include "oip/oip_input.h"

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "base/shape_text.h"
#include "oip/oip_rules.h"
#include "oip/tensor_from_json.h"

namespace cnnselect {
namespace {

class InputReader {
 public:
  InputReader(std::size_t document_bytes, std::vector<std::vector<std::byte>>& storage,
              PlannedInput& planned)
      : document_bytes_(document_bytes), storage_(storage), planned_(planned) {}

  Status read(JsonObject object) {
    Status fields = for_each_field(
        object, [this](std::string_view key, JsonValue value) { return field(key, value); });
    if (!fields) return fields;
    if (!has_shape_) return fail(ErrorCode::kInvalidArgument, "shape is missing");
    if (!has_datatype_) return fail(ErrorCode::kInvalidArgument, "datatype is missing");
    if (data_waits_) {
      if (Status late = read_late_data(object); !late) return late;
    }
    return check_one_source();
  }

 private:
  Status field(std::string_view key, JsonValue value) {
    const bool again = (key == "datatype" && has_datatype_) || (key == "shape" && has_shape_) ||
                       (key == "data" && has_data_);
    if (again) return fail(ErrorCode::kInvalidArgument, fmt::format("{} is given twice", key));
    if (key == "name") return read_name(value);
    if (key == "datatype") return read_datatype(value);
    if (key == "shape") return read_shape(value);
    if (key == "parameters") return read_parameters(value);
    return key == "data" ? read_data(value) : Status();
  }

  Status read_name(JsonValue value) {
    auto name = read_string(value, "name");
    if (!name) return std::unexpected(name.error());
    planned_.input.name = *std::move(name);
    return {};
  }

  Status read_datatype(JsonValue value) {
    auto name = read_string(value, "datatype");
    if (!name) return std::unexpected(name.error());
    const auto type = parse_datatype(*name);
    if (!type) return std::unexpected(type.error());
    planned_.input.datatype = *std::move(name);
    planned_.type = *type;
    has_datatype_ = true;
    return {};
  }

  Status read_shape(JsonValue value) {
    const auto array = read_array(value, "shape");
    if (!array) return std::unexpected(array.error());
    has_shape_ = true;
    return for_each_element(*array, [this](std::size_t index, JsonValue element) -> Status {
      if (index >= kMaxRank) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("shape has more than {} dimensions", kMaxRank));
      }
      const auto dimension = read_integer(element, fmt::format("shape[{}]", index), 0,
                                          std::numeric_limits<std::int64_t>::max());
      if (!dimension) return std::unexpected(dimension.error());
      planned_.input.shape.push_back(*dimension);
      return {};
    });
  }

  Status read_parameters(JsonValue value) {
    has_parameters_ = true;
    if (is_null(value)) return {};
    const auto object = read_object(value, "parameters");
    if (!object) return std::unexpected(object.error());
    return for_each_field(*object, [this](std::string_view key, JsonValue setting) -> Status {
      if (Status allowed = check_not_reserved(key); !allowed) return allowed;
      if (key == "binary_data_size") {
        const auto size = read_integer(setting, key, 0, std::numeric_limits<std::int64_t>::max());
        if (!size) return std::unexpected(size.error());
        planned_.binary_size = static_cast<std::size_t>(*size);
      } else if (key.starts_with("shared_memory_")) {
        return read_shared_parameter(setting, key, shared_);
      } else if (key == "content_type") {
        const auto type = read_string(setting, key);
        if (!type) return std::unexpected(type.error());
        base64_ = *type == "base64";
      }
      return {};
    });
  }

  /// Needs datatype, shape and, for BYTES, the parameters; without them the value is left for
  /// read_late_data.
  Status read_data(JsonValue value) {
    has_data_ = true;
    const bool is_bytes = planned_.type == Datatype::kBytes;
    data_waits_ = !has_datatype_ || !has_shape_ || (is_bytes && !has_parameters_);
    if (data_waits_) return {};
    return convert(value);
  }

  Status read_late_data(JsonObject object) {
    JsonValue value;
    if (const auto error = object.reset().error()) return bad_json(error);
    if (const auto error = object.find_field("data").get(value)) return bad_json(error);
    return convert(value);
  }

  Status convert(JsonValue value) {
    const auto count = element_count(planned_.input.shape, planned_.type);
    if (!count) return std::unexpected(count.error());
    const auto array = read_array(value, "data");
    if (!array) return std::unexpected(array.error());
    const JsonTensorForm form{planned_.type, planned_.input.shape, *count, base64_};
    auto bytes = tensor_from_json(*array, form, document_bytes_);
    if (!bytes) return std::unexpected(bytes.error());
    storage_.push_back(*std::move(bytes));
    planned_.input.bytes = storage_.back();
    return {};
  }

  Status check_one_source() {
    const auto count = element_count(planned_.input.shape, planned_.type);
    if (!count) return std::unexpected(count.error());
    planned_.count = *count;
    if (has_data_ && planned_.binary_size) {
      return fail(ErrorCode::kInvalidArgument,
                  "both data and binary_data_size are given; want one of them");
    }
    auto shared = shared_.complete();
    if (!shared) return std::unexpected(shared.error());
    planned_.input.shared = *std::move(shared);
    const bool is_shared = planned_.input.shared.has_value();
    if (is_shared && (has_data_ || planned_.binary_size)) {
      return fail(
          ErrorCode::kInvalidArgument,
          "shared_memory_region is given beside data or binary_data_size; want one of them");
    }
    if (has_data_ || planned_.binary_size || is_shared || planned_.count == 0) return {};
    return fail(ErrorCode::kInvalidArgument,
                "unable to find data for input tensor: want data or binary_data_size");
  }

  std::size_t document_bytes_;
  std::vector<std::vector<std::byte>>& storage_;
  PlannedInput& planned_;
  bool has_datatype_ = false;
  bool has_shape_ = false;
  bool has_parameters_ = false;
  bool has_data_ = false;
  bool data_waits_ = false;
  bool base64_ = false;
  SharedParameters shared_;
};

}  // namespace

Status read_shared_parameter(JsonValue value, std::string_view key, SharedParameters& shared) {
  shared.any = true;
  if (key == kSharedRegion) {
    auto region = read_string(value, key);
    if (!region) return std::unexpected(region.error());
    shared.range.region = *std::move(region);
  } else if (key == kSharedOffset || key == kSharedSize) {
    const auto bytes = read_integer(value, key, 0, std::numeric_limits<std::int64_t>::max());
    if (!bytes) return std::unexpected(bytes.error());
    (key == kSharedOffset ? shared.range.offset : shared.range.size) =
        static_cast<std::uint64_t>(*bytes);
  }
  return {};
}

Status read_input(JsonValue value, std::size_t document_bytes,
                  std::vector<std::vector<std::byte>>& storage, PlannedInput& planned) {
  const auto object = read_object(value, "an input");
  if (!object) return std::unexpected(object.error());
  return InputReader(document_bytes, storage, planned).read(*object);
}

Status cut_binary_input(BinaryTensors& tensors, PlannedInput& planned) {
  if (!planned.binary_size) return {};
  const std::size_t size = *planned.binary_size;
  const std::size_t want = planned.count * size_of(planned.type);
  if (planned.type != Datatype::kBytes && size != want) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("unexpected size for input: binary_data_size is {}, {} {} has {} bytes",
                            size, planned.input.datatype, shape_text(planned.input.shape), want));
  }
  if (size > tensors.left()) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("unexpected size for input: binary_data_size is {}, {} bytes are left "
                            "after the JSON (Inference-Header-Content-Length says where that ends)",
                            size, tensors.left()));
  }
  planned.input.bytes = tensors.take(size, planned.type);
  return check_tensor_bytes(planned.input.bytes, planned.type, planned.input.shape);
}

}  // namespace cnnselect
