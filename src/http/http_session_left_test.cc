// What a connection makes of a client that leaves, or only stops sending.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "http/testing/session_test.h"
#include "net/testing/raw_client.h"

namespace cnnselect {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(HeldSession, NoticesThatTheClientClosed) {
  RawClient client(serve());
  client.send(kGet);
  auto held = handler_.take();
  Signal gone;
  held.exchange->on_disconnect([&] { gone.raise(); });
  EXPECT_EQ(gone.count(), 0);
  client.close();
  EXPECT_TRUE(gone.wait_for(1));
  Signal again;
  held.exchange->on_disconnect([&] { again.raise(); });
  EXPECT_EQ(again.count(), 1) << "a callback that comes late is called at once";
  held.exchange->respond({});
}

TEST_F(HeldSession, NoticesAReset) {
  RawClient client(serve());
  client.send(kGet);
  auto held = handler_.take();
  Signal gone;
  held.exchange->on_disconnect([&] { gone.raise(); });
  client.reset();
  EXPECT_TRUE(gone.wait_for(1));
  EXPECT_TRUE(server_->shut_down(patience())) << "nobody waits for an answer to nobody";
  held.exchange->respond({});
}

TEST_F(HeldSession, NoticesAResetBehindPipelinedRequests) {
  RawClient client(serve());
  client.send(kGet + kGet);
  auto held = handler_.take();
  Signal gone;
  held.exchange->on_disconnect([&] { gone.raise(); });
  client.reset();
  EXPECT_TRUE(gone.wait_for(1));
}

// RFC 9112, section 9.6: who has said all may still read.
TEST_F(HeldSession, AClientThatOnlyStoppedSendingGetsItsAnswer) {
  const auto port = serve();
  for (const std::string protocol : {"HTTP/1.1", "HTTP/1.0"}) {
    RawClient client(port);
    client.send("GET /a " + protocol + "\r\nHost: h\r\n\r\n");
    client.finish_sending();
    auto held = handler_.take();
    Signal gone;
    held.exchange->on_disconnect([&] { gone.raise(); });
    if (protocol == "HTTP/1.1") {
      EXPECT_EQ(client.read().status, 100) << "the question whether it still reads";
    }
    EXPECT_EQ(gone.count(), 0);
    held.exchange->respond({200, {}, "anyway"});
    EXPECT_EQ(client.read().body, "anyway") << protocol;
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(gone.count(), 0);
  }
}

TEST_F(HeldSession, PipelinedRequestsBeforeTheEndAreAllAnswered) {
  RawClient client(serve());
  client.send(kGet + kGet);
  client.finish_sending();
  handler_.take().exchange->respond({200, {}, "first"});
  EXPECT_EQ(client.read().body, "first");
  auto second = handler_.take();
  EXPECT_EQ(client.read().status, 100);
  second.exchange->respond({200, {}, "second"});
  EXPECT_EQ(client.read().body, "second");
  EXPECT_TRUE(client.closed());
}

TEST_F(HeldSession, NoticesAResetAfterTheClientSaidAll) {
  const auto port = serve();
  for (const std::string protocol : {"HTTP/1.1", "HTTP/1.0"}) {
    RawClient client(port);
    client.send("GET /a " + protocol + "\r\nHost: h\r\n\r\n");
    client.finish_sending();
    auto held = handler_.take();
    Signal gone;
    held.exchange->on_disconnect([&] { gone.raise(); });
    client.reset();
    EXPECT_TRUE(gone.wait_for(1)) << protocol;
  }
}

TEST_F(HeldSession, BytesOfTheNextRequestAreNoDisconnect) {
  RawClient client(serve());
  const TimePoint start = clock_.now();
  client.send(kGet);
  auto first = handler_.take();
  Signal gone;
  first.exchange->on_disconnect([&] { gone.raise(); });
  clock_.advance(milliseconds(10));
  client.send("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");
  ASSERT_TRUE(clock_.wait_for_reads(3)) << "they are read while the first is worked on";
  clock_.advance(milliseconds(10));
  EXPECT_EQ(gone.count(), 0);
  first.exchange->respond({200, {}, "1"});
  auto second = handler_.take();
  EXPECT_EQ(second.request.path, "/b");
  EXPECT_EQ(second.request.body, "hi");
  EXPECT_EQ(second.request.first_byte - start, milliseconds(10)) << "and stamped when they came";
  second.exchange->respond({200, {}, "2"});
  EXPECT_EQ(client.read().body, "1");
  EXPECT_EQ(client.read().body, "2");
  EXPECT_EQ(gone.count(), 0);
}

}  // namespace
}  // namespace cnnselect
