#include "http/http_error.h"

#include <gtest/gtest.h>

#include <utility>

namespace cnnselect {
namespace {

TEST(HttpError, GivesEveryCodeItsStatus) {
  const std::pair<ErrorCode, int> cases[] = {
      {ErrorCode::kInvalidArgument, 400},  {ErrorCode::kNotFound, 404},
      {ErrorCode::kMethodNotAllowed, 405}, {ErrorCode::kTimeout, 408},
      {ErrorCode::kTooLarge, 413},         {ErrorCode::kUnsupportedMedia, 415},
      {ErrorCode::kCancelled, 499},        {ErrorCode::kInternal, 500},
      {ErrorCode::kUnsupported, 501},      {ErrorCode::kUnavailable, 503},
      {ErrorCode::kTimedOut, 503},         {ErrorCode::kTooLate, 504},
      {ErrorCode::kUseDevice, 504},
  };
  for (const auto& [code, status] : cases) EXPECT_EQ(status_of(code), status);
}

TEST(HttpError, IsJsonWhateverTheMessage) {
  const HttpResponse response =
      error_response({ErrorCode::kNotFound, "no model '\"\x01\xff'; there are: emoji"});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, "{\"error\":\"no model '\\\"\\\\x01\\\\xff'; there are: emoji\"}");
  ASSERT_EQ(response.headers.size(), 1U);
  EXPECT_EQ(response.headers[0].first, "Content-Type");
  EXPECT_EQ(response.headers[0].second, "application/json");
}

TEST(Refusal, IsJsonWhateverTheMessage) {
  const HttpResponse response = refusal(400, "no \"x\"\n");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body, R"({"error":"no \"x\"\n"})");
  EXPECT_EQ(response.headers.at(0).second, "application/json");
}

TEST(HttpError, UnavailableSaysWhenToComeBack) {
  const HttpResponse response = error_response({ErrorCode::kUnavailable, "the queue is full"});
  EXPECT_EQ(response.status, 503);
  ASSERT_EQ(response.headers.size(), 2U);
  EXPECT_EQ(response.headers[1].first, "Retry-After");
  EXPECT_EQ(response.headers[1].second, "1");
}

TEST(HttpError, WhatIsGivenUpSaysWhyForAProgramToRead) {
  EXPECT_EQ(error_response({ErrorCode::kTooLate, "no time"}).body,
            R"({"error":"no time","reason":"too-late"})");
  EXPECT_EQ(error_response({ErrorCode::kUseDevice, "no time"}).body,
            R"({"error":"no time","reason":"use-device"})");
}

}  // namespace
}  // namespace cnnselect
