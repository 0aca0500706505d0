#include "rpc/typed_contents.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "base/shape_text.h"

namespace cnnselect::rpc {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors travel little-endian");

template <class T>
void append(std::vector<std::byte>& bytes, T value) {
  const auto raw = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

Status check_count(std::string_view field, int given, std::size_t count, Datatype type,
                   std::span<const std::int64_t> shape) {
  if (static_cast<std::size_t>(given) == count) return {};
  if (given == 0) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("unable to find data for input tensor: want raw_input_contents, or {} "
                            "of {} values for {} {}",
                            field, count, datatype_name(type), shape_text(shape)));
  }
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{} has {} values, {} {} has {}", field, given, datatype_name(type),
                          shape_text(shape), count));
}

/// `values` as numbers of type T, which the field may be wider than.
template <class T, class Field>
Result<std::vector<std::byte>> numbers(const Field& values) {
  std::vector<std::byte> bytes;
  bytes.reserve(static_cast<std::size_t>(values.size()) * sizeof(T));
  for (int i = 0; i < values.size(); ++i) {
    const auto value = values.Get(i);
    if constexpr (!std::is_same_v<T, std::decay_t<decltype(value)>>) {
      if (!std::in_range<T>(value)) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("value {} is {}; allowed: {} to {}", i, value,
                                std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
      }
    }
    append(bytes, static_cast<T>(value));
  }
  return bytes;
}

template <class T, class Field>
Result<std::vector<std::byte>> copied(const Field& values) {
  const auto raw =
      std::as_bytes(std::span<const T>(values.data(), static_cast<std::size_t>(values.size())));
  return std::vector<std::byte>(raw.begin(), raw.end());
}

Result<std::vector<std::byte>> elements(
    const google::protobuf::RepeatedPtrField<std::string>& values) {
  std::vector<std::byte> bytes;
  for (const std::string& value : values) {
    append(bytes, static_cast<std::uint32_t>(value.size()));
    const auto raw = std::as_bytes(std::span(value));
    bytes.insert(bytes.end(), raw.begin(), raw.end());
  }
  return bytes;
}

}  // namespace

Result<std::vector<std::byte>> bytes_of_contents(const inference::InferTensorContents& contents,
                                                 Datatype type,
                                                 std::span<const std::int64_t> shape) {
  const auto count = element_count(shape, type);
  if (!count) return std::unexpected(count.error());
  const auto checked = [&](std::string_view name, const auto& field, auto convert) {
    const Status fits = check_count(name, field.size(), *count, type, shape);
    if (!fits) return Result<std::vector<std::byte>>(std::unexpected(fits.error()));
    return convert(field);
  };
  const auto& ints = contents.int_contents();
  const auto& uints = contents.uint_contents();
  switch (type) {
    case Datatype::kBool:
      return checked("bool_contents", contents.bool_contents(),
                     [](const auto& f) { return copied<bool>(f); });
    case Datatype::kUint8:
      return checked("uint_contents", uints,
                     [](const auto& f) { return numbers<std::uint8_t>(f); });
    case Datatype::kUint16:
      return checked("uint_contents", uints,
                     [](const auto& f) { return numbers<std::uint16_t>(f); });
    case Datatype::kUint32:
      return checked("uint_contents", uints,
                     [](const auto& f) { return copied<std::uint32_t>(f); });
    case Datatype::kUint64:
      return checked("uint64_contents", contents.uint64_contents(),
                     [](const auto& f) { return copied<std::uint64_t>(f); });
    case Datatype::kInt8:
      return checked("int_contents", ints, [](const auto& f) { return numbers<std::int8_t>(f); });
    case Datatype::kInt16:
      return checked("int_contents", ints, [](const auto& f) { return numbers<std::int16_t>(f); });
    case Datatype::kInt32:
      return checked("int_contents", ints, [](const auto& f) { return copied<std::int32_t>(f); });
    case Datatype::kInt64:
      return checked("int64_contents", contents.int64_contents(),
                     [](const auto& f) { return copied<std::int64_t>(f); });
    case Datatype::kFp32:
      return checked("fp32_contents", contents.fp32_contents(),
                     [](const auto& f) { return copied<float>(f); });
    case Datatype::kFp64:
      return checked("fp64_contents", contents.fp64_contents(),
                     [](const auto& f) { return copied<double>(f); });
    case Datatype::kBytes:
      return checked("bytes_contents", contents.bytes_contents(), elements);
    case Datatype::kFp16:
    case Datatype::kBf16:
      break;
  }
  if (*count == 0) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{} travels in raw_input_contents only", datatype_name(type)));
}

}  // namespace cnnselect::rpc
