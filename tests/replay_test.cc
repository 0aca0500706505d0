// One engine, two worlds: a recorded trace of arrivals, network and executions goes through the
// simulator and through the threaded engine over a TimedBackend, and every decision agrees.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>
#include <vector>

#include "backend/timed_backend.h"
#include "base/clock.h"
#include "base/testing/temporary_folder.h"
#include "engine/engine.h"
#include "engine/model_manager.h"
#include "model/catalog.h"
#include "model/profile_table.h"
#include "select/registry.h"
#include "sim/simulate.h"
#include "tests/stepped_clock.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

// Where the simulated world begins.
constexpr TimePoint kBegin{1h};

// Four seconds of a busy and then a quiet second, over a link that stalls now and then.
constexpr const char* kArrivals = "t_ms,requests\n0,60\n1000,25\n2000,90\n3000,5\n";
constexpr const char* kNetwork =
    "t_ms,rtt_ms,uplink_kbps,downlink_kbps\n"
    "0,40,20000,20000\n500,90,6000,20000\n900,60,0,20000\n1000,30,30000,20000\n";

std::filesystem::path file_of(std::string_view model) { return fmt::format("/{}.onnx", model); }

/// Preparing takes as long as the trace says that this request costs on the model that the engine
/// chose; which is noted.
class RecordedInput final : public InputSource {
 public:
  RecordedInput(Clock& clock, std::span<const Duration> executions)
      : clock_(clock), executions_(executions) {}

  Result<TensorView> tensor_for(ModelId model, const TensorSpec&,
                                std::vector<std::byte>& scratch) override {
    clock_.sleep_until(clock_.now() + executions_[model.value]);
    scratch.assign(3 * sizeof(float), std::byte{});
    return TensorView{ElementType::kFp32, shape_, scratch};
  }

 private:
  Clock& clock_;
  std::span<const Duration> executions_;
  std::vector<std::int64_t> shape_{1, 3, 1, 1};
};

/// The models of a simulation as a family that a ModelManager can load.
Catalog catalog_of(const ModelSet& models) {
  Family family{.name = "recorded",
                .task = "image-classification",
                .labels = {"no", "yes"},
                .members = {},
                .file = {}};
  for (const SimulatedModel& model : models.models()) {
    family.members.push_back({.name = model.name,
                              .file = file_of(model.name),
                              .input = {.resize = {1, 1}, .crop = {1, 1}},
                              .top1 = model.accuracy});
  }
  return Catalog::from({family}).value();
}

/// One discarded run, the warm-up as recorded, and from then on the input takes the time.
TimedModel timed_by(std::span<const Duration> warm_up) {
  TimedModel model = timed_model(Duration::zero(), {0.F, 1.F});
  model.time = [warm_up, run = std::size_t{0}](Rng&) mutable {
    const std::size_t now = run++;
    return now >= 1 && now <= warm_up.size() ? warm_up[now - 1] : Duration::zero();
  };
  return model;
}

/// Drives the threaded engine through a workload, one event at a time.
class EngineWorld {
 public:
  EngineWorld(const ModelSet& models, const Workload& workload, const SimulationSetting& setting)
      : workload_(workload), setting_(setting), catalog_(catalog_of(models)) {
    for (std::size_t m = 0; m < models.size(); ++m) {
      backend_.add(file_of(models.models()[m].name), timed_by(workload.warm_up(m)));
    }
  }

  std::vector<SimulatedOutcome> run(const Selector& policy) {
    EXPECT_TRUE(models_.load_all());
    clock_.stop(kBegin);
    Engine engine({.workers = *setting_.workers, .seed = setting_.seed}, clock_, models_);
    outcomes_.resize(workload_.requests().size());
    for (const std::size_t index : by_arrival()) {
      const TimePoint arrival = arrival_of(index);
      wake_until(engine, arrival);
      clock_.set(arrival);
      submit(engine, index, policy);
      settle(engine);
    }
    wake_until(engine, TimePoint::max());
    EXPECT_TRUE(engine.drain(RealClock().now() + 10s));
    return outcomes_;
  }

 private:
  TimePoint arrival_of(std::size_t index) const {
    const SimulatedRequest& request = workload_.requests()[index];
    return kBegin + request.sent + request.network.input;
  }

  std::vector<std::size_t> by_arrival() const {
    std::vector<std::size_t> order(workload_.requests().size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, {}, [this](std::size_t i) { return arrival_of(i); });
    return order;
  }

  void submit(Engine& engine, std::size_t index, const Selector& policy) {
    const SimulatedRequest& sent = workload_.requests()[index];
    Request request{.candidates = {},
                    .terms = {.timing = {.sla = setting_.sla,
                                         .elapsed = {},
                                         .input = sent.network.input,
                                         .output = sent.network.input,
                                         .received = clock_.now()},
                              .threshold = setting_.threshold,
                              .policy = &policy},
                    .input = std::make_unique<RecordedInput>(clock_, workload_.executions(index))};
    for (std::size_t m = 0; m < catalog_.models().size(); ++m) {
      request.candidates.push_back(ModelId{static_cast<std::uint32_t>(m)});
    }
    engine.submit(std::move(request), [this, index, sent](Result<Answer> answer) {
      ASSERT_TRUE(answer) << answer.error().message;
      outcomes_[index] = {.model = answer->model.value,
                          .total = answer->finished - (kBegin + sent.sent) + sent.network.output};
    });
  }

  void wake_until(Engine& engine, TimePoint when) {
    for (auto next = clock_.first(); next && *next <= when; next = clock_.first()) {
      clock_.wake_first();
      settle(engine);
    }
  }

  /// Until every worker sleeps through an execution or has nothing to do.
  void settle(const Engine& engine) const {
    const TimePoint limit = RealClock().now() + 10s;
    while (RealClock().now() < limit) {
      const EngineStatus status = engine.status();
      const bool all_asleep = status.running == clock_.sleepers();
      const auto workers = static_cast<std::size_t>(*setting_.workers);
      if (all_asleep && (status.waiting == 0 || status.running == workers)) return;
      std::this_thread::yield();
    }
    FAIL() << "the engine does not come to rest";
  }

  const Workload& workload_;
  const SimulationSetting& setting_;
  test::SteppedClock clock_{TimePoint(30min)};
  TimedBackend backend_{clock_};
  Catalog catalog_;
  ModelManager models_{catalog_, backend_, clock_, {.threads = 1}};
  std::vector<SimulatedOutcome> outcomes_;  // each written once, by the worker that ran it
};

class Replay : public testing::TestWithParam<const char*> {};

TEST_P(Replay, TheEngineDecidesAsTheSimulatorDoes) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "arrivals.csv") << kArrivals;
  std::ofstream(folder.path() / "network.csv") << kNetwork;
  const auto rows = load_profile_table(CNNSELECT_SOURCE_DIR "/data/paper/table5.csv").value();
  const ModelSet models = ModelSet::from_profiles(rows, "table5").value();
  const Workload workload(
      models, Network::parse((folder.path() / "network.csv").string(), 1).value(),
      Arrivals::parse((folder.path() / "arrivals.csv").string(), {}).value(), {.requests = 360});
  const SimulationSetting setting{.sla = 280ms,
                                  .threshold = 10ms,
                                  .profiles = ProfileKnowledge::kLearnt,
                                  .workers = 3,
                                  .max_queue = 256};
  const auto policy = make_selector(GetParam()).value();

  const auto simulated = simulate(models, workload, *policy, setting);
  const auto served = EngineWorld(models, workload, setting).run(*policy);

  ASSERT_EQ(served.size(), simulated.size());
  std::vector<std::size_t> times_chosen(models.size());
  for (std::size_t i = 0; i < served.size(); ++i) {
    ASSERT_TRUE(simulated[i].model) << i;
    EXPECT_EQ(served[i].model, simulated[i].model) << "request " << i;
    EXPECT_EQ(served[i].total, simulated[i].total) << "request " << i;
    ++times_chosen[*simulated[i].model];
  }
  const auto chosen = std::ranges::count_if(times_chosen, [](std::size_t n) { return n > 0; });
  EXPECT_GE(chosen, 3) << "a trace that leaves nothing to decide would prove nothing";
}

INSTANTIATE_TEST_SUITE_P(Policies, Replay,
                         testing::Values("cnnselect", "ontime", "budget-greedy", "slackfit"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace cnnselect
