// Many threads at once, for ThreadSanitizer: submitters, cancellers, a drain, and destruction while
// busy. What is checked is that every request is answered exactly once and the books add up.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

#include "engine/engine.h"
#include "engine/testing/timed_world.h"
#include "select/registry.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

struct Tally {
  std::atomic<int> answered = 0;
  std::atomic<int> refused = 0;
  std::atomic<int> cancelled = 0;

  void count(const Result<Answer>& answer) {
    if (answer) {
      ++answered;
    } else if (answer.error().code == ErrorCode::kCancelled) {
      ++cancelled;
    } else {
      ++refused;
    }
  }
  int total() const { return answered + refused + cancelled; }
};

constexpr int kSubmitters = 4;
constexpr int kRequestsEach = 400;

void submit_and_sometimes_cancel(Engine& engine, const Selector& policy, TimePoint received,
                                 std::uint64_t seed, Tally& tally) {
  Rng rng(seed);
  std::array<RequestId, 8> recent{};
  for (std::size_t i = 0; i < kRequestsEach; ++i) {
    Request request{
        .candidates = {ModelId{0}, ModelId{1}},
        .terms = {.timing = {.sla = from_ms(1 + 100 * rng.uniform()), .received = received},
                  .policy = &policy},
        .input = std::make_unique<PixelSource>()};
    recent[i % recent.size()] = engine.submit(
        std::move(request), [&tally](const Result<Answer>& answer) { tally.count(answer); });
    if (rng.uniform() < 0.3) engine.cancel(recent[rng() % recent.size()]);
  }
}

TEST(StressEngine, AnswersEveryRequestOnceUnderManyThreads) {
  TimedWorld world({{"small", 0.5, 1us}, {"large", 0.9, 5us}});
  ASSERT_TRUE(world.models().load_all());
  const auto policy = make_selector("cnnselect").value();
  Tally tally;
  {
    Engine engine({.workers = 3, .max_queue = 16}, world.clock(), world.models());
    std::vector<std::jthread> submitters;
    submitters.reserve(kSubmitters);
    for (std::uint64_t seed = 0; seed < kSubmitters; ++seed) {
      submitters.emplace_back([&, seed] {
        submit_and_sometimes_cancel(engine, *policy, world.clock().now(), seed, tally);
      });
    }
    submitters.clear();  // joins
    EXPECT_TRUE(engine.drain(std::chrono::steady_clock::now() + 30s));
    const EngineStatus status = engine.status();
    EXPECT_EQ(status.waiting, 0U);
    EXPECT_EQ(status.running, 0U);
    EXPECT_EQ(status.finished, static_cast<std::uint64_t>(tally.answered));
    EXPECT_EQ(status.cancelled, static_cast<std::uint64_t>(tally.cancelled));
    EXPECT_EQ(status.refused, static_cast<std::uint64_t>(tally.refused));
  }
  EXPECT_EQ(tally.total(), kSubmitters * kRequestsEach);
}

TEST(StressEngine, NoRequestFailsWhileModelsAreSwitchedAndWithdrawn) {
  TimedWorld world({{"small", 0.5, 1us}, {"large", 0.9, 5us}});
  ASSERT_TRUE(world.models().load_all());
  const ModelFile files[] = {{.path = TimedWorld::file("small")},
                             {.path = "/2.onnx", .version = 2}};
  world.backend().add(files[1].path, timed_model(2us, {0.F, 1.F}));
  const auto policy = make_selector("uniform-eligible").value();
  Tally tally;
  Engine engine({.workers = 3, .max_queue = 10'000}, world.clock(), world.models());
  {
    std::atomic<bool> done = false;
    std::jthread control([&] {
      for (std::size_t i = 0; !done || i < 50; ++i) {
        if (i % 3 == 0) world.models().withdraw(ModelId{0});
        EXPECT_TRUE(world.models().switch_to(ModelId{0}, files[i % 2]));
      }
    });
    std::vector<std::jthread> submitters;
    for (int thread = 0; thread < 3; ++thread) {
      submitters.emplace_back([&] {
        for (int i = 0; i < kRequestsEach; ++i) {
          // As the service does it: a model that is withdrawn is no candidate.
          auto lease = world.models().lease(ModelId{0});
          Request request{.candidates = {ModelId{lease == nullptr ? 1U : 0U}},
                          .terms = {.timing = {.sla = 1s, .received = world.clock().now()},
                                    .policy = policy.get()},
                          .input = std::make_unique<PixelSource>()};
          engine.submit(std::move(request),
                        [&tally, lease](const Result<Answer>& answer) { tally.count(answer); });
        }
      });
    }
    submitters.clear();
    EXPECT_TRUE(engine.drain(std::chrono::steady_clock::now() + 30s));
    done = true;
  }
  EXPECT_EQ(tally.answered, 3 * kRequestsEach);
  EXPECT_EQ(tally.total(), 3 * kRequestsEach);
}

TEST(StressEngine, DrainingWhileOthersSubmitAndCancelEachOthersRequests) {
  TimedWorld world({{"small", 0.5, 1us}, {"large", 0.9, 5us}});
  ASSERT_TRUE(world.models().load_all());
  const auto policy = make_selector("uniform-eligible").value();
  Tally tally;
  {
    Engine engine({.workers = 3, .max_queue = 64}, world.clock(), world.models());
    std::vector<std::jthread> threads;
    threads.reserve(5);
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      threads.emplace_back([&, seed] {
        submit_and_sometimes_cancel(engine, *policy, world.clock().now(), seed, tally);
      });
    }
    threads.emplace_back([&] {
      // Ids count up from 1; many of these are unknown, waiting, running or long gone.
      for (std::uint64_t id = 1; id <= std::uint64_t{3} * kRequestsEach; ++id)
        engine.cancel(RequestId{id});
    });
    threads.emplace_back([&] {
      while (tally.total() < kRequestsEach) {
        const EngineStatus status = engine.status();
        EXPECT_LE(status.waiting, 64U);
        EXPECT_LE(status.running, 3U);
      }
      EXPECT_TRUE(engine.drain(std::chrono::steady_clock::now() + 30s));
    });
    threads.clear();  // joins
    EXPECT_TRUE(engine.drain(std::chrono::steady_clock::now() + 30s));
    EXPECT_EQ(engine.status().waiting + engine.status().running, 0U);
  }
  EXPECT_EQ(tally.total(), 3 * kRequestsEach);
}

TEST(StressEngine, DestructionWhileBusyAnswersEverybody) {
  TimedWorld world({{"small", 0.5, 1us}, {"large", 0.9, 5us}});
  ASSERT_TRUE(world.models().load_all());
  const auto policy = make_selector("random").value();
  for (int round = 0; round < 20; ++round) {
    Tally tally;
    {
      Engine engine({.workers = 2, .max_queue = 1000}, world.clock(), world.models());
      submit_and_sometimes_cancel(engine, *policy, world.clock().now(), 9, tally);
    }
    EXPECT_EQ(tally.total(), kRequestsEach);
  }
}

}  // namespace
}  // namespace cnnselect
