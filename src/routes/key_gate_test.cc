#include "routes/key_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "http/http_server.h"
#include "http/testing/fake_exchange.h"
#include "http/testing/fake_handler.h"
#include "net/testing/raw_client.h"

namespace cnnselect {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class KeyGateTest : public ::testing::Test {
 protected:
  std::shared_ptr<FakeExchange> start(const std::string& method, const std::string& path,
                                      const std::string& key = "") {
    HttpRequest request;
    request.method = method;
    request.path = path;
    if (!key.empty()) request.headers.emplace_back("Authorization", "Bearer " + key);
    auto exchange = std::make_shared<FakeExchange>();
    gate_.handle(std::move(request), exchange);
    return exchange;
  }
  /// 0: it was let in, and waits.
  int status(const std::string& method, const std::string& path, const std::string& key = "") {
    const auto responses = start(method, path, key)->responses();
    return responses.empty() ? 0 : responses.front().status;
  }

  /// The same, and what was let in waits no more.
  int status_once(const std::string& method, const std::string& path, const std::string& key = "") {
    const int told = status(method, path, key);
    if (told == 0) inner_.take();
    return told;
  }

  SimulatedClock clock_;
  HoldingHandler inner_;
  KeyRing keys_{{{.name = "app", .digest = sha256_of("a"), .concurrent = 1},
                 {.name = "ops", .digest = sha256_of("o"), .admin = true}}};
  KeyGate gate_{inner_, keys_, clock_};
};

TEST_F(KeyGateTest, HealthIsToldToEverybody) {
  EXPECT_EQ(status("GET", "/"), 0);
  EXPECT_EQ(status("GET", "/v2/health/live"), 0);
  EXPECT_EQ(status("GET", "/v2/health/ready"), 0);
}

TEST_F(KeyGateTest, EverythingElseNeedsAKey) {
  for (const char* path : {"/v2", "/v2/models", "/metrics", "/v2/models/m/ready", "/nowhere",
                           "/v1/families/f/classify", "/v2/logging"}) {
    const auto responses = start("GET", path)->responses();
    ASSERT_THAT(responses, SizeIs(1)) << path;
    EXPECT_EQ(responses.front().status, 401) << path;
    EXPECT_THAT(responses.front().body, HasSubstr(R"({"error":"an API key is wanted)"));
    EXPECT_EQ(status("GET", path, "wrong"), 401) << path;
    EXPECT_EQ(status("GET", path, "o"), 0) << path;
  }
}

TEST_F(KeyGateTest, ThoseBehindItLearnTheKeysName) {
  start("GET", "/v2", "o");
  EXPECT_EQ(inner_.take().request.key, "ops");
  start("GET", "/v2/health/live", "o");
  EXPECT_EQ(inner_.take().request.key, "") << "it needs none";
}

TEST_F(KeyGateTest, EveryOperationNeedsTheKeyOfTheTable) {
  for (const OperationFacts& facts : kOperations) {
    const std::string verb = facts.verb == Verb::kGet ? "GET" : "POST";
    for (const std::string_view pattern : facts.paths) {
      if (pattern.empty()) continue;
      const std::string path(pattern);  // the names in braces are names like others
      if (path.contains("{version}")) continue;
      EXPECT_EQ(status_once(verb, path), facts.access ? 401 : 0) << path;
      EXPECT_EQ(status_once(verb, path, "a"), facts.access == Access::kAdmin ? 403 : 0) << path;
      EXPECT_EQ(status_once(verb, path, "o"), 0) << path;
    }
  }
}

TEST_F(KeyGateTest, ARequestIsUnderWayUntilItIsAnswered) {
  const auto first = start("POST", "/v2/models/m/infer", "a");
  EXPECT_EQ(status("POST", "/v2/models/m/infer", "a"), 429);
  inner_.take().exchange->respond({});
  EXPECT_THAT(first->responses(), SizeIs(1));
  const auto second = start("POST", "/v2/models/m/infer", "a");
  EXPECT_THAT(second->responses(), SizeIs(0)) << "let in";
  inner_.take().exchange.reset();  // dropped without an answer
  EXPECT_EQ(status("POST", "/v2/models/m/infer", "a"), 0);
}

TEST_F(KeyGateTest, AStrangersBodyIsNotRead) {
  RealClock clock;
  const auto server = HttpServer::start({}, gate_, clock).value();
  RawClient stranger(server->port());
  stranger.send("POST /v2/models/m/infer HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nab");
  const auto refused = stranger.read();
  EXPECT_EQ(refused.status, 401);
  EXPECT_THAT(refused.head, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_EQ(keys_.unknown(), 1U);

  RawClient known(server->port());
  known.send(
      "POST /v2/models/m/infer HTTP/1.1\r\nHost: h\r\nX-Api-Key: a\r\n"
      "Content-Length: 4\r\n\r\nab");
  known.send("cd");
  auto held = inner_.take();
  ASSERT_NE(held.exchange, nullptr);
  EXPECT_EQ(held.request.body, "abcd");
  EXPECT_EQ(keys_.counts().at("app").admitted, 1U);
}

TEST_F(KeyGateTest, TheClientsGoingAwayIsPassedOn) {
  const auto exchange = start("POST", "/v2/models/m/infer", "a");
  bool gone = false;
  inner_.take().exchange->on_disconnect([&] { gone = true; });
  exchange->go_away();
  EXPECT_TRUE(gone);
}

}  // namespace
}  // namespace cnnselect
