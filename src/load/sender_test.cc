// The sender against a real server on loopback. Times are only bounded from below: what a busy
// machine adds is no defect.
#include "load/sender.h"

#include <gtest/gtest.h>

#include <string>

#include "base/clock.h"
#include "http/http_server.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

// Answers with how long the body took to arrive, in microseconds.
class StopwatchHandler final : public HttpHandler {
 public:
  void handle(HttpRequest request, std::shared_ptr<HttpExchange> exchange) override {
    if (request.path == "/refuse") {
      exchange->respond({.status = 503, .headers = {}, .body = R"({"error":"queue is full"})"});
      return;
    }
    const Duration transfer = request.last_byte - request.first_byte;
    exchange->respond(
        {.status = 200,
         .headers = {},
         .body = std::to_string(transfer.count()) + " " + std::to_string(request.body.size())});
  }
};

class SenderTest : public testing::Test {
 protected:
  SenderTest() : server_(HttpServer::start({}, handler_, clock_).value()) {}

  ServerUrl url() const { return {.host = "127.0.0.1", .port = std::to_string(server_->port())}; }

  ShapedRequest request(Duration send_at, NetworkTimes network, std::string target = "/") const {
    return {.send_at = send_at,
            .target = std::move(target),
            .body = std::as_bytes(std::span(photo_)),
            .network = network};
  }

  std::vector<ShapedOutcome> send(const std::vector<ShapedRequest>& requests) {
    std::vector<ShapedOutcome> outcomes(requests.size(),
                                        {.body = fail(ErrorCode::kInternal, "no outcome")});
    EXPECT_TRUE(send_shaped(
        url(), requests, options_, clock_,
        [&](std::size_t i, ShapedOutcome outcome) { outcomes[i] = std::move(outcome); }));
    return outcomes;
  }

  RealClock clock_;
  SendOptions options_{.patience = 20s};
  StopwatchHandler handler_;
  std::unique_ptr<HttpServer> server_;
  const std::string photo_ = std::string(50'000, 'x');
};

TEST_F(SenderTest, TheServerSeesTheUploadTakeItsTime) {
  const auto outcome = send({request(0ms, {.input = 60ms, .output = 0ms})}).front();
  ASSERT_TRUE(outcome.body.has_value()) << outcome.body.error().message;
  const auto space = outcome.body->find(' ');
  // The first byte may be read a little late, which shortens what the server sees.
  EXPECT_GE(std::stoll(outcome.body->substr(0, space)), Duration(30ms).count());
  EXPECT_EQ(outcome.body->substr(space + 1), "50000");
  EXPECT_GE(outcome.latency, 60ms);
}

TEST_F(SenderTest, TheAnswerIsHeldBackForItsWay) {
  const auto outcome = send({request(0ms, {.input = 1ms, .output = 50ms})}).front();
  ASSERT_TRUE(outcome.body.has_value());
  EXPECT_GE(outcome.latency, 51ms);
}

TEST_F(SenderTest, RequestsUnderWayDoNotWaitForEachOther) {
  std::vector<ShapedRequest> requests;
  for (int i = 0; i < 20; ++i) {
    requests.push_back(request(std::chrono::milliseconds(i), {.input = 200ms, .output = 50ms}));
  }
  const TimePoint before = clock_.now();
  for (const auto& outcome : send(requests)) EXPECT_TRUE(outcome.body.has_value());
  EXPECT_LT(clock_.now() - before, 4s) << "one after the other would take five seconds";
}

TEST_F(SenderTest, AnErrorIsTheServersOwnWords) {
  const auto outcome = send({request(0ms, {}, "/refuse")}).front();
  ASSERT_FALSE(outcome.body.has_value());
  EXPECT_EQ(outcome.body.error(), (Error{ErrorCode::kUnavailable, "503: queue is full"}));
}

TEST_F(SenderTest, ARefusalInTheMiddleOfTheUploadIsReadToo) {
  HttpServerOptions small;
  small.max_body_bytes = 1000;
  server_ = HttpServer::start(small, handler_, clock_).value();
  const auto outcome = send({request(0ms, {.input = 200ms, .output = 0ms})}).front();
  ASSERT_FALSE(outcome.body.has_value());
  EXPECT_TRUE(outcome.body.error().message.starts_with("413: ")) << outcome.body.error().message;
}

TEST_F(SenderTest, MoreUnderWayThanAllowedIsAnErrorOfTheRequestNotAQueue) {
  options_.most_under_way = 1;
  const auto outcomes = send(
      {request(0ms, {.input = 500ms, .output = 0ms}), request(1ms, {.input = 0ms, .output = 0ms})});
  EXPECT_TRUE(outcomes[0].body.has_value());
  ASSERT_FALSE(outcomes[1].body.has_value());
  EXPECT_EQ(outcomes[1].body.error().message, "not sent: 1 requests are under way");
}

TEST_F(SenderTest, TellsHowLateItWasItself) {
  const auto outcome = send({request(0ms, {.input = 20ms, .output = 0ms})}).front();
  EXPECT_GE(outcome.late, 0ms);
  EXPECT_LE(outcome.late, outcome.latency);
}

TEST_F(SenderTest, AServerThatIsNotThereIsAnErrorForEachRequest) {
  const ServerUrl nobody = url();
  server_.reset();
  int errors = 0;
  const std::vector<ShapedRequest> requests{request(0ms, {}), request(1ms, {})};
  EXPECT_TRUE(send_shaped(
      nobody, requests, options_, clock_,
      [&](std::size_t, const ShapedOutcome& outcome) { errors += outcome.body ? 0 : 1; }));
  EXPECT_EQ(errors, 2);
}

TEST_F(SenderTest, AnInterruptEndsIt) {
  options_.interrupted = [] { return true; };
  EXPECT_TRUE(send_shaped(url(), {request(1h, {})}, options_, clock_,
                          [](std::size_t, const ShapedOutcome&) {}));
}

TEST_F(SenderTest, ANetworkWithoutCapacityIsAnErrorNotAHang) {
  const auto outcome = send({request(0ms, {.input = kForever, .output = kForever})}).front();
  ASSERT_FALSE(outcome.body.has_value());
  EXPECT_EQ(outcome.body.error().message, "the network has no capacity");
}

}  // namespace
}  // namespace cnnselect
