// What must hold of every inference request that the codec accepts, whatever the bytes were.
#pragma once

#include <cstdint>
#include <utility>

#include "oip/binary_tensors.h"
#include "oip/oip_response.h"
#include "oip/tensor_types.h"
#include "require.h"

namespace cnnselect {

/// Every input has the bytes that its shape and datatype say, aligned, also after a move; and what
/// a model might echo can be written, in binary and, but for FP16 and BF16, in JSON.
inline void check_accepted(InferRequest accepted) {
  const InferRequest request = std::move(accepted);
  InferResponse response;
  response.model = request.model;
  response.id = request.id;
  for (const InferInput& input : request.inputs) {
    if (input.shared) {
      require(input.bytes.empty() && !input.shared->region.empty() && input.shared->size > 0);
      continue;
    }
    const auto type = parse_datatype(input.datatype);
    require(type.has_value());
    const auto count = element_count(input.shape, *type);
    require(count.has_value());
    if (*type == Datatype::kBytes) {
      require(count_bytes_elements(input.bytes) == *count);
    } else {
      require(input.bytes.size() == *count * size_of(*type));
      require(reinterpret_cast<std::uintptr_t>(input.bytes.data()) % size_of(*type) == 0);
    }
    const bool only_binary = *type == Datatype::kFp16 || *type == Datatype::kBf16;
    response.outputs.push_back({input.name,
                                input.datatype,
                                input.shape,
                                {input.bytes.begin(), input.bytes.end()},
                                only_binary || request.binary_by_default});
  }
  require(write_infer_response(response).has_value());
}

}  // namespace cnnselect
