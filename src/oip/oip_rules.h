// What the Open Inference Protocol asks of a request's tensors and parameters, whichever way they
// travel: shared by its JSON and its gRPC readers. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/inference_api.h"
#include "cnnselect/result.h"
#include "oip/tensor_types.h"

namespace cnnselect {

/// How many tensors one request may name, as inputs and as outputs.
inline constexpr std::size_t kMaxTensors = 256;
/// How many dimensions a tensor may have.
inline constexpr std::size_t kMaxRank = 32;

/// Parameter keys starting with `triton_` are reserved (kInvalidArgument).
Status check_not_reserved(std::string_view key);

/// A tensor's parameters `shared_memory_*`, as they come in any order.
struct SharedParameters {
  SharedRange range;
  bool any = false;  ///< whether there were any
  /// Error kInvalidArgument: some without `shared_memory_region` or `shared_memory_byte_size`.
  /// Nothing when there were none.
  Result<std::optional<SharedRange>> complete() const;
};
inline constexpr std::string_view kSharedRegion = "shared_memory_region";
inline constexpr std::string_view kSharedOffset = "shared_memory_offset";
inline constexpr std::string_view kSharedSize = "shared_memory_byte_size";

/// Whether `version` can be one: digits only.
bool is_version(std::string_view version);

/// Ids are kept in spans and statements of what became of a request, so they are no place for data.
inline constexpr std::size_t kMaxId = 256;
/// Error kInvalidArgument.
Status check_id(std::string_view id);

/// One more `kind` ("input", "output") at this index. Error kInvalidArgument.
Status check_number_of_tensors(std::string_view kind, std::size_t index);

/// Error kInvalidArgument: a `kind` without a name, or whose name is `taken` by another.
Status check_tensor_name(std::string_view kind, std::size_t index, std::string_view name,
                         bool taken);

/// "input 'x'", or "inputs[0]" while it has no name: where an error is.
std::string tensor_place(std::string_view kind, std::size_t index, std::string_view name);

/// Error kInvalidArgument: `bytes`, row-major and in the layout of the binary extension, are not
/// those of a tensor of this type and shape.
Status check_tensor_bytes(std::span<const std::byte> bytes, Datatype type,
                          std::span<const std::int64_t> shape);

}  // namespace cnnselect
