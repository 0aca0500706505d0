// Tensors as repeated fields of numbers, in the layout that the rest of the product uses. Pure; any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "cnnselect/result.h"
#include "oip/tensor_types.h"
#include "proto/open_inference.pb.h"

namespace cnnselect::rpc {

/// Row-major, little-endian, as InferInput::bytes. Errors: kInvalidArgument: the field that belongs
/// to `type` has not as many values as `shape`, a value does not fit the type, or values of FP16
/// and BF16, which only travel raw.
Result<std::vector<std::byte>> bytes_of_contents(const inference::InferTensorContents& contents,
                                                 Datatype type,
                                                 std::span<const std::int64_t> shape);

}  // namespace cnnselect::rpc
