#include "http/response_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http/http_date.h"

namespace cnnselect {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(ResponseHead, CarriesStatusHeadersAndLength) {
  const HttpResponse response{200, {{"Content-Type", "text/plain"}, {"X-A", ""}}, "hello"};
  EXPECT_EQ(response_head(response, true, "today"),
            "HTTP/1.1 200 OK\r\nServer: cnnselect\r\nDate: today\r\nConnection: keep-alive\r\n"
            "Content-Type: text/plain\r\nX-A: \r\nContent-Length: 5\r\n\r\n");
}

TEST(ResponseHead, SaysThatTheConnectionCloses) {
  EXPECT_THAT(response_head({}, false, ""), HasSubstr("\r\nConnection: close\r\n"));
}

TEST(ResponseHead, GivesNoLengthWhereThereCanBeNoBody) {
  EXPECT_THAT(response_head({204, {}, ""}, true, ""), Not(HasSubstr("Content-Length")));
  EXPECT_THAT(response_head({304, {}, ""}, true, ""), Not(HasSubstr("Content-Length")));
}

TEST(ResponseHead, NamesEveryStatus) {
  EXPECT_THAT(response_head({413, {}, ""}, true, ""), StartsWith("HTTP/1.1 413 Payload Too Large"));
  EXPECT_THAT(response_head({499, {}, ""}, true, ""), StartsWith("HTTP/1.1 499 Client Closed"));
  EXPECT_THAT(response_head({599, {}, ""}, true, ""), StartsWith("HTTP/1.1 599 "));
  EXPECT_THAT(response_head({599, {}, ""}, true, ""), EndsWith("\r\n\r\n"));
}

struct SendableRow {
  const char* sentence;
  HttpResponse response;
  bool sendable;
};

TEST(IsSendable, KeepsAnAnswerFromBreakingOutOfItsHeader) {
  const std::vector<SendableRow> rows = {
      {"plain", {200, {{"X-A", "b c\td"}}, ""}, true},
      {"text beyond ASCII", {200, {{"X-A", "\xc3\xa4"}}, ""}, true},
      {"a line break in a value", {200, {{"X-A", "b\r\nX-B: c"}}, ""}, false},
      {"a bare line feed in a value", {200, {{"X-A", "b\nc"}}, ""}, false},
      {"a null in a value", {200, {{"X-A", std::string("b\0c", 3)}}, ""}, false},
      {"a blank in a name", {200, {{"X A", "b"}}, ""}, false},
      {"a colon in a name", {200, {{"X:A", "b"}}, ""}, false},
      {"no name", {200, {{"", "b"}}, ""}, false},
      {"an interim status", {100, {}, ""}, false},
      {"no status", {0, {}, ""}, false},
      {"a status beyond all classes", {600, {}, ""}, false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(is_sendable(row.response), row.sendable) << row.sentence;
  }
}

TEST(HttpDate, IsAnImfFixdate) {
  EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(http_date(1'795'457'096), "Mon, 23 Nov 2026 18:04:56 GMT");
}

TEST(HttpDate, OfNowIsKeptForASecond) {
  const std::string_view first = http_date_now();
  EXPECT_EQ(first.size(), 29U);
  EXPECT_EQ(first.data(), http_date_now().data());
}

}  // namespace
}  // namespace cnnselect
