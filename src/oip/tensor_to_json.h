// A tensor's bytes as `data` in JSON: one flat array, row-major, each number the shortest that
// reads back as the same value. Pure; any thread.
#pragma once

#include <cstddef>
#include <span>

#include "cnnselect/result.h"
#include "json/json_writer.h"
#include "oip/tensor_types.h"

namespace cnnselect {

/// Appends the array. NaN and infinity become null, as JSON has no word for them; BYTES elements
/// become strings, with U+FFFD for what is not UTF-8. `bytes` hold whole elements. Errors:
/// kInvalidArgument: FP16 and BF16 have no form in JSON.
Status tensor_to_json(Datatype type, std::span<const std::byte> bytes, JsonWriter& json);

}  // namespace cnnselect
