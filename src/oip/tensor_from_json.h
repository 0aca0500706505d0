// A tensor's `data` in JSON, flat or nested row by row, into the little-endian bytes that models
// read. The hot path of JSON requests: a 224 x 224 photo is 150,528 numbers.
//
// Nesting is not compared with the shape, only the number of elements is: that is what other
// servers of this protocol do. NaN and infinity are not JSON; they travel in binary tensors.
// Included by .cc files only (simdjson). Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "cnnselect/result.h"
#include "json/json_reader.h"
#include "oip/tensor_types.h"

namespace cnnselect {

struct JsonTensorForm {
  Datatype type = Datatype::kFp32;
  std::span<const std::int64_t> shape;
  std::size_t count = 0;  ///< elements of that shape
  bool base64 = false;    ///< BYTES elements are base64, not text
};

/// Deepest nesting of arrays in `data`.
inline constexpr int kMaxJsonDepth = 100;

/// Allocates by what `document_bytes` of JSON can hold, not by what the shape claims. Errors:
/// kInvalidArgument: too many or too few elements, one of the wrong kind or out of range (place,
/// value and range named), nested too deep, a datatype that JSON cannot carry.
Result<std::vector<std::byte>> tensor_from_json(JsonArray data, const JsonTensorForm& form,
                                                std::size_t document_bytes);

}  // namespace cnnselect
