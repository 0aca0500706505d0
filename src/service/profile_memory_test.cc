#include "service/profile_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "backend/timed_backend.h"
#include "base/clock.h"
#include "base/testing/temporary_folder.h"
#include "store/file_digest.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr ModelId kModel{0};

/// One run of a server with one model of 10 ms, from start to stop.
class ServerRun {
 public:
  ServerRun(const std::filesystem::path& store, const std::filesystem::path& model,
            const std::string& machine = "this machine")
      : catalog_(make_catalog(model)),
        memory_(ProfileMemory::open(store, catalog_, {.machine = machine, .runtime = "a runtime"})
                    .value()),
        models_(
            catalog_, backend_, clock_,
            {.remembered = [this](ModelId id,
                                  const ModelFile& file) { return memory_->remembered(id, file); },
             .switched = [this](ModelId id, const ModelFile& file,
                                std::uint64_t n) { memory_->switched(id, file, n); }}) {
    backend_.add(model, timed_model(10ms, {0.F, 1.F}));
    EXPECT_TRUE(models_.load_all());
  }

  ServerRun(const ServerRun&) = delete;
  ServerRun& operator=(const ServerRun&) = delete;
  ~ServerRun() { stop(); }  // it reads the models, which are made after it

  ModelManager& models() { return models_; }
  TimedBackend& backend() { return backend_; }
  ProfileMemory& memory() { return *memory_; }
  std::uint64_t samples() const { return models_.profile(kModel).hot.samples; }
  void stop() { memory_.reset(); }

 private:
  static Catalog make_catalog(const std::filesystem::path& model) {
    Family family{.name = "f", .task = "t", .labels = {"a", "b"}, .members = {}, .file = {}};
    family.members.push_back(
        {.name = "m", .file = model, .input = {.resize = {1, 1}, .crop = {1, 1}}, .top1 = 0.5});
    return Catalog::from({family}).value();
  }

  SimulatedClock clock_;
  TimedBackend backend_{clock_};
  Catalog catalog_;
  std::unique_ptr<ProfileMemory> memory_;
  ModelManager models_;
};

class ProfileMemoryTest : public testing::Test {
 protected:
  /// A run in which the model takes 20 ms, 590 times; 600 samples with warm-up.
  void learn() {
    ServerRun run(store_, model_);
    run.memory().keep(run.models(), 1h);
    for (int i = 0; i < 590; ++i) run.models().record(kModel, 20ms);
    EXPECT_EQ(run.samples(), 600U);
  }

  TemporaryFolder folder_;
  const std::filesystem::path store_ = folder_.path() / "profiles.db";
  const std::filesystem::path model_ = folder_.write("m.onnx", "the network");
};

TEST_F(ProfileMemoryTest, TheNextRunGoesOnWhereThisOneStopped) {
  learn();
  ServerRun next(store_, model_);
  EXPECT_EQ(next.memory().known(), 1U);
  EXPECT_GE(next.samples(), 610U) << "those before, and warm-up";
}

TEST_F(ProfileMemoryTest, WarmUpThatDiffersWinsOverWhatIsRemembered) {
  learn();  // 20 ms
  ServerRun next(store_, model_);
  EXPECT_EQ(next.models().profile(kModel).hot.mean, 10ms) << "ten runs say otherwise";
  EXPECT_EQ(next.models().changes(kModel), 1U);
}

TEST_F(ProfileMemoryTest, AnotherFileOrMachineBeginsAfresh) {
  learn();
  EXPECT_EQ(ServerRun(store_, model_, "another machine").samples(), 10U);
  folder_.write("m.onnx", "a better network");
  EXPECT_EQ(ServerRun(store_, model_).samples(), 10U);
  folder_.write("m.onnx", "the network");
  EXPECT_GE(ServerRun(store_, model_).samples(), 610U) << "the old one is back, and still known";
}

TEST_F(ProfileMemoryTest, ASwitchedFileHasAProfileOfItsOwn) {
  const auto other = folder_.write("m2.onnx", "another network");
  {
    ServerRun run(store_, model_);
    run.memory().keep(run.models(), 1h);
    for (int i = 0; i < 90; ++i) run.models().record(kModel, 10ms);
    run.backend().add(other, timed_model(30ms, {0.F, 1.F}));
    ASSERT_TRUE(run.models().switch_to(kModel, {.path = other, .version = 2}));
    for (int i = 0; i < 40; ++i) run.models().record(kModel, 30ms);
  }
  auto store = ProfileStore::open(store_, Database::Mode::kReadOnly).value();
  const auto profiles = store.all().value();
  ASSERT_EQ(profiles.size(), 1U) << "of the first file nothing was written before the switch";
  EXPECT_EQ(profiles.front().samples, 50U);
  EXPECT_EQ(profiles.front().key.digest, file_digest(other).value());
  ServerRun next(store_, model_);
  EXPECT_EQ(next.samples(), 10U);
  next.backend().add(other, timed_model(30ms, {0.F, 1.F}));
  ASSERT_TRUE(next.models().switch_to(kModel, {.path = other, .version = 2}));
  EXPECT_GE(next.samples(), 60U) << "what the earlier run learnt of this file, and warm-up";
}

TEST_F(ProfileMemoryTest, AFileWrittenAnewInItsPlaceHasAProfileOfItsOwn) {
  ServerRun run(store_, model_);
  run.memory().keep(run.models(), 1h);
  for (int i = 0; i < 90; ++i) run.models().record(kModel, 10ms);
  folder_.write("m.onnx", "a network of another size");
  ASSERT_TRUE(run.models().switch_to(kModel, {.path = model_, .version = 1}));
  run.stop();
  auto store = ProfileStore::open(store_, Database::Mode::kReadOnly).value();
  const auto profiles = store.all().value();
  ASSERT_EQ(profiles.size(), 1U);
  EXPECT_EQ(profiles.front().samples, 10U);
  EXPECT_EQ(profiles.front().key.digest, file_digest(model_).value());
}

TEST_F(ProfileMemoryTest, WritesWhileItRuns) {
  ServerRun run(store_, model_);
  run.memory().keep(run.models(), 1ms);
  const auto stored = [&] {
    auto store = ProfileStore::open(store_, Database::Mode::kReadOnly).value();
    const auto profiles = store.all().value();
    return profiles.empty() ? 0 : profiles.front().samples;
  };
  run.models().record(kModel, 20ms);
  for (int i = 0; i < 5'000 && stored() < 11; ++i) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(stored(), 11U);
  run.models().record(kModel, 20ms);
  for (int i = 0; i < 5'000 && stored() < 12; ++i) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(stored(), 12U);
}

TEST_F(ProfileMemoryTest, NamesAModelFileThatIsNotThere) {
  Family family{.name = "f", .task = "t", .labels = {"a"}, .members = {}, .file = {}};
  family.members.push_back({.name = "m", .file = "/nowhere/m.onnx"});
  const Catalog catalog = Catalog::from({family}).value();
  const auto memory = ProfileMemory::open(store_, catalog, {});
  ASSERT_FALSE(memory.has_value());
  EXPECT_THAT(memory.error().message, HasSubstr("/nowhere/m.onnx"));
}

}  // namespace
}  // namespace cnnselect
