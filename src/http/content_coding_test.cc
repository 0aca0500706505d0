#include "http/content_coding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "http/testing/fake_exchange.h"

namespace cnnselect {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kPlenty = 1 << 20;

TEST(ContentCoding, WhatIsCompressedComesBack) {
  EXPECT_TRUE(rc::check([](const std::string& text, bool gzip) {
    const Coding coding = gzip ? Coding::kGzip : Coding::kDeflate;
    RC_ASSERT(decompress(compress(text, coding).value(), coding, kPlenty).value() == text);
  }));
  const std::string large(300'000, 'x');
  EXPECT_LT(compress(large, Coding::kGzip).value().size(), large.size() / 50);
  EXPECT_EQ(decompress(compress(large, Coding::kGzip).value(), Coding::kGzip, large.size()), large);
}

// The bytes of `printf hello | gzip -n` and of Python's zlib.compress(b"hello").
TEST(ContentCoding, ReadsWhatOthersWrite) {
  const std::string gzip(
      "\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\x48\xcd\xc9\xc9\x07\0\x86\xa6\x10\x36\x05\0\0\0", 25);
  EXPECT_EQ(decompress(gzip, Coding::kGzip, 5), "hello");
  EXPECT_EQ(decompress(gzip + gzip, Coding::kGzip, 10), "hellohello") << "two members";
  const std::string zlib("\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\0\x06\x2c\x02\x15", 13);
  EXPECT_EQ(decompress(zlib, Coding::kDeflate, 5), "hello");
}

TEST(ContentCoding, ABombIsCutShort) {
  const std::string bomb = compress(std::string(50'000'000, '\0'), Coding::kGzip).value();
  const auto inflated = decompress(bomb, Coding::kGzip, kPlenty);
  ASSERT_FALSE(inflated.has_value());
  EXPECT_EQ(inflated.error(),
            (Error{ErrorCode::kTooLarge, "the body inflates to more than 1048576 bytes"}));
  const std::string four = compress("four", Coding::kDeflate).value();
  EXPECT_TRUE(decompress(four, Coding::kDeflate, 4).has_value());
  EXPECT_FALSE(decompress(four, Coding::kDeflate, 3).has_value());
}

TEST(ContentCoding, SaysWhatIsWrongWithABody) {
  const auto message = [](std::string_view bytes, Coding coding) {
    const auto body = decompress(bytes, coding, kPlenty);
    return body ? "accepted" : body.error().message;
  };
  const std::string gzip = compress("hello", Coding::kGzip).value();
  EXPECT_EQ(message(gzip.substr(0, 12), Coding::kGzip), "the body is not gzip: it is cut off");
  EXPECT_EQ(message("", Coding::kGzip), "the body is not gzip: it is cut off");
  EXPECT_THAT(message("hello", Coding::kGzip), HasSubstr("the body is not gzip: "));
  EXPECT_THAT(message(gzip, Coding::kDeflate), HasSubstr("the body is not deflate: "));
  EXPECT_THAT(message(gzip + "x", Coding::kGzip), HasSubstr("the body is not gzip: "));
  EXPECT_EQ(message(compress("hello", Coding::kDeflate).value() + "x", Coding::kDeflate),
            "the body is not deflate: something follows it");
}

TEST(ContentCoding, ReadsTheNamesOfCodings) {
  EXPECT_EQ(parse_coding("gzip"), Coding::kGzip);
  EXPECT_EQ(parse_coding("X-GZip"), Coding::kGzip);
  EXPECT_EQ(parse_coding(" deflate"), Coding::kDeflate);
  EXPECT_EQ(parse_coding("identity"), std::nullopt);
  EXPECT_EQ(parse_coding(""), std::nullopt);
  EXPECT_EQ(parse_coding("br").error().message,
            "Content-Encoding 'br' is not understood; allowed: gzip, deflate, identity");
}

TEST(ContentCoding, TakesTheClientsWishesByTheirWeight) {
  EXPECT_EQ(preferred_coding("gzip, deflate, br"), Coding::kGzip);
  EXPECT_EQ(preferred_coding("deflate, gzip"), Coding::kGzip);
  EXPECT_EQ(preferred_coding("deflate;q=0.9, gzip;q=0.5"), Coding::kDeflate);
  EXPECT_EQ(preferred_coding("deflate, gzip;q=0"), Coding::kDeflate);
  EXPECT_EQ(preferred_coding("gzip;q=much"), std::nullopt);
  EXPECT_EQ(preferred_coding("br, zstd"), std::nullopt);
  EXPECT_EQ(preferred_coding("identity"), std::nullopt);
  EXPECT_EQ(preferred_coding(",,;"), std::nullopt);
}

/// Answers with the body that it is given.
class Mirror final : public HttpHandler {
 public:
  void handle(HttpRequest request, std::shared_ptr<HttpExchange> exchange) override {
    exchange->respond({.status = 200, .headers = {}, .body = std::move(request.body)});
  }
};

HttpResponse answer_to(std::vector<std::pair<std::string, std::string>> headers, std::string body,
                       int level = kFastestLevel) {
  Mirror mirror;
  ContentCoding coding(mirror, kPlenty, level);
  const auto exchange = std::make_shared<FakeExchange>();
  HttpRequest request;
  request.headers = std::move(headers);
  request.body = std::move(body);
  coding.handle(std::move(request), exchange);
  EXPECT_EQ(exchange->responses().size(), 1U);
  return exchange->responses().front();
}

TEST(ContentCodingHandler, TheNextHandlerSeesBodiesAsTheyAre) {
  EXPECT_EQ(
      answer_to({{"Content-Encoding", "gzip"}}, compress("hello", Coding::kGzip).value()).body,
      "hello");
  EXPECT_EQ(answer_to({}, "hello").body, "hello");
  EXPECT_EQ(answer_to({{"content-encoding", "br"}}, "x").status, 501);
  EXPECT_THAT(answer_to({{"content-encoding", "br"}}, "x").headers,
              ::testing::Contains(::testing::Pair("Accept-Encoding", "gzip, deflate")));
  EXPECT_EQ(answer_to({{"content-encoding", "gzip"}}, "x").status, 400);
  EXPECT_EQ(answer_to({{"content-encoding", "deflate"}},
                      compress(std::string(2 * kPlenty, 'x'), Coding::kDeflate).value())
                .status,
            413);
}

TEST(ContentCodingHandler, LargeAnswersAreCompressedForThoseWhoAsk) {
  const std::string large(5'000, 'x');
  const HttpResponse plain = answer_to({}, large);
  EXPECT_EQ(plain.body, large);
  EXPECT_TRUE(plain.headers.empty());
  const HttpResponse packed = answer_to({{"Accept-Encoding", "gzip"}}, large);
  EXPECT_EQ(decompress(packed.body, Coding::kGzip, kPlenty), large);
  EXPECT_THAT(packed.headers, ::testing::ElementsAre(::testing::Pair("Content-Encoding", "gzip"),
                                                     ::testing::Pair("Vary", "Accept-Encoding")));
  const HttpResponse small = answer_to({{"Accept-Encoding", "gzip"}}, "hello");
  EXPECT_EQ(small.body, "hello");
  EXPECT_THAT(small.headers, ::testing::ElementsAre(::testing::Pair("Vary", "Accept-Encoding")));
}

TEST(ContentCoding, WhatZlibRefusesIsAnError) {
  const auto deflated = compress("hello", Coding::kGzip, 10);
  ASSERT_FALSE(deflated.has_value());
  EXPECT_EQ(deflated.error(),
            (Error{ErrorCode::kInternal, "5 bytes cannot be made gzip at level 10: stream error"}));
}

TEST(ContentCodingHandler, AnAnswerThatCannotBeCompressedGoesOutAsItIs) {
  const std::string large(5'000, 'x');
  const HttpResponse answer = answer_to({{"Accept-Encoding", "gzip"}}, large, 10);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, large);
  EXPECT_THAT(answer.headers, ::testing::ElementsAre(::testing::Pair("Vary", "Accept-Encoding")));
}

}  // namespace
}  // namespace cnnselect
