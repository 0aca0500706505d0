#include "http/request_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <string_view>
#include <vector>

namespace cnnselect {
namespace {

using ::testing::HasSubstr;
using Phase = RequestParser::Phase;

constexpr TimePoint at_ms(int ms) { return TimePoint(std::chrono::milliseconds(ms)); }

/// Feeds `bytes` as a socket would: what is not consumed is offered again with the next piece.
class Feeder {
 public:
  explicit Feeder(ParserLimits limits = {}) : parser_(limits) {}

  /// Nothing, or why the request is refused.
  std::optional<Refusal> feed(std::string_view bytes, TimePoint arrived = at_ms(0)) {
    pending_ += bytes;
    const auto taken = parser_.take(pending_, arrived);
    if (!taken) return taken.error();
    pending_.erase(0, *taken);
    return std::nullopt;
  }
  RequestParser& parser() { return parser_; }
  const std::string& pending() const { return pending_; }

 private:
  RequestParser parser_;
  std::string pending_;
};

TEST(RequestParser, ReadsARequestWithoutBody) {
  Feeder feeder;
  ASSERT_FALSE(
      feeder.feed("GET /v2/models/a%20b?x=1&y=%2F HTTP/1.1\r\nHost: h\r\nX-A:  1 \r\n"
                  "x-a: 2\r\n\r\n",
                  at_ms(5)));
  ASSERT_EQ(feeder.parser().phase(), Phase::kDone);
  EXPECT_TRUE(feeder.parser().keep_alive());
  EXPECT_FALSE(feeder.parser().head_only());
  const HttpRequest request = feeder.parser().release();
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.path, "/v2/models/a%20b");
  EXPECT_EQ(request.query, "x=1&y=%2F");
  EXPECT_EQ(request.header("HOST"), "h");
  EXPECT_EQ(request.header("X-a"), "1") << "the first of that name, without blanks around it";
  EXPECT_EQ(request.header("X-B"), std::nullopt);
  EXPECT_EQ(request.headers.size(), 3U);
  EXPECT_EQ(request.body, "");
  EXPECT_EQ(request.first_byte, at_ms(5));
  EXPECT_EQ(request.last_byte, at_ms(5));
}

TEST(RequestParser, StampsTheFirstByteOfTheHeaderAndTheLastOfTheBody) {
  Feeder feeder;
  ASSERT_FALSE(feeder.feed("\r\n", at_ms(1))) << "an empty line is no part of it";
  ASSERT_FALSE(feeder.feed("POST / HTTP/1.1\r\nHo", at_ms(5)));
  ASSERT_FALSE(feeder.feed("st: h\r\nContent-Length: 4\r\n\r\n", at_ms(10)));
  ASSERT_FALSE(feeder.feed("ab", at_ms(20)));
  ASSERT_FALSE(feeder.feed("c", at_ms(30)));
  ASSERT_FALSE(feeder.feed("d", at_ms(50)));
  ASSERT_EQ(feeder.parser().phase(), Phase::kDone);
  const HttpRequest request = feeder.parser().release();
  EXPECT_EQ(request.body, "abcd");
  EXPECT_EQ(request.first_byte, at_ms(5));
  EXPECT_EQ(request.last_byte, at_ms(50));
}

TEST(RequestParser, BodyBytesMayComeWithTheHeader) {
  Feeder feeder;
  ASSERT_FALSE(feeder.feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab", at_ms(1)));
  ASSERT_FALSE(feeder.feed("cd", at_ms(50)));
  const HttpRequest request = feeder.parser().release();
  EXPECT_EQ(request.first_byte, at_ms(1));
  EXPECT_EQ(request.last_byte, at_ms(50));
}

TEST(RequestParser, BodyRoomTakesTheBodyWithoutACopy) {
  Feeder feeder;
  ASSERT_FALSE(feeder.feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\na", at_ms(1)));
  const auto room = feeder.parser().body_room();
  ASSERT_EQ(room.size(), 4U);
  std::ranges::copy(std::string_view("bcde"), room.begin());
  feeder.parser().body_filled(4, at_ms(9));
  ASSERT_EQ(feeder.parser().phase(), Phase::kDone);
  EXPECT_TRUE(feeder.parser().body_room().empty());
  const HttpRequest request = feeder.parser().release();
  EXPECT_EQ(request.body, "abcde");
  EXPECT_EQ(request.last_byte, at_ms(9));
}

TEST(RequestParser, APromisedLengthAloneAllocatesLittle) {
  Feeder feeder({.body_bytes = std::size_t{1} << 30U});
  ASSERT_FALSE(feeder.feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n"));
  EXPECT_LE(feeder.parser().body_room().size(), std::size_t{1} << 20U);
}

TEST(RequestParser, ALongBodyGrowsAsItArrives) {
  const std::string body(3'500'000, 'b');
  Feeder feeder;
  ASSERT_FALSE(feeder.feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3500000\r\n\r\n"));
  ASSERT_FALSE(feeder.feed(body));
  ASSERT_EQ(feeder.parser().phase(), Phase::kDone);
  EXPECT_EQ(feeder.parser().release().body, body);
}

TEST(RequestParser, ReadsChunks) {
  Feeder feeder;
  ASSERT_FALSE(
      feeder.feed("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n", at_ms(2)));
  ASSERT_EQ(feeder.parser().phase(), Phase::kBody);
  EXPECT_TRUE(feeder.parser().body_room().empty());
  ASSERT_FALSE(feeder.feed("3;ext=1\r\nabc\r\n", at_ms(10)));
  ASSERT_FALSE(feeder.feed("A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nGET", at_ms(40)));
  ASSERT_EQ(feeder.parser().phase(), Phase::kDone);
  EXPECT_EQ(feeder.pending(), "GET") << "the next request stays";
  const HttpRequest request = feeder.parser().release();
  EXPECT_EQ(request.body, "abc0123456789");
  EXPECT_EQ(request.first_byte, at_ms(2));
  EXPECT_EQ(request.last_byte, at_ms(40));
}

TEST(RequestParser, LeavesThePipelinedRequestsForLater) {
  Feeder feeder;
  ASSERT_FALSE(
      feeder.feed("POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"
                  "HEAD /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
                  "\r\nGET /3 HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(feeder.parser().release().path, "/1");
  EXPECT_EQ(feeder.parser().phase(), Phase::kIdle);
  ASSERT_FALSE(feeder.feed(""));
  EXPECT_TRUE(feeder.parser().head_only());
  EXPECT_FALSE(feeder.parser().keep_alive());
  const HttpRequest second = feeder.parser().release();
  EXPECT_EQ(second.path, "/2");
  EXPECT_EQ(second.method, "GET") << "the handler answers a HEAD as a GET";
  ASSERT_FALSE(feeder.feed(""));
  EXPECT_FALSE(feeder.parser().head_only());
  EXPECT_EQ(feeder.parser().release().path, "/3") << "an empty line before it is skipped";
}

struct TargetRow {
  const char* sentence;
  std::string target;
  std::string path;
  std::string query;
};

TEST(RequestParser, SplitsTheTarget) {
  const std::vector<TargetRow> rows = {
      {"a path", "/a/b", "/a/b", ""},
      {"a path and a query", "/a?b=c?d", "/a", "b=c?d"},
      {"an empty query", "/a?", "/a", ""},
      {"absolute, as a proxy sends it", "http://host:80/a?b", "/a", "b"},
      {"absolute without a path", "HTTP://host", "/", ""},
      {"absolute with nothing but a query", "https://host?b", "/", "b"},
      {"the server as such", "*", "*", ""},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.sentence);
    Feeder feeder;
    ASSERT_FALSE(feeder.feed("OPTIONS " + row.target + " HTTP/1.1\r\nHost: h\r\n\r\n"));
    const HttpRequest request = feeder.parser().release();
    EXPECT_EQ(request.path, row.path);
    EXPECT_EQ(request.query, row.query);
  }
}

struct KeepAliveRow {
  const char* sentence;
  std::string version;
  std::string header;
  bool keep_alive;
};

TEST(RequestParser, KnowsWhetherTheConnectionStays) {
  const std::vector<KeepAliveRow> rows = {
      {"1.1 stays", "1.1", "", true},
      {"1.1 with close ends", "1.1", "Connection: Close\r\n", false},
      {"1.1 with close in a list ends", "1.1", "Connection: te, close\r\n", false},
      {"1.0 ends", "1.0", "", false},
      {"1.0 with keep-alive stays", "1.0", "Connection: keep-alive\r\n", true},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.sentence);
    Feeder feeder;
    ASSERT_FALSE(
        feeder.feed("GET / HTTP/" + row.version + "\r\nHost: h\r\n" + row.header + "\r\n"));
    ASSERT_EQ(feeder.parser().phase(), Phase::kDone);
    EXPECT_EQ(feeder.parser().keep_alive(), row.keep_alive);
  }
}

TEST(RequestParser, ExpectsContinueOnlyWhereABodyFollows) {
  Feeder with_body;
  ASSERT_FALSE(with_body.feed(
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nExpect: 100-Continue\r\n\r\n"));
  EXPECT_TRUE(with_body.parser().expects_continue());
  Feeder without;
  ASSERT_FALSE(without.feed("GET / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n"));
  EXPECT_FALSE(without.parser().expects_continue());
  Feeder old;
  ASSERT_FALSE(old.feed("POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n"));
  EXPECT_FALSE(old.parser().expects_continue());
}

struct RefusalRow {
  const char* sentence;
  std::string request;
  int status;
  std::string message;
};

TEST(RequestParser, RefusesWithStatusAndReason) {
  const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  const std::vector<RefusalRow> rows = {
      {"garbage", "\x16\x03\x01 hello\r\n\r\n", 400, "not an HTTP request"},
      {"a version of the future", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP/1.1"},
      {"lines that end with LF alone", "GET / HTTP/1.1\nHost: h\n\n", 400, "CR LF"},
      {"a header that ends with LF alone", "GET / HTTP/1.1\r\nHost: h\n\r\n", 400, "not an HTTP"},
      {"a blank in a header name", "GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400, "not an HTTP"},
      {"a target without a slash", "GET a HTTP/1.1\r\nHost: h\r\n\r\n", 400, "'a'"},
      {"a target of CONNECT", "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", 400, "'h:80'"},
      {"no Host", "GET / HTTP/1.1\r\n\r\n", 400, "Host"},
      {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "Host"},
      {"two lengths that differ", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400,
       "Content-Length"},
      {"two lengths that agree", post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 400,
       "Content-Length"},
      {"a list of lengths", post + "Content-Length: 1, 1\r\n\r\n", 400, "Content-Length"},
      {"a negative length", post + "Content-Length: -1\r\n\r\n", 400, "Content-Length"},
      {"a length that is no number", post + "Content-Length: 0x10\r\n\r\n", 400, "Content-Length"},
      {"a length beyond 64 bits", post + "Content-Length: 99999999999999999999\r\n\r\n", 400,
       "Content-Length"},
      {"length, then chunks", post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
       "Transfer-Encoding"},
      {"chunks, then length", post + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400,
       "Content-Length"},
      {"length and another coding", post + "Transfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\n",
       400, "twice"},
      {"another coding", post + "Transfer-Encoding: gzip\r\n\r\n", 501, "'gzip'"},
      {"another coding below chunks", post + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501,
       "'gzip, chunked'"},
      {"chunks not last", post + "Transfer-Encoding: chunked, gzip\r\n\r\n", 501,
       "'chunked, gzip'"},
      {"a coding twice", post + "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n",
       400, "twice"},
      {"chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
       "HTTP/1.0"},
      {"an unknown expectation", post + "Content-Length: 1\r\nExpect: magic\r\n\r\n", 417,
       "'magic'"},
      {"a chunk length that is no number", chunked + "xyz\r\n", 400, "chunked"},
      {"a chunk longer than it said", chunked + "1\r\nab\r\n0\r\n\r\n", 400, "chunked"},
      {"a body over the limit", post + "Content-Length: 1001\r\n\r\n", 413, "1000 bytes"},
      {"chunks over the limit", chunked + "3e8\r\n" + std::string(1000, 'x') + "\r\n1\r\nx\r\n",
       413, "1000 bytes"},
      {"a header over the limit", "GET / HTTP/1.1\r\nX: " + std::string(600, 'x'), 431,
       "500 bytes"},
      {"a request line over the limit", "GET /" + std::string(600, 'x'), 431, "500 bytes"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.sentence);
    Feeder feeder({.header_bytes = 500, .body_bytes = 1000});
    const auto refusal = feeder.feed(row.request);
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->status, row.status) << refusal->message;
    EXPECT_THAT(refusal->message, HasSubstr(row.message));
  }
}

TEST(RequestParser, ABodyOfExactlyTheLimitPasses) {
  Feeder feeder({.body_bytes = 1000});
  ASSERT_FALSE(feeder.feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n" +
                           std::string(1000, 'x')));
  EXPECT_EQ(feeder.parser().phase(), Phase::kDone);
}

TEST(RequestParser, ReadsTheSameWhereverTheBytesAreCut) {
  const std::string wire =
      "POST /a?b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
      "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\nwo\r\n3\r\nrld\r\n0\r\n\r\n";
  EXPECT_TRUE(rc::check([&wire](const std::vector<std::uint8_t>& cuts) {
    Feeder feeder;
    std::vector<std::string> bodies;
    std::string_view rest = wire;
    for (std::size_t i = 0; bodies.size() < 2; ++i) {
      const std::size_t cut = i < cuts.size() ? cuts[i] : rest.size();
      RC_ASSERT(!feeder.feed(rest.substr(0, cut)));
      rest.remove_prefix(std::min(cut, rest.size()));
      if (feeder.parser().phase() == Phase::kDone) {
        bodies.push_back(feeder.parser().release().body);
      }
    }
    RC_ASSERT(bodies == std::vector<std::string>({"hello", "world"}));
  }));
}

}  // namespace
}  // namespace cnnselect
