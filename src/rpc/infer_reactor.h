// ModelInfer, one call: reads the message as it comes, so that the time of its upload (T_input) is
// known, hands the request in, and answers. A call that the client takes back, or whose deadline
// passes, takes its request back.
#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include "rpc/call_world.h"

namespace cnnselect::rpc {

/// The call's owner is gRPC: it deletes itself when the call is over, and it is one of `calls`
/// until then. `world` outlives it.
grpc::ServerGenericBidiReactor* start_infer(const CallWorld& world,
                                            grpc::CallbackServerContext& context);

}  // namespace cnnselect::rpc
