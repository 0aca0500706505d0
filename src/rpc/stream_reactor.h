// ModelStreamInfer: many requests on one call, worked on at the same time, answered in the order in
// which they came. An error is an answer too; it does not end the stream.
#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include <cstddef>

#include "rpc/call_world.h"

namespace cnnselect::rpc {

/// Requests of one stream that are not yet answered; the next is read when one is.
inline constexpr std::size_t kMaxUnansweredInStream = 64;

/// As start_infer: messages are bytes, so that they can be judged before they are parsed. The
/// call's deadline is the stream's: it is no request's SLA.
grpc::ServerGenericBidiReactor* start_stream(const CallWorld& world,
                                             const grpc::CallbackServerContext& context);

}  // namespace cnnselect::rpc
