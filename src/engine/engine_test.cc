// The threaded driver on the simulated clock: runs take no real time, so nothing here sleeps.
#include "engine/engine.h"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <thread>

#include "engine/testing/timed_world.h"
#include "engine/testing/watching_policy.h"
#include "select/registry.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

const TimePoint kRealDeadline = std::chrono::steady_clock::now() + 30s;

class EngineTest : public testing::Test {
 protected:
  EngineTest() : world_({{"small", 0.5, 2ms}, {"large", 0.9, 40ms}}) {
    EXPECT_TRUE(world_.models().load_all());
  }

  Request request(Duration sla = kForever) {
    return {.candidates = {ModelId{0}, ModelId{1}},
            .terms = {.timing = {.sla = sla, .received = world_.clock().now()},
                      .policy = greedy_.get()},
            .input = std::make_unique<PixelSource>()};
  }

  // Submits and hands back the future answer.
  std::pair<RequestId, std::future<Result<Answer>>> submit(Engine& engine, Request request) {
    auto promise = std::make_shared<std::promise<Result<Answer>>>();
    auto future = promise->get_future();
    const RequestId id = engine.submit(std::move(request), [promise](Result<Answer> answer) {
      promise->set_value(std::move(answer));
    });
    return {id, std::move(future)};
  }

  TimedWorld world_;
  std::unique_ptr<Selector> greedy_ = make_selector("budget-greedy").value();
  const std::filesystem::path large_ = TimedWorld::file("large");
};

TEST_F(EngineTest, AnswersWithTheModelThatTheBudgetAllows) {
  Engine engine({.workers = 1}, world_.clock(), world_.models());
  const auto relaxed = submit(engine, request(100ms)).second.get();
  ASSERT_TRUE(relaxed.has_value());
  EXPECT_EQ(relaxed->model, ModelId{1});
  EXPECT_EQ(relaxed->infer, 40ms);
  EXPECT_EQ(relaxed->output.shape, (std::vector<std::int64_t>{1, 2}));
  const auto hurried = submit(engine, request(10ms)).second.get();
  ASSERT_TRUE(hurried.has_value());
  EXPECT_EQ(hurried->model, ModelId{0});
  EXPECT_EQ(engine.status().finished, 2U);
}

TEST_F(EngineTest, TheProfileCoversPreparingAndRunning) {
  Engine engine({.workers = 1}, world_.clock(), world_.models());
  for (int i = 0; i < 100; ++i) {
    auto slow_input = request(100ms);
    slow_input.input = std::make_unique<PixelSource>(world_.clock(), 5ms);
    const auto answer = submit(engine, std::move(slow_input)).second.get();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->prepare, 5ms);
  }
  EXPECT_NEAR(to_ms(world_.models().profile(ModelId{1}).hot.mean), 45, 0.5);
}

TEST_F(EngineTest, TellsTheSchedulerHowLongPreparingAndRunningTook) {
  const WatchingPolicy policy;
  Engine engine({.workers = 1}, world_.clock(), world_.models());
  const auto run = [&](Duration preparing) {
    auto watched = request();
    watched.terms.policy = &policy;
    watched.input = std::make_unique<PixelSource>(world_.clock(), preparing);
    EXPECT_TRUE(submit(engine, std::move(watched)).second.get().has_value());
  };
  run(4ms);
  run(0ms);
  SlowdownFilter expected;
  expected.add(6ms, world_.models().candidate(ModelId{0}, world_.clock().now(), {}).profiled);
  EXPECT_NEAR(policy.load.slowdown_mean, expected.mean(), 1e-3);
}

TEST_F(EngineTest, TellsAtOnceThatAnAnswerWouldBeLate) {
  Engine engine({.workers = 1}, world_.clock(), world_.models());
  auto hurried = request(1ms);
  hurried.terms.late = Late::kReject;
  const auto rejected = submit(engine, std::move(hurried)).second.get();
  EXPECT_EQ(rejected.error().code, ErrorCode::kTooLate);
  EXPECT_TRUE(rejected.error().message.starts_with(
      "1.000 ms are left of the SLA for queue and model, and the fastest model takes "))
      << rejected.error().message;
  auto with_device = request(1ms);
  with_device.terms.late = Late::kDevice;
  with_device.terms.device = DeviceView{.accuracy = 0.3, .mean = 1ms};
  const auto left = submit(engine, std::move(with_device)).second.get();
  EXPECT_EQ(left.error().code, ErrorCode::kUseDevice);
  EXPECT_TRUE(submit(engine, request(1ms)).second.get().has_value()) << "late is allowed";
  EXPECT_EQ(engine.status().given_up, 2U);
  EXPECT_EQ(engine.status().finished, 1U);
}

// Keeps its worker until it is released.
class BlockedSource final : public InputSource {
 public:
  BlockedSource(std::promise<void>& running, std::future<void> release)
      : running_(running), release_(std::move(release)) {}
  Result<TensorView> tensor_for(ModelId model, const TensorSpec& spec,
                                std::vector<std::byte>& scratch) override {
    running_.set_value();
    release_.wait();
    return pixel_.tensor_for(model, spec, scratch);
  }

 private:
  std::promise<void>& running_;
  std::future<void> release_;
  PixelSource pixel_;
};

// On the real clock, since it is the time that passes.
TEST(EngineTime, GivesUpWhileTheOnlyWorkerIsBusy) {
  TimedWorld world({{"small", 0.5, 2ms}});
  ASSERT_TRUE(world.models().load_all());
  RealClock clock;
  Engine engine({.workers = 1}, clock, world.models());
  const auto policy = make_selector("budget-greedy").value();
  std::promise<void> release;
  std::promise<void> running;
  const auto submit = [&](std::unique_ptr<InputSource> input, Duration sla) {
    auto promise = std::make_shared<std::promise<Result<Answer>>>();
    auto future = promise->get_future();
    engine.submit({.candidates = {ModelId{0}},
                   .terms = {.timing = {.sla = sla, .received = clock.now()},
                             .policy = policy.get(),
                             .late = Late::kReject},
                   .input = std::move(input)},
                  [promise](Result<Answer> answer) { promise->set_value(std::move(answer)); });
    return future;
  };
  auto first = submit(std::make_unique<BlockedSource>(running, release.get_future()), kForever);
  running.get_future().wait();
  auto second = submit(std::make_unique<PixelSource>(), 20ms);
  EXPECT_EQ(second.get().error().code, ErrorCode::kTooLate) << "though nobody has finished";
  release.set_value();
  EXPECT_TRUE(first.get().has_value());
}

TEST(EngineTime, ATimeoutEndsWaitingWhileTheOnlyWorkerIsBusy) {
  TimedWorld world({{"small", 0.5, 2ms}});
  ASSERT_TRUE(world.models().load_all());
  RealClock clock;
  Engine engine({.workers = 1}, clock, world.models());
  const auto policy = make_selector("budget-greedy").value();
  std::promise<void> release;
  std::promise<void> running;
  const auto submit = [&](std::unique_ptr<InputSource> input, Duration timeout) {
    auto promise = std::make_shared<std::promise<Result<Answer>>>();
    auto future = promise->get_future();
    engine.submit(
        {.candidates = {ModelId{0}},
         .terms = {.timing = {.received = clock.now()}, .policy = policy.get(), .timeout = timeout},
         .input = std::move(input)},
        [promise](Result<Answer> answer) { promise->set_value(std::move(answer)); });
    return future;
  };
  auto first = submit(std::make_unique<BlockedSource>(running, release.get_future()), 1h);
  running.get_future().wait();
  auto second = submit(std::make_unique<PixelSource>(), 5ms);
  auto third = submit(std::make_unique<PixelSource>(), 1h);
  const auto ended = second.get();
  EXPECT_EQ(ended.error().code, ErrorCode::kTimedOut) << "though nobody has finished";
  EXPECT_TRUE(ended.error().message.starts_with("Request timeout expired"))
      << ended.error().message;
  release.set_value();
  EXPECT_TRUE(first.get().has_value());
  EXPECT_TRUE(third.get().has_value());
  EXPECT_EQ(engine.status().timed_out, 1U);
}

TEST_F(EngineTest, RunsHigherPrioritiesFirst) {
  Engine engine({.workers = 1}, world_.clock(), world_.models());
  std::promise<void> release;
  std::promise<void> running;
  auto first = request();
  first.input = std::make_unique<BlockedSource>(running, release.get_future());
  const auto blocked = submit(engine, std::move(first));
  running.get_future().wait();
  std::vector<std::uint32_t> order;  // written by the only worker
  std::vector<std::future<void>> answers;
  for (const std::uint32_t priority : {3U, 1U, 2U, 1U}) {
    auto waiting = request(priority == 3 ? 1ms : kForever);
    waiting.terms.priority = priority;
    auto answered = std::make_shared<std::promise<void>>();
    answers.push_back(answered->get_future());
    engine.submit(std::move(waiting), [&order, priority, answered](Result<Answer>) {
      order.push_back(priority);
      answered->set_value();
    });
  }
  release.set_value();
  for (auto& answer : answers) answer.wait();
  EXPECT_EQ(order, (std::vector<std::uint32_t>{1, 1, 2, 3}));
}

TEST_F(EngineTest, PassesOnWhatAnInputOrARunFailsWith) {
  Engine engine({.workers = 1}, world_.clock(), world_.models());
  auto bad_input = request();
  bad_input.input = std::make_unique<PixelSource>(Error{ErrorCode::kInvalidArgument, "no pixels"});
  EXPECT_EQ(submit(engine, std::move(bad_input)).second.get().error().message, "no pixels");

  const auto before = world_.models().profile(ModelId{1}).hot.samples;
  world_.backend().set_run_error(large_, Error{ErrorCode::kInternal, "runtime says no"});
  EXPECT_EQ(submit(engine, request()).second.get().error().message, "runtime says no");
  EXPECT_EQ(world_.models().profile(ModelId{1}).hot.samples, before) << "a failure teaches nothing";

  world_.backend().set_run_error(large_, std::nullopt);
  EXPECT_TRUE(submit(engine, request()).second.get().has_value()) << "the worker carries on";
  EXPECT_EQ(engine.status().failed, 2U);
}

// Breaks its contract: an input does not throw.
template <class Thrown>
class ThrowingSource final : public InputSource {
 public:
  explicit ThrowingSource(Thrown thrown) : thrown_(std::move(thrown)) {}
  Result<TensorView> tensor_for(ModelId, const TensorSpec&, std::vector<std::byte>&) override {
    throw thrown_;
  }

 private:
  Thrown thrown_;
};

TEST_F(EngineTest, AWorkerSurvivesAnInputThatThrows) {
  Engine engine({.workers = 1}, world_.clock(), world_.models());
  auto throwing = request();
  throwing.input =
      std::make_unique<ThrowingSource<std::runtime_error>>(std::runtime_error("bad pixels"));
  EXPECT_EQ(submit(engine, std::move(throwing)).second.get().error(),
            (Error{ErrorCode::kInternal, "bad pixels"}));
  auto odd = request();
  odd.input = std::make_unique<ThrowingSource<int>>(7);
  EXPECT_EQ(submit(engine, std::move(odd)).second.get().error().code, ErrorCode::kInternal);
  EXPECT_TRUE(submit(engine, request()).second.get().has_value());
  EXPECT_EQ(engine.status().failed, 2U);
}

TEST_F(EngineTest, AWorkerSurvivesACompletionThatThrows) {
  Engine engine({.workers = 1}, world_.clock(), world_.models());
  engine.submit(request(), [](const Result<Answer>&) { throw std::runtime_error("gone"); });
  engine.submit(request(), [](const Result<Answer>&) { throw 7; });
  EXPECT_TRUE(submit(engine, request()).second.get().has_value());
  EXPECT_TRUE(engine.drain(kRealDeadline)) << "both count as answered";
  EXPECT_EQ(engine.status().finished, 3U);
}

TEST_F(EngineTest, StopsARequestWhoseInputIsBeingMade) {
  Engine engine({.workers = 1}, world_.clock(), world_.models());
  // Takes its own request back while it makes the tensor.
  class CancellingSource final : public InputSource {
   public:
    CancellingSource(Engine& engine, std::future<RequestId> id)
        : engine_(engine), id_(std::move(id)) {}
    Result<TensorView> tensor_for(ModelId model, const TensorSpec& spec,
                                  std::vector<std::byte>& scratch) override {
      engine_.cancel(id_.get());
      return pixel_.tensor_for(model, spec, scratch);
    }

   private:
    Engine& engine_;
    std::future<RequestId> id_;
    PixelSource pixel_;
  };
  const auto before = world_.models().profile(ModelId{1}).hot.samples;
  std::promise<RequestId> id;
  auto cancelled = request();
  cancelled.input = std::make_unique<CancellingSource>(engine, id.get_future());
  auto submitted = submit(engine, std::move(cancelled));
  id.set_value(submitted.first);
  EXPECT_EQ(submitted.second.get().error().code, ErrorCode::kCancelled);
  EXPECT_EQ(world_.models().profile(ModelId{1}).hot.samples, before);
  EXPECT_TRUE(engine.drain(kRealDeadline));
  EXPECT_EQ(engine.status().cancelled, 1U);
  EXPECT_EQ(engine.status().running, 0U);
}

TEST_F(EngineTest, RefusesWhatDoesNotFitTheQueue) {
  Engine engine({.workers = 1, .max_queue = 1}, world_.clock(), world_.models());
  world_.backend().block(large_);
  auto running = submit(engine, request());
  world_.backend().wait_until_running(large_, 1);
  auto waiting = submit(engine, request());
  const auto refused = submit(engine, request()).second.get();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error(), (Error{ErrorCode::kUnavailable, "Exceeds maximum queue size of 1"}));
  world_.backend().release(large_);
  EXPECT_TRUE(running.second.get().has_value());
  EXPECT_TRUE(waiting.second.get().has_value());
  EXPECT_EQ(engine.status().refused, 1U);
}

TEST_F(EngineTest, CancelsAWaitingRequestAtOnce) {
  Engine engine({.workers = 1}, world_.clock(), world_.models());
  world_.backend().block(large_);
  auto running = submit(engine, request());
  world_.backend().wait_until_running(large_, 1);
  auto waiting = submit(engine, request());
  engine.cancel(waiting.first);
  EXPECT_EQ(waiting.second.get().error().code, ErrorCode::kCancelled)
      << "while the worker is still busy";
  EXPECT_EQ(engine.status().waiting, 0U);
  world_.backend().release(large_);
  EXPECT_TRUE(running.second.get().has_value());
}

TEST_F(EngineTest, StopsARunningRequest) {
  Engine engine({.workers = 1}, world_.clock(), world_.models());
  world_.backend().block(large_);
  auto running = submit(engine, request());
  world_.backend().wait_until_running(large_, 1);
  engine.cancel(running.first);
  EXPECT_EQ(running.second.get().error().code, ErrorCode::kCancelled);
  engine.cancel(running.first);  // long gone: nothing happens
  world_.backend().release(large_);
  EXPECT_EQ(engine.status().cancelled, 1U);
}

TEST_F(EngineTest, DrainingRefusesNewWorkAndWaitsForTheRest) {
  Engine engine({.workers = 1}, world_.clock(), world_.models());
  world_.backend().block(large_);
  auto running = submit(engine, request());
  world_.backend().wait_until_running(large_, 1);
  EXPECT_FALSE(engine.drain(std::chrono::steady_clock::now())) << "one is still running";
  EXPECT_EQ(submit(engine, request()).second.get().error().message, "the server is stopping");
  world_.backend().release(large_);
  EXPECT_TRUE(engine.drain(kRealDeadline));
  EXPECT_TRUE(running.second.get().has_value());
}

TEST_F(EngineTest, DestructionAnswersWhoeverWaits) {
  std::future<Result<Answer>> running;
  std::future<Result<Answer>> waiting;
  std::thread releases;
  {
    Engine engine({.workers = 1}, world_.clock(), world_.models());
    world_.backend().block(large_);
    running = submit(engine, request()).second;
    world_.backend().wait_until_running(large_, 1);
    waiting = submit(engine, request()).second;
    // The waiting one is answered before the workers are joined; that lets the running one go on.
    releases = std::thread([this, &waiting] {
      waiting.wait();
      world_.backend().release(large_);
    });
  }
  releases.join();
  EXPECT_EQ(waiting.get().error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(running.get().has_value());
}

TEST_F(EngineTest, AModelThatIsNotLoadedIsUnavailable) {
  ModelManager unloaded(world_.catalog(), world_.backend(), world_.clock(), {});
  Engine engine({.workers = 1}, world_.clock(), unloaded);
  EXPECT_EQ(submit(engine, request()).second.get().error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace cnnselect
