// From Error to gRPC's status: the one place where an ErrorCode gets its code there. Pure.
#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <utility>
#include <vector>

#include "cnnselect/result.h"

namespace cnnselect::rpc {

/// NOT_FOUND, UNAVAILABLE, ..., with the error's message.
grpc::Status status_of(const Error& error);

/// What the status alone does not tell, as trailing metadata: for kUnavailable, kTooMany and
/// kTimedOut when to try again
/// (`grpc-retry-pushback-ms`, which gRPC's own retries heed), for kTooLate and kUseDevice why
/// (`reason`: too-late, use-device).
std::vector<std::pair<std::string, std::string>> trailers_of(const Error& error);

}  // namespace cnnselect::rpc
