// The service over a TimedBackend: names, plans, photos, tensors, batches, cancellation, metrics.
#include "service/inference_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <sstream>

#include "base/testing/temporary_folder.h"
#include "engine/testing/timed_world.h"
#include "service/bytes_tensor.h"
#include "service/testing/inference_service_test.h"
#include "spans/testing/fake_collector.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST_F(InferenceServiceTest, AnswersAPhotoWithTheModelThatItsSlaAllows) {
  const auto relaxed = classify(photo_request(100ms));
  ASSERT_TRUE(relaxed.has_value()) << relaxed.error().message;
  EXPECT_EQ(relaxed->model, "large");
  EXPECT_EQ(relaxed->id, "7");
  EXPECT_EQ(relaxed->top.front().label, "yes") << "logits 0 and 1";
  EXPECT_NEAR(relaxed->top.front().confidence, 0.731, 0.001) << "e / (1 + e)";
  EXPECT_EQ(relaxed->top.size(), 2U) << "five asked, two classes";
  EXPECT_EQ(relaxed->in_time, true);
  EXPECT_EQ(relaxed->budget, Duration(100ms));
  const auto hurried = classify(photo_request(10ms));
  ASSERT_TRUE(hurried.has_value());
  EXPECT_EQ(hurried->model, "small");
  const auto late = classify(photo_request(1ms));
  ASSERT_TRUE(late.has_value());
  EXPECT_EQ(late->reason, "fastest-fallback");
  EXPECT_EQ(late->in_time, false);
}

TEST_F(InferenceServiceTest, AnUnloadedMemberIsNoCandidateAndNoModel) {
  ASSERT_TRUE(unload("large"));
  EXPECT_EQ(classify(photo_request(100ms))->model, "small");
  auto named = tensor_request({1, 3, 1, 1});
  named.model = "large";
  const auto answer = infer(std::move(named));
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error(), (Error{ErrorCode::kNotFound,
                                   "Request for unknown model: 'large' has no available versions: "
                                   "unloaded"}));
  EXPECT_FALSE(service_->statistics("large", "").has_value());
  EXPECT_TRUE(service_->model("timed", "")->ready);
  const auto index = service_->repository();
  ASSERT_EQ(index.size(), 3U);
  EXPECT_EQ(index[0].state, ModelState::kReady) << "the family has one left";
  EXPECT_EQ(index[2].name, "large");
  EXPECT_EQ(index[2].state, ModelState::kUnavailable);
  EXPECT_EQ(index[2].reason, "unloaded");

  ASSERT_TRUE(unload("timed"));
  EXPECT_EQ(classify(photo_request(100ms)).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(service_->repository()[0].state, ModelState::kUnavailable);
}

TEST_F(InferenceServiceTest, ARequestThatWaitsForAModelThatIsUnloadedIsAnswered) {
  std::vector<std::future<Result<InferResponse>>> answers;
  for (int i = 0; i < 4; ++i) {
    auto request = tensor_request({1, 3, 1, 1});
    request.model = "small";
    auto reply = std::make_shared<std::promise<Result<InferResponse>>>();
    answers.push_back(reply->get_future());
    (void)service_->infer(std::move(request),
                          [reply](auto response) { reply->set_value(std::move(response)); });
  }
  ASSERT_TRUE(unload("small"));
  for (auto& answer : answers) {
    const auto response = answer.get();
    EXPECT_TRUE(response.has_value()) << response.error().message;
  }
}

TEST_F(InferenceServiceTest, TakesOtherDefaultsWhileItServes) {
  EXPECT_EQ(classify(photo_request(100ms))->model, "large");
  ASSERT_TRUE(service_->set_defaults({.policy = "fastest"}));
  EXPECT_EQ(classify(photo_request(100ms))->model, "small");
  EXPECT_FALSE(service_->set_defaults({.policy = "best"}));
  EXPECT_EQ(classify(photo_request(100ms))->model, "small");
}

TEST_F(InferenceServiceTest, OfATracedRequestItKeepsSpans) {
  const auto kept = std::make_shared<std::vector<std::vector<Span>>>();
  service_.reset();
  service_ = InferenceService::create(world_.catalog(), world_.models(), world_.clock(),
                                      {.workers = 1, .max_queue = 4},
                                      {.terms = {.policy = "budget-greedy"}}, nullptr,
                                      {.sink = std::make_unique<KeptSpans>(kept),
                                       .wall_clock = [] { return WallTime(1'700'000'000s); }})
                 .value();
  constexpr static TraceTransport kTransport{"status", [](const Error*) { return 0; }};
  const auto traced = [](auto request, bool sampled) {
    request.trace = RequestTrace{.sampled = sampled, .transport = &kTransport};
    return request;
  };
  EXPECT_TRUE(classify(photo_request()));
  EXPECT_TRUE(classify(traced(photo_request(), false)));
  EXPECT_TRUE(kept->empty()) << "nobody wanted to know of these";
  EXPECT_TRUE(classify(traced(photo_request(), true)));
  EXPECT_TRUE(infer(traced(tensor_request({2, 3, 1, 1}), true)));
  auto broken = traced(photo_request(), true);
  broken.body = std::string(broken.body.size(), 'x');
  EXPECT_FALSE(classify(std::move(broken)));
  ASSERT_EQ(kept->size(), 3U) << "each request's together";
  EXPECT_EQ(kept->at(0).front().name, "classify");
  EXPECT_EQ(kept->at(1).front().name, "infer");
  EXPECT_EQ(kept->at(1).size(), 9U) << "two images";
  EXPECT_EQ(kept->at(2).size(), 2U);
  EXPECT_THAT(service_->state().extensions, ::testing::Contains("trace"));
  EXPECT_THAT(service_->metrics(), HasSubstr("cnnselect_spans_exported_total 3"));
}

TEST_F(InferenceServiceTest, WithoutAnSlaThereIsNothingToKeep) {
  const auto answer = classify(photo_request());
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->model, "large");
  EXPECT_FALSE(answer->in_time.has_value());
  EXPECT_FALSE(answer->budget.has_value());
}

TEST_F(InferenceServiceTest, ABrokenPhotoIsTheClientsFault) {
  auto request = photo_request();
  request.body = "this is no photo at all";
  request.photo_size = request.body.size();
  const auto answer = classify(std::move(request));
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::kUnsupportedMedia);
  EXPECT_TRUE(classify(photo_request()).has_value()) << "the next one is answered";
}

TEST_F(InferenceServiceTest, NamesWhatItDoesNotKnow) {
  auto unknown = photo_request();
  unknown.family = "cats";
  EXPECT_THAT(classify(std::move(unknown)).error().message,
              HasSubstr("Request for unknown model: 'cats' is not found; there are: timed, small"));
  auto member = photo_request();
  member.family = "small";
  EXPECT_THAT(classify(std::move(member)).error().message, HasSubstr("its family is 'timed'"));
  auto policy = photo_request();
  policy.hints.policy = "best";
  EXPECT_THAT(classify(std::move(policy)).error().message,
              HasSubstr("policy 'best' is not offered"));
  auto version = tensor_request({1, 3, 1, 1});
  version.version = "9";
  EXPECT_EQ(infer(std::move(version)).error().code, ErrorCode::kNotFound);
}

TEST_F(InferenceServiceTest, AnswersATensorWithLogits) {
  const auto answer = infer(tensor_request({1, 3, 1, 1}));
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->outputs.front().name, "logits");
  EXPECT_EQ(answer->outputs.front().shape, (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(answer->outputs.front().bytes.size(), 2 * sizeof(float));
  EXPECT_EQ(std::get<std::string>(answer->parameters.at("model")), "large");
}

TEST_F(InferenceServiceTest, JoinsABatchInOrder) {
  const auto answer = infer(tensor_request({3, 3, 1, 1}));
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->outputs.front().shape, (std::vector<std::int64_t>{3, 2}));
  EXPECT_EQ(answer->outputs.front().bytes.size(), 6 * sizeof(float));
}

// Of 64 images some run, held, and four wait; the next is refused.
TEST_F(InferenceServiceTest, ABatchThatHasFailedInPartIsTakenBackWhole) {
  world_.backend().block(TimedWorld::file("large"));
  const auto answer = infer(tensor_request({64, 3, 1, 1}));
  world_.backend().release(TimedWorld::file("large"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("Exceeds maximum queue size"));
  EXPECT_THAT(service_->metrics(),
              HasSubstr("cnnselect_requests_total{family=\"timed\",outcome=\"refused\"} 64"))
      << "images are counted, as where they are answered";
  EXPECT_EQ(service_->statistics("timed", "").value().front().fail.count, 64U);
}

TEST_F(InferenceServiceTest, TakesEncodedPhotosAsBytes) {
  auto request = tensor_request({1, 3, 1, 1});
  request.storage.front().clear();
  append_bytes_element(request.storage.front(), png_photo());
  append_bytes_element(request.storage.front(), png_photo());
  request.inputs.front() = {
      .name = "input", .datatype = "BYTES", .shape = {2, 1}, .bytes = request.storage.front()};
  const auto answer = infer(std::move(request));
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->outputs.front().shape, (std::vector<std::int64_t>{2, 2}));
}

TEST_F(InferenceServiceTest, ClassificationNamesTheBestClasses) {
  auto request = tensor_request({1, 3, 1, 1});
  request.outputs.push_back({.name = "logits", .binary = true, .classification = 1});
  const auto answer = infer(std::move(request));
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  const auto& output = answer->outputs.front();
  EXPECT_EQ(output.datatype, "BYTES");
  EXPECT_EQ(output.shape, (std::vector<std::int64_t>{1, 1}));
  const auto elements = split_bytes_tensor(output.bytes, 1).value();
  const std::string text(reinterpret_cast<const char*>(elements[0].data()), elements[0].size());
  EXPECT_EQ(text, "1:1:yes");
}

struct RefusedTensor {
  const char* why;
  std::function<void(InferRequest&)> spoil;
  const char* message;
};

TEST_F(InferenceServiceTest, RefusesTensorsThatNoModelTakes) {
  const RefusedTensor cases[] = {
      {"another name", [](auto& r) { r.inputs[0].name = "x"; },
       "unexpected inference input 'x' for model 'timed'; its input is 'input'"},
      {"no input", [](auto& r) { r.inputs.clear(); }, "expected 1 inputs but got 0 inputs"},
      {"another type", [](auto& r) { r.inputs[0].datatype = "INT64"; },
       "datatype 'INT64'; allowed: FP32, FP16, UINT8, BYTES"},
      {"a type that the model has not", [](auto& r) { r.inputs[0].datatype = "UINT8"; },
       "model 'timed' takes FP32 [-1,3,1,1]"},
      {"another size", [](auto& r) { r.inputs[0].shape = {1, 3, 2, 2}; },
       "input 'input' is FP32 [1,3,2,2]; model 'timed' takes FP32 [-1,3,1,1]"},
      {"a batch of none", [](auto& r) { r.inputs[0].shape = {0, 3, 1, 1}; },
       "its first dimension, the batch, must be 1..64"},
      {"another output", [](auto& r) { r.outputs.push_back({.name = "probs"}); },
       "unexpected inference output 'probs'"},
  };
  for (const auto& [why, spoil, message] : cases) {
    auto request = tensor_request({1, 3, 1, 1});
    spoil(request);
    const auto answer = infer(std::move(request));
    ASSERT_FALSE(answer.has_value()) << why;
    EXPECT_EQ(answer.error().code, ErrorCode::kInvalidArgument) << why;
    EXPECT_THAT(answer.error().message, HasSubstr(message)) << why;
  }
}

TEST_F(InferenceServiceTest, TakesARequestBackWhileItRuns) {
  world_.backend().block(TimedWorld::file("large"));
  std::promise<Result<InferResponse>> reply;
  auto cancel = service_->infer(tensor_request({1, 3, 1, 1}),
                                [&](auto response) { reply.set_value(std::move(response)); });
  world_.backend().wait_until_running(TimedWorld::file("large"), 1);
  cancel();
  EXPECT_EQ(reply.get_future().get().error().code, ErrorCode::kCancelled);
  world_.backend().release(TimedWorld::file("large"));
  EXPECT_THAT(service_->metrics(),
              HasSubstr("cnnselect_requests_total{family=\"timed\",outcome=\"cancelled\"} 1"));
}

TEST_F(InferenceServiceTest, AnAnswersVersionIsTheOneThatRan) {
  const auto asked = [this](const char* model, const char* version) {
    auto request = tensor_request({1, 3, 1, 1});
    request.model = model;
    request.version = version;
    auto reply = std::make_unique<std::promise<Result<InferResponse>>>();
    service_->infer(std::move(request),
                    [reply = reply.get()](auto answer) { reply->set_value(std::move(answer)); });
    return reply;
  };
  world_.backend().block(TimedWorld::file("large"));
  const auto runs = asked("large", "1");
  world_.backend().wait_until_running(TimedWorld::file("large"), 1);
  const auto waits = asked("small", "1");
  const auto takes_any = asked("small", "");
  for (const std::uint32_t id : {0U, 1U}) {
    const ModelFile next{.path = fmt::format("/models/{}.2.onnx", id), .version = 2};
    world_.backend().add(next.path, timed_model(2ms, {0.F, 1.F}));
    ASSERT_TRUE(world_.models().switch_to(ModelId{id}, next));
  }
  world_.backend().release(TimedWorld::file("large"));
  EXPECT_EQ(runs->get_future().get()->version, "1") << "it had begun";
  EXPECT_EQ(waits->get_future().get().error(),
            (Error{ErrorCode::kNotFound, "model 'small' has no version '1' any more; it has: 2"}));
  EXPECT_EQ(takes_any->get_future().get()->version, "2");
}

TEST_F(InferenceServiceTest, DescribesFamiliesAndTheirMembers) {
  const auto state = service_->state();
  EXPECT_EQ(state.models, (std::vector<std::string>{"timed", "small", "large"}));
  EXPECT_FALSE(state.ready) << "until it is told so";
  service_->set_ready(true);
  EXPECT_TRUE(service_->state().ready);
  const auto family = service_->model("timed", "");
  ASSERT_TRUE(family.has_value());
  EXPECT_EQ(family->platform, "cnnselect_family");
  EXPECT_EQ(family->inputs.front().shape, (std::vector<std::int64_t>{-1, 3, 1, 1}));
  EXPECT_EQ(service_->model("large", "1")->platform, "onnxruntime_onnx");
  EXPECT_EQ(family->queue.priority_levels, 3U);
  EXPECT_EQ(family->queue.max_waiting, 4U);
  EXPECT_EQ(family->queue.timeout, 0ms);
  EXPECT_THAT(service_->state().extensions, testing::Contains("schedule_policy"));
}

// 90 ms of SLA, 25 there: with 25 back 40 are left, too few for the large model; with 5 back, 60.
TEST_F(InferenceServiceTest, AnUnknownDefaultPolicyIsRefusedAtOnce) {
  const auto service = InferenceService::create(world_.catalog(), world_.models(), world_.clock(),
                                                {}, {.terms = {.policy = "best"}});
  ASSERT_FALSE(service.has_value());
  EXPECT_THAT(service.error().message, HasSubstr("unknown policy 'best'"));
}

}  // namespace
}  // namespace cnnselect
