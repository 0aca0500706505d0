#include "backend/timed_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <thread>

#include "base/clock.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr const char* kFile = "model.onnx";
const std::vector<std::int64_t> kShape{1, 3, 1, 1};
const std::vector<std::byte> kPixel(12);

class TimedBackendTest : public ::testing::Test {
 protected:
  Result<Tensor> run(LoadedModel& model, const std::stop_token& stop = {}) {
    return model.run({ElementType::kFp32, kShape, kPixel}, stop);
  }

  SimulatedClock clock_;
  TimedBackend backend_{clock_};
};

TEST_F(TimedBackendTest, TakesItsTimeOnTheClockAndGivesItsLogits) {
  TimedModel slow = timed_model(20ms, {1, 5});
  slow.load_time = 300ms;
  backend_.add(kFile, std::move(slow));
  const TimePoint start = clock_.now();
  const auto model = backend_.load(kFile);
  EXPECT_EQ(clock_.now() - start, 300ms);
  const auto output = run(**model);
  EXPECT_EQ(clock_.now() - start, 320ms);
  EXPECT_EQ(output->shape, (std::vector<std::int64_t>{1, 2}));
  float second = 0;
  std::memcpy(&second, &output->bytes[4], sizeof second);
  EXPECT_EQ(second, 5);
  EXPECT_EQ(backend_.loads(kFile), 1);
  EXPECT_EQ(backend_.runs(kFile), 1);
}

TEST_F(TimedBackendTest, DrawsTimesFromALawTheSameForTheSameSeed) {
  const auto total = [](std::uint64_t seed) {
    SimulatedClock clock;
    TimedBackend backend(clock, seed);
    TimedModel model;
    model.time = [](Rng& rng) { return from_ms(10 * rng.uniform()); };
    backend.add(kFile, std::move(model));
    const auto loaded = backend.load(kFile);
    const TimePoint start = clock.now();
    for (int i = 0; i < 20; ++i) {
      EXPECT_TRUE((*loaded)->run({ElementType::kFp32, kShape, kPixel}, {}).has_value());
    }
    return clock.now() - start;
  };
  EXPECT_EQ(total(3), total(3));
  EXPECT_NE(total(3), total(4));
}

TEST_F(TimedBackendTest, AnswersFromTheInputWhenAsked) {
  TimedModel echo;
  echo.answer = [](const TensorView& input) {
    return Tensor{ElementType::kFp32, {1, 2}, {input.bytes.begin(), input.bytes.begin() + 8}};
  };
  backend_.add(kFile, std::move(echo));
  EXPECT_EQ(run(**backend_.load(kFile))->bytes.size(), 8U);
}

TEST_F(TimedBackendTest, KeepsTheContractOfInputs) {
  backend_.add(kFile, timed_model(0ms, {1, 2}, 4));
  const auto output = run(**backend_.load(kFile));
  ASSERT_FALSE(output.has_value());
  EXPECT_EQ(output.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(backend_.runs(kFile), 0);
}

TEST_F(TimedBackendTest, FailsWhenTold) {
  backend_.add(kFile, timed_model(5ms, {1}));
  backend_.set_load_error(kFile, Error{ErrorCode::kInvalidArgument, "broken"});
  EXPECT_EQ(backend_.load(kFile).error().message, "model.onnx: broken");
  backend_.set_load_error(kFile, std::nullopt);
  const auto model = backend_.load(kFile);
  backend_.set_run_error(kFile, Error{ErrorCode::kInternal, "out of luck"});
  EXPECT_EQ(run(**model).error().message, "out of luck");
  backend_.set_run_error(kFile, std::nullopt);
  EXPECT_TRUE(run(**model).has_value());
  EXPECT_EQ(backend_.load("other.onnx").error().code, ErrorCode::kNotFound);
}

TEST_F(TimedBackendTest, ABlockedRunWaitsForItsRelease) {
  backend_.add(kFile, timed_model(5ms, {1}));
  const auto model = backend_.load(kFile);
  backend_.block(kFile);
  bool good = false;
  std::jthread runner([&] { good = run(**model).has_value(); });
  backend_.wait_until_running(kFile, 1);
  EXPECT_EQ(backend_.runs(kFile), 1);
  backend_.release(kFile);
  runner.join();
  EXPECT_TRUE(good);
}

TEST_F(TimedBackendTest, ABlockedRunEndsWhenStopped) {
  backend_.add(kFile, timed_model(1h, {1}));
  const auto model = backend_.load(kFile);
  backend_.block(kFile);
  const TimePoint start = clock_.now();
  std::stop_source source;
  ErrorCode code{};
  std::jthread runner([&] { code = run(**model, source.get_token()).error().code; });
  backend_.wait_until_running(kFile, 1);
  source.request_stop();
  runner.join();
  EXPECT_EQ(code, ErrorCode::kCancelled);
  EXPECT_EQ(clock_.now(), start) << "what is stopped takes no time";
}

TEST_F(TimedBackendTest, ALoadedModelOutlivesItsBackend) {
  auto backend = std::make_unique<TimedBackend>(clock_);
  backend->add(kFile, timed_model(1ms, {1}));
  const auto model = backend->load(kFile);
  backend.reset();
  EXPECT_TRUE(run(**model).has_value());
}

}  // namespace
}  // namespace cnnselect
