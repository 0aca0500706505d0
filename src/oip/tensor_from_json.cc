#include "oip/tensor_from_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/shape_text.h"
#include "oip/base64.h"

namespace cnnselect {
namespace {

/// Visits the scalars of nested arrays in order; `visit(index, value)` returns false for a value
/// that is no scalar of the right kind.
template <class Visit, class Wanted>
class Walk {
 public:
  Walk(Visit visit, Wanted wanted) : visit_(std::move(visit)), wanted_(std::move(wanted)) {}

  Status array(JsonArray values, int depth) {
    if (depth > kMaxJsonDepth) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("data is nested deeper than {} arrays", kMaxJsonDepth));
    }
    for (auto item : values) {
      JsonValue value;
      if (const auto error = item.get(value)) return bad_json(error);
      if (visit_(seen_, value)) {
        ++seen_;
      } else if (Status inner = not_a_scalar(value, depth); !inner) {
        return inner;
      }
    }
    return {};
  }

  std::size_t seen() const { return seen_; }

 private:
  Status not_a_scalar(JsonValue value, int depth) {
    simdjson::ondemand::json_type type{};
    const bool known = value.type().get(type) == simdjson::SUCCESS;
    if (!known || type != simdjson::ondemand::json_type::array) {
      return bad_json_type(fmt::format("data[{}]", seen_), value, wanted_());
    }
    const auto inner = read_array(value, "data");
    if (!inner) return std::unexpected(inner.error());
    return array(*inner, depth + 1);
  }

  Visit visit_;
  Wanted wanted_;
  std::size_t seen_ = 0;
};

template <class T>
std::optional<T> scalar(JsonValue& value) {
  if constexpr (std::same_as<T, bool>) {
    bool flag = false;
    if (value.get_bool().get(flag) != simdjson::SUCCESS) return std::nullopt;
    return flag;
  } else if constexpr (std::floating_point<T>) {
    double number = 0;
    if (value.get_double().get(number) != simdjson::SUCCESS) return std::nullopt;
    const T narrowed = static_cast<T>(number);
    return std::isfinite(narrowed) ? std::optional(narrowed) : std::nullopt;
  } else {
    using Wide = std::conditional_t<std::unsigned_integral<T>, std::uint64_t, std::int64_t>;
    Wide number = 0;
    if (value.get<Wide>().get(number) != simdjson::SUCCESS) return std::nullopt;
    if (number < std::numeric_limits<T>::min() || number > std::numeric_limits<T>::max()) {
      return std::nullopt;
    }
    return static_cast<T>(number);
  }
}

template <class T>
std::string wanted_scalar() {
  if constexpr (std::same_as<T, bool>) {
    return "true or false";
  } else if constexpr (std::floating_point<T>) {
    return fmt::format("a number of at most {:.3g} either way", std::numeric_limits<T>::max());
  } else {
    return fmt::format("a whole number from {} to {}", std::numeric_limits<T>::min(),
                       std::numeric_limits<T>::max());
  }
}

Status check_count(std::size_t seen, const JsonTensorForm& form) {
  if (seen == form.count) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("data has {} element{}, shape {} has {}", seen, seen == 1 ? "" : "s",
                          shape_text(form.shape), form.count));
}

template <class T>
Result<std::vector<std::byte>> read_scalars(JsonArray data, const JsonTensorForm& form,
                                            std::size_t document_bytes) {
  // A number and its comma take two bytes at least: more elements than that cannot follow.
  const std::size_t room = std::min(form.count, document_bytes / 2 + 1);
  std::vector<std::byte> bytes(room * sizeof(T));
  const auto store = [&bytes, room](std::size_t index, JsonValue& value) {
    const std::optional<T> number = scalar<T>(value);
    if (number && index < room) {
      std::memcpy(bytes.data() + index * sizeof(T), &*number, sizeof(T));
    }
    return number.has_value();
  };
  Walk walk(store, [] { return wanted_scalar<T>(); });
  if (Status walked = walk.array(data, 1); !walked) return std::unexpected(walked.error());
  if (Status counted = check_count(walk.seen(), form); !counted) {
    return std::unexpected(counted.error());
  }
  return bytes;
}

void append_element(std::vector<std::byte>& out, std::span<const std::byte> element) {
  const auto length = static_cast<std::uint32_t>(element.size());
  const auto prefix = std::as_bytes(std::span(&length, 1));
  out.insert(out.end(), prefix.begin(), prefix.end());
  out.insert(out.end(), element.begin(), element.end());
}

Result<std::vector<std::byte>> read_strings(JsonArray data, const JsonTensorForm& form) {
  std::vector<std::byte> bytes;
  const auto append = [&bytes, &form](std::size_t, JsonValue& value) {
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) return false;
    if (!form.base64) {
      append_element(bytes, std::as_bytes(std::span(text)));
      return true;
    }
    const auto decoded = decode_base64(text);
    if (decoded) append_element(bytes, std::as_bytes(std::span(*decoded)));
    return decoded.has_value();
  };
  Walk walk(append, [&form] { return form.base64 ? "a string of base64" : "a string"; });
  if (Status walked = walk.array(data, 1); !walked) return std::unexpected(walked.error());
  if (Status counted = check_count(walk.seen(), form); !counted) {
    return std::unexpected(counted.error());
  }
  return bytes;
}

}  // namespace

Result<std::vector<std::byte>> tensor_from_json(JsonArray data, const JsonTensorForm& form,
                                                std::size_t document_bytes) {
  switch (form.type) {
    case Datatype::kBool:
      return read_scalars<bool>(data, form, document_bytes);
    case Datatype::kUint8:
      return read_scalars<std::uint8_t>(data, form, document_bytes);
    case Datatype::kUint16:
      return read_scalars<std::uint16_t>(data, form, document_bytes);
    case Datatype::kUint32:
      return read_scalars<std::uint32_t>(data, form, document_bytes);
    case Datatype::kUint64:
      return read_scalars<std::uint64_t>(data, form, document_bytes);
    case Datatype::kInt8:
      return read_scalars<std::int8_t>(data, form, document_bytes);
    case Datatype::kInt16:
      return read_scalars<std::int16_t>(data, form, document_bytes);
    case Datatype::kInt32:
      return read_scalars<std::int32_t>(data, form, document_bytes);
    case Datatype::kInt64:
      return read_scalars<std::int64_t>(data, form, document_bytes);
    case Datatype::kFp32:
      return read_scalars<float>(data, form, document_bytes);
    case Datatype::kFp64:
      return read_scalars<double>(data, form, document_bytes);
    case Datatype::kBytes:
      return read_strings(data, form);
    case Datatype::kFp16:
    case Datatype::kBf16:
      break;
  }
  return fail(ErrorCode::kInvalidArgument,
              "FP16 and BF16 have no form in JSON: send the tensor in binary");
}

}  // namespace cnnselect
