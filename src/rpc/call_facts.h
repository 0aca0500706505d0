// What gRPC calls have beside their tensors: metadata, deadlines, names of versions. Any thread.
#pragma once

#include <grpcpp/server_context.h>

#include <chrono>
#include <optional>
#include <string_view>

#include "api/inference_api.h"
#include "api/operations.h"
#include "api/trace_sampling.h"
#include "cnnselect/result.h"
#include "rpc/call_world.h"

namespace cnnselect::rpc {

/// Hints from the metadata `x-cnnselect-*`, as HTTP's headers. Errors: kInvalidArgument.
Result<RequestHints> hints_of(const grpc::CallbackServerContext& context);

/// Lets the call in by its API key (`authorization` or `x-api-key`) and by what the listener may.
/// Errors: as KeyRing::admit, and kUnavailable. Without keys everybody is let in.
Result<KeyRing::Admission> admit(const CallWorld& world, const grpc::CallbackServerContext& context,
                                 Operation operation);

/// What admit() would say whatever the key's limits.
Status check_key(const CallWorld& world, const grpc::CallbackServerContext& context,
                 Operation operation);

/// The trace of a request to `model`, as the metadata have it; no `traces`, no trace.
std::optional<RequestTrace> trace_of(const grpc::CallbackServerContext& context,
                                     TraceSampling* traces, std::string_view model);

/// The call's deadline is its SLA where it has none: the client waits no longer. `now`: when the
/// call came in. A deadline more than the longest SLA away is none.
void deadline_as_sla(std::chrono::system_clock::time_point deadline,
                     std::chrono::system_clock::time_point now, RequestHints& hints);

/// Error kInvalidArgument: a version that is not a whole number, where HTTP has no such path.
/// Blank: the server's choice.
Status check_version(std::string_view model, std::string_view version);

}  // namespace cnnselect::rpc
