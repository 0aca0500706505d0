// Many clients, several network threads, answers from other threads, clients that leave, and a
// server that goes in the middle of it: to be run under ThreadSanitizer.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "http/http_server.h"
#include "http/testing/fake_handler.h"
#include "net/testing/raw_client.h"

namespace cnnselect {
namespace {

/// Answers what a HoldingHandler holds, on a thread of its own, until told to stop.
class Worker {
 public:
  explicit Worker(HoldingHandler& handler) : thread_([this, &handler] { run(handler); }) {}

 private:
  void run(HoldingHandler& handler) {
    for (;;) {
      auto held = handler.take();
      if (!held.exchange || held.request.path == "/stop") return;
      held.exchange->on_disconnect(
          [exchange = held.exchange] { exchange->respond({499, {}, ""}); });
      if (held.request.path != "/drop") held.exchange->respond({200, {}, held.request.body});
    }
  }
  std::jthread thread_;
};

/// For the request that only tells a Worker to stop.
std::shared_ptr<HttpExchange> no_exchange() {
  class Ignored final : public HttpExchange {
    void respond_later(MakeResponse /*make*/) override {}
    void on_disconnect(std::move_only_function<void()> /*gone*/) override {}
  };
  return std::make_shared<Ignored>();
}

std::string post(const std::string& path, const std::string& body) {
  return "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

void visit(std::uint16_t port, int seed, std::atomic<int>& answered) {
  for (int round = 0; round < 10; ++round) {
    RawClient client(port);
    for (int i = 0; i < 5; ++i) {
      const int choice = (seed + 7 * round + 3 * i) % 11;
      const std::string body(static_cast<std::size_t>(1 + choice * 9000), 'b');
      if (choice == 0) return client.reset();
      if (choice == 1) {
        client.send(post("/a", body));
        break;  // leaves without reading
      }
      client.send(post("/a", body) + (choice == 2 ? post("/b", "second") : ""));
      if (client.read().body == body) ++answered;
      if (choice == 2) {
        EXPECT_EQ(client.read().body, "second");
      }
    }
  }
}

TEST(StressHttpServer, AnswersWhileClientsComeAndGo) {
  RealClock clock;
  HoldingHandler handler;
  auto server = HttpServer::start({.threads = 3}, handler, clock);
  ASSERT_TRUE(server);
  std::atomic<int> answered = 0;
  {
    const Worker first(handler);
    const Worker second(handler);
    {
      std::vector<std::jthread> clients;
      clients.reserve(8);
      for (int seed = 0; seed < 8; ++seed) {
        clients.emplace_back([&, seed] { visit((*server)->port(), seed, answered); });
      }
    }
    for (int i = 0; i < 2; ++i) handler.handle({.method = "GET", .path = "/stop"}, no_exchange());
  }
  EXPECT_GT(answered, 0);
  EXPECT_TRUE((*server)->shut_down(patience()));
}

TEST(StressHttpServer, MayBeDestroyedAtAnyMoment) {
  RealClock clock;
  for (int round = 0; round < 10; ++round) {
    HoldingHandler handler;
    auto server = HttpServer::start({.threads = 2}, handler, clock);
    ASSERT_TRUE(server);
    const std::uint16_t port = (*server)->port();
    const Worker worker(handler);
    std::vector<std::jthread> clients;
    clients.reserve(4);
    for (int seed = 0; seed < 4; ++seed) {
      clients.emplace_back([port, round] {
        RawClient client(port);
        for (int i = 0; i < 5 + round; ++i) {
          client.send(post("/a", "body"));
          if (client.read().status == 0) return;
        }
      });
    }
    for (int i = 0; i < round; ++i) std::this_thread::yield();
    if (round % 2 == 0) (*server)->shut_down(clock.now());
    server->reset();
    clients.clear();
    handler.handle({.method = "GET", .path = "/stop"}, no_exchange());
  }
}

}  // namespace
}  // namespace cnnselect
