#include "rpc/status.h"

#include <gtest/gtest.h>

namespace cnnselect::rpc {
namespace {

TEST(RpcStatus, EveryErrorHasItsCode) {
  const std::pair<ErrorCode, grpc::StatusCode> cases[] = {
      {ErrorCode::kInvalidArgument, grpc::StatusCode::INVALID_ARGUMENT},
      {ErrorCode::kNotFound, grpc::StatusCode::NOT_FOUND},
      {ErrorCode::kMethodNotAllowed, grpc::StatusCode::UNIMPLEMENTED},
      {ErrorCode::kTimeout, grpc::StatusCode::DEADLINE_EXCEEDED},
      {ErrorCode::kTooLarge, grpc::StatusCode::RESOURCE_EXHAUSTED},
      {ErrorCode::kUnsupportedMedia, grpc::StatusCode::INVALID_ARGUMENT},
      {ErrorCode::kCancelled, grpc::StatusCode::CANCELLED},
      {ErrorCode::kInternal, grpc::StatusCode::INTERNAL},
      {ErrorCode::kUnsupported, grpc::StatusCode::UNIMPLEMENTED},
      {ErrorCode::kUnavailable, grpc::StatusCode::UNAVAILABLE},
      {ErrorCode::kTimedOut, grpc::StatusCode::UNAVAILABLE},
      {ErrorCode::kTooLate, grpc::StatusCode::DEADLINE_EXCEEDED},
      {ErrorCode::kUseDevice, grpc::StatusCode::DEADLINE_EXCEEDED},
  };
  for (const auto& [code, expected] : cases) {
    const grpc::Status status = status_of({code, "why"});
    EXPECT_EQ(status.error_code(), expected) << static_cast<int>(code);
    EXPECT_EQ(status.error_message(), "why");
  }
}

TEST(RpcStatus, TheMessageIsTextWhateverTheClientSent) {
  EXPECT_EQ(status_of({ErrorCode::kNotFound, "no '\xff'"}).error_message(), "no '\\xff'");
}

TEST(RpcStatus, TrailersTellWhenToTryAgainAndWhyNot) {
  using Trailers = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(trailers_of({ErrorCode::kUnavailable, ""}),
            (Trailers{{"grpc-retry-pushback-ms", "1000"}}));
  EXPECT_EQ(trailers_of({ErrorCode::kTimedOut, ""}),
            (Trailers{{"grpc-retry-pushback-ms", "1000"}}));
  EXPECT_EQ(trailers_of({ErrorCode::kTooLate, ""}), (Trailers{{"reason", "too-late"}}));
  EXPECT_EQ(trailers_of({ErrorCode::kUseDevice, ""}), (Trailers{{"reason", "use-device"}}));
  EXPECT_TRUE(trailers_of({ErrorCode::kInvalidArgument, ""}).empty());
}

}  // namespace
}  // namespace cnnselect::rpc
