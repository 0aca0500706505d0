// ModelStreamInfer: many requests on one call, worked on at the same time, answered in the order in
// which they came. An error is an answer too; it does not end the stream.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <cstddef>

#include "rpc/call_world.h"
#include "rpc/open_inference.pb.h"

namespace cnnselect::rpc {

/// Requests of one stream that are not yet answered; the next is read when one is.
inline constexpr std::size_t kMaxUnansweredInStream = 64;

using StreamReactor =
    grpc::ServerBidiReactor<inference::ModelInferRequest, inference::ModelStreamInferResponse>;

/// As start_infer. The call's deadline is the stream's: it is no request's SLA.
StreamReactor* start_stream(const CallWorld& world, const grpc::CallbackServerContext& context);

}  // namespace cnnselect::rpc
