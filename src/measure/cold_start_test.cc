#include "measure/cold_start.h"

#include <gtest/gtest.h>

#include "backend/timed_backend.h"
#include "base/clock.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST(ColdStart, IsTheLoadAndTheFirstRun) {
  SimulatedClock clock;
  FamilyMember member{.name = "net", .file = "net.onnx"};
  member.input.resize = {8, 8};
  member.input.crop = {8, 8};
  TimedModel model = timed_model(20ms, {1, 2, 3}, 8);
  model.load_time = 500ms;
  TimedBackend backend(clock);
  backend.add(member.file, std::move(model));
  const auto time = cold_start(member, 3, backend, clock);
  ASSERT_TRUE(time) << time.error().message;
  EXPECT_EQ(*time, 520ms);
  EXPECT_EQ(backend.runs(member.file), 1);
  EXPECT_FALSE(cold_start(member, 4, backend, clock)) << "the network has three classes";
}

}  // namespace
}  // namespace cnnselect
