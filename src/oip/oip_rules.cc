#include "oip/oip_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/shape_text.h"
#include "oip/binary_tensors.h"

namespace cnnselect {

Status check_not_reserved(std::string_view key) {
  if (key.starts_with("triton_")) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("parameter '{}': keys starting with 'triton_' are reserved", key));
  }
  return {};
}

Result<std::optional<SharedRange>> SharedParameters::complete() const {
  if (!any) return std::nullopt;
  for (const auto& [key, missing] :
       {std::pair(kSharedRegion, range.region.empty()), std::pair(kSharedSize, range.size == 0)}) {
    if (!missing) continue;
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("the tensor is said to be in shared memory, but {} is missing", key));
  }
  return range;
}

bool is_version(std::string_view version) {
  return !version.empty() &&
         std::ranges::all_of(version, [](char c) { return c >= '0' && c <= '9'; });
}

Status check_id(std::string_view id) {
  if (id.size() <= kMaxId) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("id has {} bytes; allowed: {}", id.size(), kMaxId));
}

Status check_number_of_tensors(std::string_view kind, std::size_t index) {
  if (index < kMaxTensors) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("more than {} {}s in one request", kMaxTensors, kind));
}

Status check_tensor_name(std::string_view kind, std::size_t index, std::string_view name,
                         bool taken) {
  if (name.empty()) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}s[{}] has no name", kind, index));
  }
  if (!taken) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("two {}s are named '{}'; names are unique", kind, name));
}

std::string tensor_place(std::string_view kind, std::size_t index, std::string_view name) {
  return name.empty() ? fmt::format("{}s[{}]", kind, index) : fmt::format("{} '{}'", kind, name);
}

Status check_tensor_bytes(std::span<const std::byte> bytes, Datatype type,
                          std::span<const std::int64_t> shape) {
  const auto count = element_count(shape, type);
  if (!count) return std::unexpected(count.error());
  if (type == Datatype::kBytes) {
    const auto seen = count_bytes_elements(bytes);
    if (!seen) return std::unexpected(seen.error());
    if (*seen == *count) return {};
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("binary data has {} element{}, shape {} has {}", *seen,
                            *seen == 1 ? "" : "s", shape_text(shape), *count));
  }
  const std::size_t want = *count * size_of(type);
  if (bytes.size() == want) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{} bytes, {} {} has {}", bytes.size(), datatype_name(type),
                          shape_text(shape), want));
}

}  // namespace cnnselect
