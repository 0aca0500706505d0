// Starting, stopping and bounding the server, over real sockets on loopback.
#include "http/http_server.h"

#include <dirent.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "http/testing/fake_handler.h"
#include "net/testing/raw_client.h"

namespace cnnselect {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

class Server : public ::testing::Test {
 protected:
  std::unique_ptr<HttpServer> serve(HttpHandler& handler, HttpServerOptions options = {}) {
    auto server = HttpServer::start(std::move(options), handler, clock_);
    EXPECT_TRUE(server) << server.error().message;
    return std::move(*server);
  }
  RealClock clock_;
  EchoHandler echo_;
  HoldingHandler holding_;
};

TEST_F(Server, NamesTheAddressAndPortThatAreInUse) {
  const auto first = serve(echo_);
  const auto second = HttpServer::start({.port = first->port()}, echo_, clock_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr("127.0.0.1"));
  EXPECT_THAT(second.error().message, HasSubstr(std::to_string(first->port())));
  EXPECT_THAT(second.error().message, HasSubstr("in use"));
}

TEST_F(Server, RefusesWhatIsNoAddress) {
  const auto server = HttpServer::start({.address = "not an address"}, echo_, clock_);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(server.error().message, HasSubstr("'not an address'"));
}

TEST_F(Server, RefusesToRunWithoutThreads) {
  const auto server = HttpServer::start({.threads = 0}, echo_, clock_);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(Server, KnowsLocalhost) {
  const auto server = serve(echo_, {.address = "localhost"});
  RawClient client(server->port());
  client.send(kGet);
  EXPECT_EQ(client.read().status, 200);
}

TEST_F(Server, ItsPortIsFreeAgainAfterwards) {
  auto first = serve(echo_);
  const std::uint16_t port = first->port();
  RawClient client(port);
  client.send(kGet);
  EXPECT_EQ(client.read().status, 200);
  first.reset();
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(serve(echo_, {.port = port})->port(), port);
}

TEST_F(Server, OneConnectionTooManyIsToldSo) {
  const auto server = serve(holding_, {.max_connections = 2});
  RawClient first(server->port());
  RawClient second(server->port());
  first.send(kGet);
  second.send(kGet);
  auto held_first = holding_.take();
  auto held_second = holding_.take();
  RawClient third(server->port());
  third.send(kGet);
  const auto refused = third.read();
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("all 2 connections are in use"));
  EXPECT_TRUE(third.closed());
  held_first.exchange->respond({200, {}, "1"});
  held_second.exchange->respond({200, {}, "2"});
  EXPECT_EQ(first.read().status, 200);
  EXPECT_EQ(second.read().status, 200);
}

/// Lets the process open one more descriptor and no second one, for as long as it lives.
class LastDescriptor {
 public:
  LastDescriptor() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int lowest_free = dup(0);
    close(lowest_free);
    rlimit tight = before_;
    tight.rlim_cur = static_cast<rlim_t>(lowest_free) + 1;
    setrlimit(RLIMIT_NOFILE, &tight);
  }
  LastDescriptor(const LastDescriptor&) = delete;
  LastDescriptor& operator=(const LastDescriptor&) = delete;
  ~LastDescriptor() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(Server, ServesOnWhenFileDescriptorsRanOut) {
  // UBSan checks an object's type by means of a pipe, but only once: not while there is none.
  spdlog::warn("the next {} is expected", "warning");
  const auto server = serve(echo_);
  RawClient connected(server->port());
  connected.send(kGet);
  EXPECT_EQ(connected.read().status, 200);
  auto none_left = std::make_unique<LastDescriptor>();
  RawClient waiting(server->port());  // takes the last one: the server's end finds none
  ASSERT_TRUE(waiting.connected()) << "the kernel completes the connection";
  waiting.send(kGet);
  connected.send(kGet);
  EXPECT_EQ(connected.read().status, 200) << "what is open goes on";
  none_left.reset();
  EXPECT_EQ(waiting.read().status, 200) << "and who had to wait is served";
}

TEST_F(Server, ShutDownClosesIdleConnectionsAndAcceptsNoMore) {
  const auto server = serve(echo_);
  RawClient fresh(server->port());
  RawClient used(server->port());
  used.send(kGet);
  EXPECT_EQ(used.read().status, 200);
  EXPECT_TRUE(server->shut_down(patience()));
  EXPECT_TRUE(used.closed());
  EXPECT_TRUE(fresh.closed());
  EXPECT_FALSE(RawClient(server->port()).connected());
}

TEST_F(Server, ShutDownLetsTheRequestUnderWayBeAnswered) {
  const auto server = serve(holding_, {.threads = 2});
  RawClient client(server->port());
  client.send(kGet);
  auto held = holding_.take();
  EXPECT_FALSE(server->shut_down(clock_.now() + milliseconds(5))) << "it is still being worked on";
  held.exchange->respond({200, {}, "done"});
  const auto response = client.read();
  EXPECT_EQ(response.body, "done");
  EXPECT_THAT(response.head, HasSubstr("\r\nConnection: close\r\n"));
  client.close();
  EXPECT_TRUE(server->shut_down(patience()));
}

TEST_F(Server, AnAnswerAfterTheServersEndIsHarmless) {
  auto server = serve(holding_);
  RawClient client(server->port());
  client.send(kGet);
  auto held = holding_.take();
  Signal gone;
  held.exchange->on_disconnect([&] { gone.raise(); });
  server.reset();
  EXPECT_TRUE(client.closed());
  held.exchange->respond({200, {}, "too late"});
  held.exchange.reset();
  EXPECT_EQ(gone.count(), 0);
}

TEST_F(Server, ServesAHundredConnectionsAtOnce) {
  const auto server = serve(holding_, {.threads = 2});
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<RawClient>(server->port()));
    clients.back()->send("POST /" + std::to_string(i) +
                         " HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");
  }
  std::vector<HoldingHandler::Held> all;
  all.reserve(100);
  for (int i = 0; i < 100; ++i) all.push_back(holding_.take());
  for (const auto& held : all) {
    ASSERT_TRUE(held.exchange);
    held.exchange->respond({200, {}, held.request.path});
  }
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(clients[static_cast<std::size_t>(i)]->read().body, "/" + std::to_string(i));
  }
}

std::size_t open_files() {
  std::size_t count = 0;
  DIR* const folder = opendir("/proc/self/fd");
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

TEST_F(Server, LeaksNoDescriptor) {
  // The first server opens what the process keeps (the log, say).
  serve(echo_).reset();
  const std::size_t before = open_files();
  for (int round = 0; round < 3; ++round) {
    auto server = serve(holding_, {.threads = 2});
    RawClient idle(server->port());
    RawClient half(server->port());
    RawClient busy(server->port());
    half.send("GET / HT");
    busy.send(kGet);
    const auto held = holding_.take();
    server.reset();
  }
  EXPECT_EQ(open_files(), before);
}

}  // namespace
}  // namespace cnnselect
