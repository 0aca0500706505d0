#include "rpc/status.h"

#include "cnnselect/result.h"
#include "json/readable.h"

namespace cnnselect::rpc {
namespace {

grpc::StatusCode code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kUnsupportedMedia:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case ErrorCode::kUnauthenticated:
      return grpc::StatusCode::UNAUTHENTICATED;
    case ErrorCode::kForbidden:
      return grpc::StatusCode::PERMISSION_DENIED;
    case ErrorCode::kNotFound:
      return grpc::StatusCode::NOT_FOUND;
    case ErrorCode::kTooLarge:
    case ErrorCode::kTooMany:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case ErrorCode::kCancelled:
      return grpc::StatusCode::CANCELLED;
    case ErrorCode::kMethodNotAllowed:
    case ErrorCode::kUnsupported:
      return grpc::StatusCode::UNIMPLEMENTED;
    case ErrorCode::kTimedOut:
    case ErrorCode::kUnavailable:
      return grpc::StatusCode::UNAVAILABLE;
    case ErrorCode::kTimeout:
    case ErrorCode::kTooLate:
    case ErrorCode::kUseDevice:
      return grpc::StatusCode::DEADLINE_EXCEEDED;
    case ErrorCode::kInternal:
      break;
  }
  return grpc::StatusCode::INTERNAL;
}

}  // namespace

grpc::Status status_of(const Error& error) {
  return {code_of(error.code), readable(error.message)};
}

std::vector<std::pair<std::string, std::string>> trailers_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kTimedOut:
    case ErrorCode::kUnavailable:
    case ErrorCode::kTooMany:
      return {{"grpc-retry-pushback-ms", "1000"}};
    case ErrorCode::kTooLate:
    case ErrorCode::kUseDevice:
      return {{"reason", std::string(why_given_up(error.code))}};
    default:
      return {};
  }
}

}  // namespace cnnselect::rpc
