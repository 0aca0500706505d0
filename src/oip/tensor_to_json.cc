#include "oip/tensor_to_json.h"

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace cnnselect {
namespace {

template <class T>
void write_scalars(std::span<const std::byte> bytes, JsonWriter& json) {
  for (; bytes.size() >= sizeof(T); bytes = bytes.subspan(sizeof(T))) {
    T value{};
    std::memcpy(&value, bytes.data(), sizeof(T));
    if constexpr (std::floating_point<T>) {
      json.number(value);
    } else if constexpr (std::unsigned_integral<T>) {
      json.integer(std::uint64_t{value});
    } else {
      json.integer(std::int64_t{value});
    }
  }
}

void write_flags(std::span<const std::byte> bytes, JsonWriter& json) {
  for (const std::byte flag : bytes) json.boolean(flag != std::byte{0});
}

void write_strings(std::span<const std::byte> bytes, JsonWriter& json) {
  std::uint32_t length = 0;
  while (bytes.size() >= sizeof(length)) {
    std::memcpy(&length, bytes.data(), sizeof(length));
    bytes = bytes.subspan(sizeof(length));
    const auto element = bytes.first(std::min<std::size_t>(length, bytes.size()));
    json.string({reinterpret_cast<const char*>(element.data()), element.size()});
    bytes = bytes.subspan(element.size());
  }
}

Status write_elements(Datatype type, std::span<const std::byte> bytes, JsonWriter& json) {
  switch (type) {
    case Datatype::kBool:
      write_flags(bytes, json);
      return {};
    case Datatype::kUint8:
      write_scalars<std::uint8_t>(bytes, json);
      return {};
    case Datatype::kUint16:
      write_scalars<std::uint16_t>(bytes, json);
      return {};
    case Datatype::kUint32:
      write_scalars<std::uint32_t>(bytes, json);
      return {};
    case Datatype::kUint64:
      write_scalars<std::uint64_t>(bytes, json);
      return {};
    case Datatype::kInt8:
      write_scalars<std::int8_t>(bytes, json);
      return {};
    case Datatype::kInt16:
      write_scalars<std::int16_t>(bytes, json);
      return {};
    case Datatype::kInt32:
      write_scalars<std::int32_t>(bytes, json);
      return {};
    case Datatype::kInt64:
      write_scalars<std::int64_t>(bytes, json);
      return {};
    case Datatype::kFp32:
      write_scalars<float>(bytes, json);
      return {};
    case Datatype::kFp64:
      write_scalars<double>(bytes, json);
      return {};
    case Datatype::kBytes:
      write_strings(bytes, json);
      return {};
    case Datatype::kFp16:
    case Datatype::kBf16:
      break;
  }
  return fail(ErrorCode::kInvalidArgument,
              "FP16 and BF16 have no form in JSON: ask for binary_data");
}

}  // namespace

Status tensor_to_json(Datatype type, std::span<const std::byte> bytes, JsonWriter& json) {
  json.begin_array();
  Status written = write_elements(type, bytes, json);
  json.end_array();
  return written;
}

}  // namespace cnnselect
