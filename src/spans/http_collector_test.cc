#include "spans/http_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/clock.h"
#include "http/http_server.h"
#include "http/testing/fake_handler.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

const std::function<bool()> kNever = [] { return false; };

class HttpCollectorTest : public ::testing::Test {
 protected:
  HttpCollectorTest() : server_(HttpServer::start({}, handler_, clock_).value()) {}

  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + path;
  }
  /// Posts on a thread of its own; the test answers.
  std::jthread post(const std::string& path, PostOutcome& outcome, Duration timeout = 5s,
                    std::function<bool()> abandon = kNever) {
    auto collector = open_http_collector(url(path)).value();
    return std::jthread(
        [&outcome, timeout, collector = std::move(collector), abandon = std::move(abandon)] {
          outcome = collector->post(R"({"resourceSpans":[]})", timeout, abandon);
        });
  }

  RealClock clock_;
  HoldingHandler handler_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpCollectorTest, PostsJsonAndTellsWhatCameBack) {
  PostOutcome outcome;
  {
    const auto posting = post("/some/path?key=1", outcome);
    const auto held = handler_.take();
    EXPECT_EQ(held.request.method, "POST");
    EXPECT_EQ(held.request.path, "/some/path");
    EXPECT_EQ(held.request.query, "key=1");
    EXPECT_EQ(held.request.header("content-type"), "application/json");
    EXPECT_EQ(held.request.body, R"({"resourceSpans":[]})");
    held.exchange->respond({503, {{"Retry-After", "7"}}, "later"});
  }
  EXPECT_EQ(outcome.status, 503);
  EXPECT_EQ(outcome.body, "later");
  EXPECT_EQ(outcome.retry_after, Duration(7s));
}

TEST_F(HttpCollectorTest, WithoutAPathTheUsualOneIsMeant) {
  PostOutcome outcome;
  const auto posting = post("", outcome);
  const auto held = handler_.take();
  EXPECT_EQ(held.request.path, "/v1/traces");
  held.exchange->respond({200, {}, "{}"});
}

TEST_F(HttpCollectorTest, ASilentCollectorIsGivenUp) {
  PostOutcome outcome;
  {
    const auto posting = post("", outcome, 20ms);
  }
  EXPECT_EQ(outcome.status, 0);
  EXPECT_NE(outcome.error, "");
  {
    const auto posting = post("", outcome, 1h, [] { return true; });
  }
  EXPECT_EQ(outcome.status, 0);
}

TEST_F(HttpCollectorTest, ALongAnswerIsCutOff) {
  PostOutcome outcome;
  {
    const auto posting = post("", outcome);
    handler_.take().exchange->respond({400, {}, std::string(1 << 20, 'x')});
  }
  EXPECT_EQ(outcome.status, 400);
  EXPECT_EQ(outcome.body.size(), std::size_t{64} << 10U);
}

TEST_F(HttpCollectorTest, WhereNobodyListensThereIsNoAnswer) {
  const std::string nobody = url("");
  server_.reset();
  const auto outcome = open_http_collector(nobody).value()->post("{}", 5s, kNever);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.error, HasSubstr("127.0.0.1"));
}

TEST(HttpCollector, NamesWhatIsNoUrl) {
  for (const char* url : {"", "localhost:4318", "ftp://x/v1/traces", "http://",
                          "file:///etc/passwd", "http://x:99999/"}) {
    const auto collector = open_http_collector(url);
    ASSERT_FALSE(collector) << url;
    EXPECT_THAT(collector.error().message, HasSubstr("want http://HOST:PORT/v1/traces")) << url;
  }
  EXPECT_TRUE(open_http_collector("https://collector.example/v1/traces"));
}

}  // namespace
}  // namespace cnnselect
