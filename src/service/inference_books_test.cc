// What the service learns and writes down: ways back, the request log, statistics, metrics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/testing/temporary_folder.h"
#include "service/testing/inference_service_test.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST_F(InferenceServiceTest, LearnsTheWayBackOfANetworkClassFromWhatClientsTell) {
  const auto ask = [&](const std::string& network_class, bool tell) {
    ClassifyRequest request = photo_request(90ms);
    request.hints.rtt = 50ms;
    request.hints.network_class = network_class;
    if (tell) {
      request.hints.last_input = 25ms;
      request.hints.last_output = 5ms;
    }
    return classify(std::move(request)).value();
  };
  EXPECT_EQ(ask("lte", false).model, "small");
  for (int i = 0; i < 100; ++i) ask("lte", true);
  const auto learnt = ask("lte", false);
  EXPECT_EQ(learnt.model, "large");
  EXPECT_EQ(learnt.budget, 60ms);
  EXPECT_EQ(ask("wifi", false).budget, 40ms) << "another class has taught nothing";
}

TEST_F(InferenceServiceTest, LearnsTheWayBackOfAClientThatIsUnlikeItsClass) {
  const auto budget = [&](const std::string& peer, std::optional<Duration> tells) {
    ClassifyRequest request = photo_request(90ms);
    request.hints.rtt = 50ms;
    request.arrival.peer = peer;
    if (tells) request.hints.last_input = 25ms;
    request.hints.last_output = tells;
    return classify(std::move(request))->budget;
  };
  for (int i = 0; i < 20; ++i) budget("192.0.2.7:1", 35ms);
  for (int i = 0; i < 100; ++i) budget("", 5ms);
  EXPECT_EQ(budget("192.0.2.7:1", std::nullopt), 30ms);
  EXPECT_EQ(budget("192.0.2.7:2", std::nullopt), 60ms) << "another connection";
}

TEST_F(InferenceServiceTest, CountsWhatIsGivenUp) {
  const auto strict = InferenceService::create(world_.catalog(), world_.models(), world_.clock(),
                                               {.workers = 1}, {.terms = {.late = Late::kReject}})
                          .value();
  std::promise<Result<ClassifyResponse>> reply;
  auto cancel = strict->classify(photo_request(1ms),
                                 [&](auto response) { reply.set_value(std::move(response)); });
  EXPECT_EQ(reply.get_future().get().error().code, ErrorCode::kTooLate);
  EXPECT_THAT(strict->metrics(), HasSubstr("outcome=\"given_up\"} 1"));
}

TEST_F(InferenceServiceTest, WritesEveryRequestDownWithItsReasons) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "log.db";
  {
    const auto logged =
        InferenceService::create(world_.catalog(), world_.models(), world_.clock(), {.workers = 1},
                                 {.terms = {.policy = "budget-greedy"}},
                                 RequestLog::open(file, {}).value())
            .value();
    const auto ask = [&](ClassifyRequest request) {
      std::promise<Result<ClassifyResponse>> reply;
      auto cancel = logged->classify(std::move(request),
                                     [&](auto response) { reply.set_value(std::move(response)); });
      return reply.get_future().get();
    };
    auto told = photo_request(90ms);
    told.hints.network_class = "lte";
    told.hints.rtt = 50ms;
    EXPECT_TRUE(ask(std::move(told)).has_value());
    auto broken = photo_request();
    broken.body = "no photo";
    broken.photo_size = broken.body.size();
    EXPECT_FALSE(ask(std::move(broken)).has_value());
    EXPECT_THAT(logged->metrics(), HasSubstr("cnnselect_request_log_dropped_total 0"));
  }
  std::ostringstream csv;
  ASSERT_TRUE(RequestStore::open(file, Database::Mode::kReadOnly)->write_csv(csv));
  EXPECT_THAT(csv.str(), HasSubstr(",timed,timed,in_time,,small,budget-greedy,base-only,1.0,90.0,"
                                   "0.0,25.0,25.0,10.0,40.0,"));
  EXPECT_THAT(csv.str(), HasSubstr(",lte,50.0,"));
  EXPECT_THAT(csv.str(), HasSubstr(",timed,timed,bad_request,"));
}

TEST_F(InferenceServiceTest, TellsTheProtocolsStatistics) {
  ASSERT_TRUE(classify(photo_request(100ms)).has_value());
  auto broken = photo_request();
  broken.body = "no photo";
  broken.photo_size = broken.body.size();
  EXPECT_FALSE(classify(std::move(broken)).has_value());
  const auto family = service_->statistics("timed", "").value();
  ASSERT_EQ(family.size(), 1U);
  EXPECT_EQ(family[0].name, "timed");
  EXPECT_EQ(family[0].success.count, 1U);
  EXPECT_GT(family[0].success.time, 0ms);
  EXPECT_EQ(family[0].fail.count, 1U);
  EXPECT_EQ(family[0].infer.count, 1U);
  EXPECT_GT(family[0].last_inference_unix_ms, 1'600'000'000'000);
  const auto all = service_->statistics("", "").value();
  ASSERT_EQ(all.size(), 3U) << "the family and its two models";
  EXPECT_EQ(all[1].success.count + all[2].success.count, 1U);
  EXPECT_EQ(all[1].fail.count + all[2].fail.count, 0U) << "no model was chosen";
  const auto unknown = service_->statistics("nobody", "");
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(unknown.error().message, HasSubstr("requested model 'nobody' is not available"));
  EXPECT_FALSE(service_->statistics("timed", "2").has_value());
}

TEST_F(InferenceServiceTest, CountsWhatItDoes) {
  ASSERT_TRUE(classify(photo_request(100ms)).has_value());
  ASSERT_TRUE(classify(photo_request(1ms)).has_value());
  const std::string text = service_->metrics();
  EXPECT_THAT(text, HasSubstr("cnnselect_requests_total{family=\"timed\",outcome=\"in_time\"} 1"));
  EXPECT_THAT(text, HasSubstr("cnnselect_requests_total{family=\"timed\",outcome=\"late\"} 1"));
  EXPECT_THAT(text, HasSubstr("model=\"large\",stage=\"infer\""));
  EXPECT_THAT(text, HasSubstr("cnnselect_profile_seconds"));
}

}  // namespace
}  // namespace cnnselect
