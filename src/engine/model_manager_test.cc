#include "engine/model_manager.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "engine/testing/timed_world.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST(ModelManager, LoadsEveryModelAndSeedsItsProfile) {
  // One thread: on the simulated clock, models that load at once would see each other's time.
  TimedWorld world({{"small", 0.5, 2ms}, {"large", 0.9, 40ms}});
  ModelManager models(world.catalog(), world.backend(), world.clock(),
                      {.warm_up_runs = 10, .threads = 1});
  ASSERT_FALSE(models.loaded(ModelId{0}));
  ASSERT_TRUE(models.load_all());
  EXPECT_TRUE(models.loaded(ModelId{0}));
  const Profile profile = models.profile(ModelId{1});
  EXPECT_EQ(profile.hot.samples, 10U) << "the first run is not among them";
  EXPECT_NEAR(to_ms(profile.hot.mean), 40, 0.001);
  EXPECT_EQ(profile.cold_start, Duration(40ms)) << "load (no time here) and first run";
  EXPECT_DOUBLE_EQ(profile.top1, 0.9);
  EXPECT_EQ(world.backend().runs(TimedWorld::file("large")), 11);
}

TEST(ModelManager, LearnsFromEveryRecordedExecution) {
  TimedWorld world({{"small", 0.5, 2ms}});
  ASSERT_TRUE(world.models().load_all());
  for (int i = 0; i < 300; ++i) world.models().record(ModelId{0}, 8ms);
  const Candidate candidate = world.models().candidate(ModelId{0}, world.clock().now(), {});
  EXPECT_NEAR(to_ms(candidate.mean), 8, 0.3);
  EXPECT_NEAR(to_ms(candidate.profiled), 2, 0.001) << "as warm-up measured it";
  EXPECT_DOUBLE_EQ(candidate.accuracy, 0.5);
}

TEST(ModelManager, HandsOutTheDistributionToThoseWhoAsk) {
  TimedWorld world({{"small", 0.5, 2ms}});
  ASSERT_TRUE(world.models().load_all());
  for (int i = 0; i < 400; ++i) world.models().record(ModelId{0}, i % 4 == 0 ? 30ms : 10ms);
  EXPECT_TRUE(world.models().candidate(ModelId{0}, world.clock().now(), {}).times.empty());
  std::array<Duration, kProfileTimes> space{};
  const Candidate candidate = world.models().candidate(ModelId{0}, world.clock().now(), space);
  ASSERT_EQ(candidate.times.data(), space.data());
  ASSERT_EQ(candidate.times.size(), kProfileTimes);
  const auto slow = std::ranges::count_if(candidate.times, [](Duration t) { return t > 20ms; });
  EXPECT_NEAR(static_cast<double>(slow), kProfileTimes / 4.0, 2) << "every fourth run";
  EXPECT_NEAR(to_ms(candidate.times.front()), 10, 0.4);
  EXPECT_NEAR(to_ms(candidate.times.back()), 30, 1);
}

/// A model in memory whose file may be switched for another, of 5 ms or broken.
class Switching : public testing::Test {
 protected:
  Switching() : world_({{"small", 0.5, 2ms}, {"large", 0.9, 40ms}}) {
    world_.backend().add(kNew.path, timed_model(5ms, {0.F, 1.F}));
    EXPECT_TRUE(models_.load_all());
  }

  const ModelId small_{0};
  const ModelFile kNew{.path = "/models/small.2.onnx", .version = 2};
  const ModelFile kMissing{.path = "/models/small.3.onnx", .version = 3};
  std::vector<std::uint64_t> told_;
  TimedWorld world_;
  ModelManager models_{world_.catalog(),
                       world_.backend(),
                       world_.clock(),
                       {.warm_up_runs = 10,
                        .threads = 1,
                        .switched = [this](ModelId, const ModelFile& file, std::uint64_t n) {
                          EXPECT_EQ(file, kNew);
                          told_.push_back(n);
                        }}};
};

TEST_F(Switching, TheNewFileIsWarmBeforeItTakesThePlace) {
  for (int i = 0; i < 100; ++i) models_.record(small_, 3ms);
  const ModelHandle before = models_.acquire(small_).value();
  ASSERT_TRUE(models_.switch_to(small_, kNew));
  EXPECT_EQ(world_.backend().runs(kNew.path), 11) << "a first run, and ten to warm up";
  EXPECT_EQ(models_.file(small_), kNew);
  EXPECT_EQ(models_.profile(small_).hot.samples, 10U);
  EXPECT_NEAR(to_ms(models_.profile(small_).hot.mean), 5, 0.001);
  EXPECT_EQ(models_.candidate(small_, world_.clock().now(), {}).profiled, 5ms);
  EXPECT_NE(&models_.acquire(small_)->model(), &before.model());
  const std::array<std::int64_t, 4> shape{1, 3, 1, 1};
  const std::vector<std::byte> pixel(3 * sizeof(float));
  EXPECT_TRUE(before.model().run({ElementType::kFp32, shape, pixel}, {}))
      << "who has begun on the old one may end on it";
  EXPECT_EQ(told_, std::vector<std::uint64_t>{1});
  EXPECT_EQ(models_.remember(small_).switches, 1U);
}

TEST_F(Switching, AFileThatDoesNotLoadChangesNothing) {
  for (int i = 0; i < 20; ++i) models_.record(small_, 3ms);
  const LoadedModel* const before = &models_.acquire(small_)->model();
  const Status switched = models_.switch_to(small_, kMissing);
  ASSERT_FALSE(switched);
  EXPECT_NE(switched.error().message.find("model 'small'"), std::string::npos);
  EXPECT_EQ(&models_.acquire(small_)->model(), before);
  EXPECT_EQ(models_.profile(small_).hot.samples, 30U);
  EXPECT_EQ(models_.file(small_).version, 1);
  EXPECT_TRUE(told_.empty());
}

TEST_F(Switching, AWithdrawnModelStaysForThoseWhoMayStillRunIt) {
  auto lease = models_.lease(small_);
  ASSERT_TRUE(models_.ready(small_));
  EXPECT_TRUE(models_.withdraw(small_));
  EXPECT_FALSE(models_.withdraw(small_)) << "it is withdrawn";
  EXPECT_FALSE(models_.ready(small_));
  EXPECT_EQ(models_.lease(small_), nullptr);
  EXPECT_TRUE(models_.acquire(small_)) << "a request is on its way";
  lease.reset();
  EXPECT_FALSE(models_.loaded(small_));
  EXPECT_EQ(models_.acquire(small_).error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(models_.ready(ModelId{1})) << "the others go on";
}

TEST_F(Switching, AWithdrawnModelIsOfferedAgainWithItsNextFile) {
  const auto old_lease = models_.lease(small_);
  EXPECT_TRUE(models_.withdraw(small_));
  ASSERT_TRUE(models_.switch_to(small_, kNew));
  EXPECT_TRUE(models_.ready(small_));
  EXPECT_TRUE(models_.acquire(small_));
  EXPECT_NE(models_.lease(small_), nullptr);
}

TEST_F(Switching, TheLastOldLeaseTakesNothingFromTheNewOffer) {
  auto old_lease = models_.lease(small_);
  EXPECT_TRUE(models_.withdraw(small_));
  ASSERT_TRUE(models_.switch_to(small_, kNew));
  old_lease.reset();
  EXPECT_TRUE(models_.loaded(small_));
}

TEST_F(Switching, AnOldOffersLastLeaseTakesNothingFromALaterOne) {
  auto first = models_.lease(small_);
  EXPECT_TRUE(models_.withdraw(small_));
  ASSERT_TRUE(models_.switch_to(small_, kNew));
  const auto second = models_.lease(small_);
  EXPECT_TRUE(models_.withdraw(small_));
  first.reset();
  EXPECT_TRUE(models_.acquire(small_)) << "whoever has the second may still run";
}

class WithMemory : public testing::Test {
 protected:
  /// Every model takes `growth_` bytes more than was there before.
  std::unique_ptr<ModelManager> manager(std::uint64_t memory) {
    return std::make_unique<ModelManager>(
        world_.catalog(), world_.backend(), world_.clock(),
        ModelManager::Options{.threads = 2, .memory = memory, .process_bytes = [this] {
                                return process_bytes_ += growth_;
                              }});
  }
  TimedWorld world_{{{"small", 0.5, 2ms}, {"medium", 0.7, 10ms}, {"large", 0.9, 40ms}}};
  std::uint64_t process_bytes_ = 0;
  std::uint64_t growth_ = 100;
};

TEST_F(WithMemory, EveryModelIsMeasuredAndWhatFitsStays) {
  const auto models = manager(200);
  EXPECT_FALSE(models->ready(ModelId{2}));
  ASSERT_TRUE(models->load_all());
  EXPECT_TRUE(models->loaded(ModelId{0}));
  EXPECT_TRUE(models->loaded(ModelId{1}));
  EXPECT_FALSE(models->loaded(ModelId{2}));
  EXPECT_TRUE(models->ready(ModelId{2})) << "it can be asked for";
  EXPECT_NEAR(to_ms(models->profile(ModelId{2}).hot.mean), 40, 0.01);
  EXPECT_TRUE(models->specs(ModelId{2}).has_value());
  EXPECT_EQ(models->memory()->used, 200U);
  EXPECT_EQ(models->candidate(ModelId{0}, world_.clock().now(), {}).cold_start, 0ms);
  EXPECT_EQ(models->candidate(ModelId{2}, world_.clock().now(), {}).cold_start, kForever);
}

/// A runtime whose first load of a file takes a second and a thousand bytes more, unless prepared.
class SlowAtFirst final : public Backend {
 public:
  explicit SlowAtFirst(Clock& clock) : clock_(clock), timed_(clock) {
    timed_.add(TimedWorld::file("small"), timed_model(2ms, {0.F, 1.F}));
  }
  std::string description() const override { return timed_.description(); }
  void prepare(const std::filesystem::path&) override {
    if (std::exchange(first_, false)) clock_.sleep_until(clock_.now() + 1s);
    if (bytes_ == 0) bytes_ = 1'000;
  }
  Result<std::unique_ptr<LoadedModel>> load(const std::filesystem::path& file) override {
    prepare(file);
    bytes_ += 70;
    return timed_.load(file);
  }
  std::uint64_t bytes() const { return bytes_; }

 private:
  Clock& clock_;
  TimedBackend timed_;
  bool first_ = true;
  std::uint64_t bytes_ = 0;
};

TEST(ModelManager, MeasuresALoadAsEveryLaterOneIs) {
  TimedWorld world({{"small", 0.5, 2ms}});
  SlowAtFirst backend(world.clock());
  ModelManager models(
      world.catalog(), backend, world.clock(),
      {.threads = 1, .memory = 1'000, .process_bytes = [&] { return backend.bytes(); }});
  ASSERT_TRUE(models.load_all());
  EXPECT_EQ(models.profile(ModelId{0}).cold_start, Duration(2ms));
  EXPECT_EQ(models.memory()->used, 70U);
}

TEST_F(WithMemory, APinKeepsAModelAndItsEndMakesRoom) {
  const auto models = manager(100);
  ASSERT_TRUE(models->load_all());
  {
    const auto pin = models->acquire(ModelId{0});
    ASSERT_TRUE(pin.has_value());
    const auto copy = *pin;
    EXPECT_TRUE(models->loaded(ModelId{0}));
  }
  const auto pin = models->acquire(ModelId{2});
  ASSERT_TRUE(pin.has_value());
  const std::vector<std::byte> pixel(12);
  const std::vector<std::int64_t> shape{1, 3, 1, 1};
  EXPECT_TRUE(pin->model().run({ElementType::kFp32, shape, pixel}, {}).has_value());
  EXPECT_FALSE(models->loaded(ModelId{0}));
}

TEST_F(WithMemory, ASwitchedModelCountsAsWhatItsNewFileTakes) {
  const auto models = manager(300);
  ASSERT_TRUE(models->load_all());
  ASSERT_EQ(models->memory()->used, 300U);
  world_.backend().add("v2/small.onnx", timed_model(3ms, {0.F, 1.F}));
  growth_ = 250;
  models->wished(ModelId{0});
  ASSERT_TRUE(models->switch_to(ModelId{0}, {.path = "v2/small.onnx", .version = 2, .top1 = 0.5}));
  EXPECT_LE(models->memory()->used, 300U) << "250 and no more than one of the others";
  EXPECT_TRUE(models->loaded(ModelId{0}));
  EXPECT_FALSE(models->loaded(ModelId{1}) || models->loaded(ModelId{2}));
  growth_ = 301;
  EXPECT_EQ(models->switch_to(ModelId{0}, {.path = "v2/small.onnx", .version = 3}).error().message,
            "model 'small' takes 301 bytes; the memory budget is 300");
  EXPECT_EQ(models->version(ModelId{0}), 2);
}

TEST_F(WithMemory, AModelThatFitsNowhereIsNamed) {
  const auto models = manager(99);
  EXPECT_EQ(models->load_all().error().message,
            "model 'small' takes 100 bytes; the memory budget is 99");
}

TEST(ModelManager, NamesTheModelThatDoesNotLoad) {
  TimedWorld world({{"small", 0.5, 2ms}, {"large", 0.9, 40ms}});
  world.backend().set_load_error(TimedWorld::file("large"),
                                 Error{ErrorCode::kInvalidArgument, "cut off"});
  const Status loaded = world.models().load_all();
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(loaded.error().message, "model 'large': /models/large.onnx: cut off");
}

TEST(ModelManager, NamesTheModelWhoseFirstRunFails) {
  TimedWorld world({{"small", 0.5, 2ms}});
  world.backend().set_run_error(TimedWorld::file("small"),
                                Error{ErrorCode::kInternal, "no memory"});
  const Status loaded = world.models().load_all();
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().message, "model 'small' (/models/small.onnx): first run: no memory");
}

TEST(ModelManager, RefusesANetworkThatIsNotTheOneDescribed) {
  TimedWorld world({{"small", 0.5, 2ms}});
  ModelManager models(
      world.catalog(), world.backend(), world.clock(),
      {.check = [](const FamilyMember& member, std::size_t labels, const LoadedModel&) -> Status {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("{}: {} labels do not fit", member.name, labels));
      }});
  const Status loaded = models.load_all();
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().message, "small: 2 labels do not fit") << "as the check said it";
  EXPECT_EQ(world.backend().runs(TimedWorld::file("small")), 0) << "refused before it runs";
}

TEST(ModelManager, WarmsUpOnlyWhenEveryModelIsLoaded) {
  TimedWorld world({{"first", 0.5, 2ms}, {"second", 0.9, 4ms}});
  std::string order;
  for (const std::string name : {"first", "second"}) {
    TimedModel model = timed_model(2ms, {0.F, 1.F});
    model.answer = [&order, name](const TensorView&) {
      order += name.front();
      return Tensor{ElementType::kFp32, {1, 2}, std::vector<std::byte>(8)};
    };
    world.backend().add(TimedWorld::file(name), std::move(model));
  }
  ModelManager models(world.catalog(), world.backend(), world.clock(),
                      {.warm_up_runs = 3, .threads = 1});
  ASSERT_TRUE(models.load_all());
  EXPECT_EQ(order, "fsfffsss") << "the first runs belong to loading";
}

TEST(ModelManager, FillsFreeDimensionsFromTheFamilyFile) {
  struct Row {
    const char* what;
    Layout layout;
    TensorSpec input;
    std::vector<std::int64_t> shape;
  };
  const std::vector<Row> rows = {
      {"only the batch is free",
       Layout::kNchw,
       {"x", ElementType::kFp32, {-1, 3, 8, 8}},
       {1, 3, 8, 8}},
      {"all but the channels",
       Layout::kNchw,
       {"x", ElementType::kFp32, {-1, 3, -1, -1}},
       {1, 3, 7, 7}},
      {"everything, channels last",
       Layout::kNhwc,
       {"x", ElementType::kUint8, {-1, -1, -1, -1}},
       {1, 7, 7, 3}},
      {"a batch fixed at 2", Layout::kNchw, {"x", ElementType::kFp32, {2, 3, 7, 7}}, {2, 3, 7, 7}},
  };
  for (const Row& row : rows) {
    SimulatedClock clock;
    TimedBackend backend(clock);
    std::vector<std::int64_t> seen;
    TimedModel model;
    model.input = row.input;
    model.answer = [&seen](const TensorView& input) {
      seen.assign(input.shape.begin(), input.shape.end());
      return Tensor{ElementType::kFp32, {1, 2}, std::vector<std::byte>(8)};
    };
    backend.add("m.onnx", std::move(model));
    Family family{.name = "f", .task = "t", .labels = {"no", "yes"}, .members = {}, .file = {}};
    family.members.push_back({.name = "m",
                              .file = "m.onnx",
                              .input = {.resize = {9, 9}, .crop = {7, 7}, .layout = row.layout}});
    const Catalog catalog = Catalog::from({family}).value();
    ModelManager models(catalog, backend, clock, {});
    const Status loaded = models.load_all();
    EXPECT_TRUE(loaded) << row.what << ": " << (loaded ? "" : loaded.error().message);
    EXPECT_EQ(seen, row.shape) << row.what;
  }
}

TEST(ModelManager, APinOutlivesItsManager) {
  TimedWorld world({{"small", 0.5, 2ms}});
  std::optional<ModelHandle> pin;
  {
    ModelManager models(world.catalog(), world.backend(), world.clock(), {});
    ASSERT_TRUE(models.load_all());
    pin = models.acquire(ModelId{0}).value();
  }
  EXPECT_EQ(pin->model().output().shape.back(), 2);
}

TEST(ModelManager, HandsOutNoPinOnWhatIsNotLoaded) {
  TimedWorld world({{"small", 0.5, 2ms}});
  const auto handle = world.models().acquire(ModelId{0});
  ASSERT_FALSE(handle.has_value());
  EXPECT_EQ(handle.error(),
            (Error{ErrorCode::kUnavailable, "model 'small' is not at ready state"}));
}

}  // namespace
}  // namespace cnnselect
