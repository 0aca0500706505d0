// The service measures models while nobody asks, and a request comes first. In real time, but the
// models take none: a run that waits does so until it is released, or stopped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "backend/timed_backend.h"
#include "base/clock.h"
#include "service/inference_service.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class IdleService : public testing::Test {
 protected:
  IdleService() {
    for (const char* name : {"small", "large"}) {
      backend_.add(name, timed_model(0ms, {0.F, 1.F}));
    }
    EXPECT_TRUE(models_.load_all());
  }

  static Catalog make_catalog() {
    Family family{.name = "timed", .task = "t", .labels = {"no", "yes"}, .members = {}, .file = {}};
    for (const char* name : {"small", "large"}) {
      family.members.push_back(
          {.name = name, .file = name, .input = {.resize = {1, 1}, .crop = {1, 1}}});
    }
    return Catalog::from({family}).value();
  }

  void serve(std::optional<Duration> idle_measure) {
    service_ =
        InferenceService::create(catalog_, models_, clock_, {.workers = 1},
                                 {.terms = {.policy = "fastest"}, .idle_measure = idle_measure})
            .value();
    service_->set_ready(true);
  }

  /// The answer of `model` to one black pixel.
  Result<InferResponse> ask(const std::string& model) {
    InferRequest request{.model = model, .arrival = {clock_.now(), clock_.now(), std::nullopt}};
    request.storage.emplace_back(3 * sizeof(float));
    request.inputs.push_back({.name = "input",
                              .datatype = "FP32",
                              .shape = {1, 3, 1, 1},
                              .bytes = request.storage.front()});
    std::promise<Result<InferResponse>> reply;
    auto cancel = service_->infer(std::move(request),
                                  [&](auto response) { reply.set_value(std::move(response)); });
    return reply.get_future().get();
  }

  /// Whether the metrics come to say `what`.
  bool metrics_say(const std::string& what) {
    const TimePoint until = clock_.now() + 20s;
    while (!service_->metrics().contains(what) && clock_.now() < until) std::this_thread::yield();
    return service_->metrics().contains(what);
  }

  RealClock clock_;
  TimedBackend backend_{clock_};
  const Catalog catalog_ = make_catalog();
  ModelManager models_{catalog_, backend_, clock_, {.threads = 1}};
  std::unique_ptr<InferenceService> service_;
};

TEST_F(IdleService, ARequestStopsAMeasurementWhichNoBookCounts) {
  backend_.block("large");
  serve(1ms);
  backend_.wait_until_running("large", 1);  // nobody has asked for it
  EXPECT_TRUE(ask("small").has_value());
  EXPECT_TRUE(metrics_say(
      "cnnselect_idle_measurements_total{family=\"timed\",model=\"large\",end=\"stopped\"} 1"));
  EXPECT_THAT(service_->metrics(),
              HasSubstr("cnnselect_requests_total{family=\"timed\",outcome=\"no_sla\"} 1"));
  const auto statistics = service_->statistics("large", "");
  ASSERT_TRUE(statistics.has_value());
  EXPECT_EQ(statistics->front().infer.count, 0);
  service_.reset();  // stops a measurement under way
}

TEST_F(IdleService, MeasurementsThatNobodyStopsAreBelieved) {
  serve(1ms);
  const TimePoint until = clock_.now() + 20s;
  const auto learnt = [this] { return models_.profile(ModelId{1}).hot.samples; };
  while (learnt() < 12 && clock_.now() < until) std::this_thread::yield();
  EXPECT_GE(learnt(), 12U) << "ten are of warm-up";
  EXPECT_THAT(service_->metrics(), Not(HasSubstr("model=\"large\",end=\"undisturbed\"} 0")));
}

TEST_F(IdleService, WhoDoesNotWantItHasNone) {
  serve(std::nullopt);
  EXPECT_TRUE(ask("small").has_value());
  EXPECT_THAT(service_->metrics(), Not(HasSubstr("idle_measurements")));
}

}  // namespace
}  // namespace cnnselect
