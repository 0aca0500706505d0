// What one connection does, over real sockets on loopback.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/testing/session_test.h"
#include "net/testing/raw_client.h"

namespace cnnselect {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(EchoSession, AnswersManyRequestsOnOneConnection) {
  RawClient client(serve());
  for (int i = 0; i < 50; ++i) {
    client.send(kGet);
    const auto response = client.read();
    ASSERT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "GET /a 0");
    EXPECT_THAT(response.head, HasSubstr("\r\nConnection: keep-alive\r\n"));
    EXPECT_THAT(response.head, HasSubstr("\r\nServer: cnnselect\r\n"));
    EXPECT_THAT(response.head, HasSubstr("\r\nDate: "));
  }
}

TEST_F(EchoSession, ClosesWhenTheClientAsksForIt) {
  RawClient client(serve());
  client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.read().head, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_TRUE(client.closed());
}

TEST_F(EchoSession, ClosesAfterAnHttp10RequestThatDoesNotAskToStay) {
  const auto port = serve();
  RawClient leaves(port);
  leaves.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(leaves.read().status, 200);
  EXPECT_TRUE(leaves.closed());
  RawClient stays(port);
  for (int i = 0; i < 2; ++i) {
    stays.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_THAT(stays.read().head, HasSubstr("\r\nConnection: keep-alive\r\n"));
  }
}

TEST_F(EchoSession, AnswersHeadWithTheLengthAndWithoutTheBody) {
  RawClient client(serve());
  client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n" + kGet);
  EXPECT_THAT(client.read(false).head, HasSubstr("\r\nContent-Length: 8\r\n"));
  EXPECT_EQ(client.read().body, "GET /a 0") << "the next answer follows at once";
}

TEST_F(EchoSession, AnswersPipelinedRequestsInOrder) {
  RawClient client(serve());
  std::string all;
  for (int i = 0; i < 100; ++i) {
    all += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
  }
  client.send(all);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(client.read().body, "POST /" + std::to_string(i) + " 3");
}

TEST_F(EchoSession, ReadsBodiesOfEverySize) {
  RawClient client(serve());
  for (const std::size_t size : {1UL, 4096UL, 65536UL, 327'000UL, 5'000'000UL}) {
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) +
                "\r\n\r\n" + std::string(size, 'b'));
    EXPECT_EQ(client.read().body, "POST / " + std::to_string(size));
  }
}

TEST_F(EchoSession, ReadsChunkedBodies) {
  RawClient client(serve());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n");
  client.send(std::string(200'000, 'c') + "\r\n");
  client.send("5\r\nhello\r\n0\r\n\r\n" + kGet);
  EXPECT_EQ(client.read().body, "POST / 200005");
  EXPECT_EQ(client.read().body, "GET /a 0") << "what follows the last chunk is the next request";
}

TEST_F(EchoSession, SaysContinueBeforeTheBody) {
  RawClient client(serve());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read().status, 100);
  client.send("hi");
  EXPECT_EQ(client.read().body, "POST / 2");
}

TEST_F(EchoSession, RefusesATooLargeBodyInsteadOfSayingContinue) {
  RawClient client(serve({.max_body_bytes = 1000}));
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n");
  const auto response = client.read();
  EXPECT_EQ(response.status, 413);
  EXPECT_THAT(response.body, HasSubstr("1000 bytes"));
  EXPECT_TRUE(client.closed());
}

struct RefusedRow {
  const char* sentence;
  std::string request;
  int status;
};

TEST_F(EchoSession, RefusesInJsonAndCloses) {
  const auto port = serve({.max_header_bytes = 1000, .max_body_bytes = 1000});
  const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  const std::vector<RefusedRow> rows = {
      {"garbage", std::string("\x16\x03\x01\0\xff garbage", 12) + std::string(3000, '\xfe'), 400},
      {"two lengths", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
      {"length and chunks",
       post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"a foreign coding", post + "Transfer-Encoding: gzip\r\n\r\nab", 501},
      {"a header over the limit", "GET / HTTP/1.1\r\nX: " + std::string(5000, 'x'), 431},
      {"bytes that are no text", "GET \xff\xfe HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"a coding that is no text", post + "Transfer-Encoding: \xff\r\n\r\n", 501},
      {"an expectation that is no text", post + "Content-Length: 1\r\nExpect: \xff\r\n\r\n", 417},
      {"lines that end with LF alone", "GET / HTTP/1.1\nHost: h\n\n", 400},
      {"a body over the limit", post + "Content-Length: 100000\r\n\r\n" + std::string(100'000, 'x'),
       413},
      {"chunks over the limit", chunked + "ffff\r\n" + std::string(0xffff, 'x'), 413},
      {"a chunk header without end", chunked + "1;" + std::string(200'000, 'x'), 400},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.sentence);
    RawClient client(port);
    client.send(row.request);
    const auto response = client.read();
    EXPECT_EQ(response.status, row.status) << response.body;
    EXPECT_THAT(response.head, HasSubstr("\r\nContent-Type: application/json\r\n"));
    EXPECT_THAT(response.head, HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_THAT(response.body, StartsWith("{\"error\":\""));
    EXPECT_TRUE(simdjson::validate_utf8(response.body)) << response.body;
    EXPECT_TRUE(client.closed());
  }
  RawClient after(port);
  after.send(kGet);
  EXPECT_EQ(after.read().status, 200) << "and serves on";
}

TEST_F(EchoSession, TellsAClientThatStopsInTheMiddle) {
  RawClient client(serve());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf");
  client.finish_sending();
  EXPECT_EQ(client.read().status, 400);
  EXPECT_TRUE(client.closed());
}

TEST_F(EchoSession, ARequestCutShortIsNotTakenForComplete) {
  const auto port = serve();
  const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
  for (const std::string& cut :
       {std::string("GET /a HTTP/1.1\r\nHost: h\r\n"), post + "Content-Length: 10\r\n\r\nninebytes",
        post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"}) {
    RawClient client(port);
    client.send(cut);
    client.finish_sending();
    EXPECT_EQ(client.read().status, 400) << cut;
    EXPECT_TRUE(client.closed());
  }
}

TEST_F(EchoSession, TimesOutASlowHeader) {
  RawClient client(serve({.header_timeout = milliseconds(20)}));
  client.send("GET / HTT");
  const auto response = client.read();
  EXPECT_EQ(response.status, 408);
  EXPECT_THAT(response.body, HasSubstr("header did not arrive within 20 ms"));
  EXPECT_TRUE(client.closed());
}

TEST_F(EchoSession, TimesOutASlowBody) {
  RawClient client(serve({.body_timeout = milliseconds(20)}));
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf");
  const auto response = client.read();
  EXPECT_EQ(response.status, 408);
  EXPECT_THAT(response.body, HasSubstr("body did not arrive within 20 ms"));
  EXPECT_TRUE(client.closed());
}

TEST_F(EchoSession, ClosesAnIdleConnectionWithoutAWord) {
  const auto port = serve({.idle_timeout = milliseconds(20)});
  RawClient never_used(port);
  EXPECT_TRUE(never_used.closed());
  RawClient used(port);
  used.send(kGet);
  EXPECT_EQ(used.read().status, 200);
  EXPECT_TRUE(used.closed());
}

TEST_F(HeldSession, AHandlerMayTakeLongerThanEveryTimeout) {
  RawClient client(serve({.header_timeout = milliseconds(5),
                          .body_timeout = milliseconds(5),
                          .idle_timeout = milliseconds(5),
                          .write_timeout = milliseconds(5)}));
  client.send(kGet);
  auto held = handler_.take();
  RealClock().sleep_until(RealClock().now() + milliseconds(12));
  held.exchange->respond({200, {}, "late"});
  EXPECT_EQ(client.read().body, "late");
}

TEST_F(HeldSession, GivesUpOnAClientThatDoesNotRead) {
  RawClient client(serve({.write_timeout = milliseconds(20)}));
  client.shrink_receive_buffer();
  client.send(kGet);
  handler_.take().exchange->respond({200, {}, std::string(std::size_t{32} << 20U, 'x')});
  // The connection ends by itself: nothing is left to wait for.
  EXPECT_TRUE(server_->shut_down(patience()));
}

TEST_F(HeldSession, StampsTheArrivalOfTheRequest) {
  RawClient client(serve());
  const TimePoint start = clock_.now();
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n");
  ASSERT_TRUE(clock_.wait_for_reads(2));
  clock_.advance(milliseconds(100));
  client.send("abc");
  ASSERT_TRUE(clock_.wait_for_reads(3));
  clock_.advance(milliseconds(30));
  client.send("def");
  ASSERT_TRUE(clock_.wait_for_reads(4));
  clock_.advance(milliseconds(20));
  client.send("ghi");
  const auto held = handler_.take();
  EXPECT_EQ(held.request.body, "abcdefghi");
  EXPECT_EQ(held.request.first_byte - start, milliseconds(0)) << "the header's";
  EXPECT_EQ(held.request.last_byte - start, milliseconds(150)) << "the body's";
}

TEST_F(HeldSession, ABodyInTheHeadersPacketArrivesAtOnce) {
  RawClient client(serve());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
  const auto held = handler_.take();
  EXPECT_EQ(held.request.first_byte, held.request.last_byte);
  EXPECT_EQ(held.request.first_byte, clock_.now());
}

TEST_F(HeldSession, KnowsTheRoundTripAndThePeer) {
  RawClient client(serve());
  client.send(kGet);
  const auto held = handler_.take();
  EXPECT_THAT(held.request.peer, StartsWith("127.0.0.1:"));
  ASSERT_TRUE(held.request.rtt);
  EXPECT_GT(*held.request.rtt, Duration::zero());
  EXPECT_LT(*held.request.rtt, std::chrono::seconds(1));
}

TEST_F(HeldSession, ADroppedExchangeIsAnsweredForTheHandler) {
  RawClient client(serve());
  client.send(kGet);
  handler_.take().exchange.reset();
  const auto response = client.read();
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, HasSubstr("without an answer"));
}

TEST_F(HeldSession, AnAnswerThatCannotBeSentIsAFiveHundred) {
  RawClient client(serve());
  client.send(kGet);
  handler_.take().exchange->respond({200, {{"X-A", "b\r\nX-Smuggled: 1"}}, ""});
  const auto response = client.read();
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.head, Not(HasSubstr("Smuggled")));
}

TEST_F(HeldSession, SendsLargeAnswersWhole) {
  RawClient client(serve());
  client.send(kGet);
  const std::string body(8'000'000, 'r');
  handler_.take().exchange->respond({200, {}, body});
  EXPECT_EQ(client.read().body, body);
}

}  // namespace
}  // namespace cnnselect
