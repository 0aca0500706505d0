// The bytes of a ModelInferRequest, before and while they become one. Protobuf makes an object of
// each entry, so a message of millions of empty ones would take many times its size in memory: what
// an honest request cannot have is refused before it is parsed. Pure; any thread.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <cstddef>

#include "cnnselect/result.h"
#include "proto/open_inference.pb.h"

namespace cnnselect::rpc {

/// Fields of the message, of its tensors and of their parameters together, values not counted that
/// are packed or raw.
inline constexpr std::size_t kMaxMessageFields = 65536;

/// Empties `bytes`. Errors: kInvalidArgument.
Result<inference::ModelInferRequest> parse_infer_message(grpc::ByteBuffer& bytes);

}  // namespace cnnselect::rpc
