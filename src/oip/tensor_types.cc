#include "oip/tensor_types.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/shape_text.h"

namespace cnnselect {
namespace {

struct DatatypeRow {
  std::string_view name;
  std::size_t bytes;
};

/// In the order of the enumeration.
constexpr std::array<DatatypeRow, 14> kDatatypes = {{
    {"BOOL", 1},
    {"UINT8", 1},
    {"UINT16", 2},
    {"UINT32", 4},
    {"UINT64", 8},
    {"INT8", 1},
    {"INT16", 2},
    {"INT32", 4},
    {"INT64", 8},
    {"FP16", 2},
    {"FP32", 4},
    {"FP64", 8},
    {"BF16", 2},
    {"BYTES", 0},
}};

}  // namespace

Result<Datatype> parse_datatype(std::string_view name) {
  const auto* const found = std::ranges::find(kDatatypes, name, &DatatypeRow::name);
  if (found != kDatatypes.end()) return static_cast<Datatype>(found - kDatatypes.begin());
  std::string all;
  for (const DatatypeRow& row : kDatatypes) {
    all.append(all.empty() ? "" : ", ").append(row.name);
  }
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("datatype is '{}'; allowed: {}", name.substr(0, 40), all));
}

std::string_view datatype_name(Datatype type) {
  return kDatatypes.at(static_cast<std::size_t>(type)).name;
}

std::size_t size_of(Datatype type) { return kDatatypes.at(static_cast<std::size_t>(type)).bytes; }

Result<std::size_t> element_count(std::span<const std::int64_t> shape, Datatype type) {
  bool empty = false;
  for (const std::int64_t dimension : shape) {
    if (dimension < 0) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("shape is {}; dimensions are 0 or more", shape_text(shape)));
    }
    empty = empty || dimension == 0;
  }
  if (empty) return 0;
  // A BYTES element takes four bytes at least, for its length.
  const auto element = static_cast<std::int64_t>(type == Datatype::kBytes ? 4 : size_of(type));
  std::int64_t bytes = element;
  for (const std::int64_t dimension : shape) {
    if (__builtin_mul_overflow(bytes, dimension, &bytes)) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("shape is {}; it has more bytes than a 64-bit number can count",
                              shape_text(shape)));
    }
  }
  return static_cast<std::size_t>(bytes / element);
}

}  // namespace cnnselect
