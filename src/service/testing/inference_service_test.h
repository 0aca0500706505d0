// For tests of the service: two models behind it, and what to ask them.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "engine/testing/timed_world.h"
#include "image/testing/test_pictures.h"
#include "service/inference_service.h"

namespace cnnselect {

inline std::string png_photo() {
  const test::Bytes encoded = test::encode_png(test::draw_photo(8, 8));
  return {reinterpret_cast<const char*>(encoded.data()), encoded.size()};
}

class InferenceServiceTest : public testing::Test {
 protected:
  InferenceServiceTest()
      : world_({{"small", 0.5, std::chrono::milliseconds(2)},
                {"large", 0.9, std::chrono::milliseconds(40)}}) {
    EXPECT_TRUE(world_.models().load_all());
    service_ = InferenceService::create(world_.catalog(), world_.models(), world_.clock(),
                                        {.workers = 1, .max_queue = 4},
                                        {.terms = {.policy = "budget-greedy"}})
                   .value();
  }

  Arrival just_now() { return {world_.clock().now(), world_.clock().now(), std::nullopt}; }

  ClassifyRequest photo_request(std::optional<Duration> sla = std::nullopt) {
    ClassifyRequest request{.family = "timed",
                            .id = "7",
                            .hints = {.sla = sla},
                            .arrival = just_now(),
                            .body = png_photo()};
    request.photo_size = request.body.size();
    return request;
  }

  InferRequest tensor_request(std::vector<std::int64_t> shape) {
    InferRequest request{.model = "timed", .id = "t", .arrival = just_now()};
    std::size_t elements = 1;
    for (const auto d : shape) elements *= static_cast<std::size_t>(d);
    request.storage.emplace_back(elements * sizeof(float));
    request.inputs.push_back({.name = "input",
                              .datatype = "FP32",
                              .shape = std::move(shape),
                              .bytes = request.storage.front()});
    return request;
  }

  Status unload(const std::string& name) {
    service_->set_ready(true);
    std::promise<Status> reply;
    service_->unload(name, [&](Status done) { reply.set_value(std::move(done)); });
    return reply.get_future().get();
  }

  Result<ClassifyResponse> classify(ClassifyRequest request) {
    std::promise<Result<ClassifyResponse>> reply;
    auto cancel = service_->classify(std::move(request),
                                     [&](auto response) { reply.set_value(std::move(response)); });
    return reply.get_future().get();
  }

  Result<InferResponse> infer(InferRequest request) {
    std::promise<Result<InferResponse>> reply;
    auto cancel = service_->infer(std::move(request),
                                  [&](auto response) { reply.set_value(std::move(response)); });
    return reply.get_future().get();
  }

  TimedWorld world_;
  std::unique_ptr<InferenceService> service_;
};

}  // namespace cnnselect
