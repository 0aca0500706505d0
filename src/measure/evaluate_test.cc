#include "measure/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "backend/onnxruntime_backend.h"
#include "backend/testing/onnx_file.h"
#include "backend/timed_backend.h"
#include "base/clock.h"
#include "base/testing/temporary_folder.h"
#include "image/testing/test_pictures.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using test::Rgb;
using ::testing::HasSubstr;

TEST(Proportion, HasTheBinomialStandardError) {
  const Proportion quarter = proportion(25, 100);
  EXPECT_DOUBLE_EQ(quarter.value, 0.25);
  EXPECT_NEAR(quarter.standard_error, 0.0433, 1e-4);
  EXPECT_EQ(proportion(7, 7).standard_error, 0);
  EXPECT_EQ(proportion(0, 0).value, 0);
}

TEST(Summarise, TakesMeanAndNearestRanks) {
  std::vector<Duration> times;
  for (int i = 100; i >= 1; --i) times.emplace_back(i * 1ms);
  const TimeSummary summary = summarise(times);
  EXPECT_EQ(summary.mean, 50'500us);
  EXPECT_EQ(summary.p50, 50ms);
  EXPECT_EQ(summary.p90, 90ms);
  EXPECT_EQ(summary.p95, 95ms);
  EXPECT_EQ(summary.p99, 99ms);
  EXPECT_NEAR(to_ms(summary.deviation), 29.011, 0.001);
  EXPECT_EQ(summarise({3ms}).p95, 3ms);
  EXPECT_EQ(summarise({}).mean, 0ms);
}

class Evaluate : public ::testing::Test {
 protected:
  Evaluate() {
    member_.name = "net";
    member_.file = "net.onnx";
    member_.input.resize = {8, 8};
    member_.input.crop = {8, 8};
  }

  LabelledPicture picture(const char* name, const Rgb& colour, std::size_t index) {
    const auto png =
        test::encode_png(test::draw_quarters(12, 10, {colour, colour, colour, colour}));
    const std::string_view bytes(reinterpret_cast<const char*>(png.data()), png.size());
    return {folder_.write(name, bytes), index};
  }

  Result<Evaluation> run(Backend& backend, std::span<const LabelledPicture> pictures,
                         std::size_t labels = 3) {
    return evaluate(member_, labels, backend, pictures, clock_,
                    [this](std::size_t done, std::size_t of) { seen_.emplace_back(done, of); });
  }

  TemporaryFolder folder_;
  SimulatedClock clock_;
  FamilyMember member_;
  std::vector<std::pair<std::size_t, std::size_t>> seen_;
};

// The network answers the strongest colour; one of the four pictures carries a wrong label.
TEST_F(Evaluate, CountsWhatARealNetworkGetsRight) {
  const auto graph = test::mean_classifier({"x", test::kOnnxFloat, {-1, 3, 8, 8}}, {2, 3});
  member_.file = folder_.write("net.onnx", test::onnx_bytes(graph));
  const std::vector pictures{
      picture("red.png", {250, 3, 2}, 0), picture("green.png", {3, 250, 2}, 1),
      picture("blue.png", {3, 2, 250}, 2), picture("wrong.png", {3, 2, 250}, 1)};
  OnnxRuntimeBackend backend;
  const auto result = run(backend, pictures);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->pictures, 4U);
  EXPECT_DOUBLE_EQ(result->top1.value, 0.75);
  EXPECT_DOUBLE_EQ(result->top5.value, 1) << "three classes are all among the best five";
  EXPECT_GT(result->top1.standard_error, 0.2);
  EXPECT_EQ(seen_,
            (std::vector<std::pair<std::size_t, std::size_t>>{{1, 4}, {2, 4}, {3, 4}, {4, 4}}));
}

TEST_F(Evaluate, TheFirstRunIsNotAmongTheTimes) {
  TimedModel model = timed_model(20ms, {1, 2, 3, 4, 5, 6, 7}, 8);
  model.load_time = 500ms;
  TimedBackend backend(clock_);
  backend.add(member_.file, std::move(model));
  const std::vector pictures{picture("a.png", {1, 2, 3}, 0), picture("b.png", {1, 2, 3}, 2)};
  const auto result = run(backend, pictures, 7);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->hot.mean, 20ms) << "no time passes for preparing";
  EXPECT_EQ(result->infer.mean, 20ms);
  EXPECT_EQ(result->infer.p95, 20ms);
  EXPECT_EQ(result->decode.mean, 0ms) << "no time passes for it on the simulated clock";
  EXPECT_EQ(backend.runs(member_.file), 3);
  EXPECT_EQ(result->top1.value, 0);
  EXPECT_DOUBLE_EQ(result->top5.value, 0.5) << "class 2 is the fifth best, class 0 the last";
}

TEST_F(Evaluate, ErrorsNameTheModelOrThePicture) {
  TimedBackend backend(clock_);
  backend.add(member_.file, timed_model(1ms, {1, 2, 3}, 8));
  const std::vector good{picture("a.png", {1, 2, 3}, 0)};
  const std::vector text{LabelledPicture{folder_.write("b.png", "no picture"), 0}};
  const std::vector missing{LabelledPicture{folder_.path() / "c.png", 0}};
  EXPECT_THAT(run(backend, text).error().message, HasSubstr("b.png: not a JPEG"));
  EXPECT_THAT(run(backend, missing).error().message, HasSubstr("c.png: cannot read"));
  EXPECT_THAT(run(backend, good, 4).error().message, HasSubstr("the family has 4 labels"));
  backend.set_run_error(member_.file, Error{ErrorCode::kInternal, "out of luck"});
  EXPECT_EQ(run(backend, good).error().message, "model 'net': out of luck");
  backend.set_load_error(member_.file, Error{ErrorCode::kInvalidArgument, "broken"});
  EXPECT_EQ(run(backend, good).error().message, "model 'net': net.onnx: broken");
}

}  // namespace
}  // namespace cnnselect
