// One element of `inputs` in an inference request: its fields, and its tensor from `data` or from
// the binary part of the body. Included by .cc files only (simdjson). Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "api/inference_api.h"
#include "cnnselect/result.h"
#include "json/json_reader.h"
#include "oip/binary_tensors.h"
#include "oip/oip_rules.h"
#include "oip/tensor_types.h"

namespace cnnselect {

/// An input as the JSON describes it; its bytes are there already unless they follow in binary.
struct PlannedInput {
  InferInput input;
  Datatype type = Datatype::kFp32;
  std::size_t count = 0;                   ///< elements of the shape
  std::optional<std::size_t> binary_size;  ///< binary_data_size
};

/// Reads a tensor's parameter `shared_memory_*`.
Status read_shared_parameter(JsonValue value, std::string_view key, SharedParameters& shared);

/// Reads one element of `inputs`; a tensor given as `data` goes to `storage`. On an error
/// `planned.input.name` is set when the name had been read. Errors: kInvalidArgument,
/// kUnsupported.
Status read_input(JsonValue value, std::size_t document_bytes,
                  std::vector<std::vector<std::byte>>& storage, PlannedInput& planned);

/// Takes the input's bytes off the binary part, when that is where they are. Errors:
/// kInvalidArgument: the size is not that of shape and datatype, or the body is too short.
Status cut_binary_input(BinaryTensors& tensors, PlannedInput& planned);

}  // namespace cnnselect
