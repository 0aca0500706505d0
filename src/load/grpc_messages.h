// A photo as a message of gRPC, and its answer as the JSON that is answered over HTTP. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "cnnselect/result.h"
#include "proto/open_inference.pb.h"

namespace cnnselect {

/// What a family calls its tensors.
struct TensorNames {
  std::string input;
  std::string output;
};

/// Errors: kInternal when the family has no input or no output.
Result<TensorNames> tensor_names(const inference::ModelMetadataResponse& metadata);

/// Asks for the best class of an encoded photo.
inference::ModelInferRequest photo_message(const std::string& family, const TensorNames& names,
                                           std::span<const std::byte> photo);

/// As docs/protocol.md has it, for what is known: `confidence` and `t_decode_ms` are null, for the
/// message tells the network's own score and no time of decoding. Errors: kInternal, naming what is
/// missing.
Result<std::string> photo_answer(const inference::ModelInferResponse& message);

}  // namespace cnnselect
