// What the engine adds to a run: the scheduler's decisions alone, the snapshot of the profiles, and
// the threaded driver around a model that does nothing.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <semaphore>
#include <vector>

#include "base/clock.h"
#include "engine/engine.h"
#include "engine/testing/fixed_profiles.h"
#include "select/registry.h"
#include "select/testing/table5.h"

namespace {
std::atomic<std::uint64_t> allocations = 0;
}

// Not inlined: GCC would take the pair for a mismatch of new and free.
[[gnu::noinline]] void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace cnnselect {
namespace {

const std::vector<ModelId>& eleven_models() {
  static const std::vector<ModelId> kIds = [] {
    std::vector<ModelId> all;
    for (const Candidate& model : table5()) all.push_back(model.model);
    return all;
  }();
  return kIds;
}

// SLAs from too little to plenty, so that every path of the policy is taken.
Duration sla_of(std::uint64_t id) { return from_ms(static_cast<double>(10 + id * 37 % 200)); }

/// A request's way through the scheduler (admit, next, finished) while `waiting` others wait.
void schedule(benchmark::State& state) {
  const auto waiting = static_cast<std::uint64_t>(state.range(0));
  const FixedProfiles profiles(table5());
  const auto policy = make_selector("cnnselect").value();
  Scheduler scheduler({.workers = 1, .max_queue = waiting + 1});
  TimePoint now{std::chrono::hours(1)};
  std::uint64_t last_id = 0;
  const auto admit = [&] {
    const RequestId id{++last_id};
    benchmark::DoNotOptimize(scheduler.admit(
        {.id = id,
         .candidates = eleven_models(),
         .terms = {.timing = {.sla = sla_of(id.value), .received = now}, .policy = policy.get()}},
        now));
  };
  for (std::uint64_t i = 0; i < waiting; ++i) admit();
  std::uint64_t allocated = 0;
  for (auto _ : state) {
    now += from_ms(1);
    admit();
    const auto before = allocations.load(std::memory_order_relaxed);
    const auto start = scheduler.next(now, profiles);
    allocated += allocations.load(std::memory_order_relaxed) - before;
    scheduler.finished(std::get<Start>(*start).request, from_ms(50), now);
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["allocations_in_next"] = static_cast<double>(allocated);
}
BENCHMARK(schedule)->ArgName("waiting")->Arg(0)->Arg(256)->Arg(4096);

/// Answers at once with two logits.
class IdleModel final : public LoadedModel {
 public:
  const TensorSpec& input() const override { return input_; }
  const TensorSpec& output() const override { return output_; }
  Result<Tensor> run(const TensorView&, const std::stop_token&) override {
    return Tensor{ElementType::kFp32, {1, 2}, std::vector<std::byte>(8)};
  }

 private:
  TensorSpec input_{"input", ElementType::kFp32, {1, 3, 1, 1}};
  TensorSpec output_{"logits", ElementType::kFp32, {1, 2}};
};

class IdleBackend final : public Backend {
 public:
  std::string description() const override { return "idle"; }
  Result<std::unique_ptr<LoadedModel>> load(const std::filesystem::path&) override {
    return std::make_unique<IdleModel>();
  }
};

class EmptyInput final : public InputSource {
 public:
  Result<TensorView> tensor_for(ModelId, const TensorSpec&, std::vector<std::byte>&) override {
    return TensorView{};
  }
};

Catalog catalog_of_table5() {
  Family family{.name = "table5", .task = "none", .labels = {"no", "yes"}, .members = {}, .file{}};
  for (const Candidate& model : table5()) {
    family.members.push_back({.name = fmt::format("model{}", model.model.value),
                              .file = "none.onnx",
                              .top1 = model.accuracy});
  }
  return Catalog::from({family}).value();
}

/// Eleven idle models behind a real clock.
struct World {
  World() {
    if (!models.load_all()) std::abort();
  }
  Request request() const {
    return {
        .candidates = eleven_models(),
        .terms = {.timing = {.sla = from_ms(200), .received = clock.now()}, .policy = policy.get()},
        .input = std::make_unique<EmptyInput>()};
  }

  RealClock clock;
  IdleBackend backend;
  Catalog catalog = catalog_of_table5();
  ModelManager models{catalog, backend, clock, {}};
  std::unique_ptr<Selector> policy = make_selector("cnnselect").value();
};

/// What a decision reads of eleven models.
void profile_snapshot(benchmark::State& state) {
  World world;
  std::vector<Candidate> snapshot(eleven_models().size());
  for (auto _ : state) {
    for (std::size_t i = 0; i < snapshot.size(); ++i) {
      snapshot[i] = world.models.candidate(eleven_models()[i], world.clock.now(), {});
    }
    benchmark::DoNotOptimize(snapshot.data());
  }
}
BENCHMARK(profile_snapshot);

void record(benchmark::State& state) {
  World world;
  for (auto _ : state) world.models.record(ModelId{0}, from_ms(5));
}
BENCHMARK(record);

/// From submit() to the completion, `in_flight` requests at a time on one worker: with 1 the time
/// is mostly that of waking the worker and then the submitter, with 64 that of the engine's work.
void submit_to_completion(benchmark::State& state) {
  World world;
  const auto in_flight = static_cast<std::ptrdiff_t>(state.range(0));
  Engine engine({.workers = 1}, world.clock, world.models);
  std::counting_semaphore<> places(in_flight);
  for (auto _ : state) {
    places.acquire();
    engine.submit(world.request(), [&places](const Result<Answer>& answer) {
      if (!answer) std::abort();
      places.release();
    });
    if (in_flight == 1) {  // the answer is part of the time
      places.acquire();
      places.release();
    }
  }
  engine.drain(TimePoint::max());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(submit_to_completion)->ArgName("in_flight")->Arg(1)->Arg(64)->UseRealTime();

}  // namespace
}  // namespace cnnselect
