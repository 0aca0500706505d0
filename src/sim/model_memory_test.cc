#include "sim/model_memory.h"

#include <gtest/gtest.h>

#include "sim/testing/small_world.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

const TimePoint kNow{1h};
const ModelId kSmall{0};
const ModelId kLarge{1};

TEST(ModelMemory, ALoadTakesItsTimeForWhoeverWaits) {
  const ModelSet models = two_models_to_load(200ms, 3s);
  ModelMemory memory(models, {}, 1, 1);
  EXPECT_EQ(memory.cold_start(kSmall, kNow), 200ms);
  EXPECT_EQ(memory.use(kSmall, kNow), kNow + 200ms);
  EXPECT_EQ(memory.cold_start(kSmall, kNow + 50ms), 150ms) << "under way";
  EXPECT_EQ(memory.use(kSmall, kNow + 50ms), kNow + 200ms) << "the same load";
  memory.advance(kNow + 200ms);
  EXPECT_EQ(memory.cold_start(kSmall, kNow + 200ms), 0ms);
  EXPECT_EQ(memory.use(kSmall, kNow + 300ms), kNow + 300ms);
  EXPECT_EQ(memory.loads(), 1U);
}

TEST(ModelMemory, WishesBringModelsInAndOutOfALimitedMemory) {
  const ModelSet models = two_models_to_load(200ms, 3s);
  ModelMemory memory(models, {.memory = 100}, 1'000, 1);
  memory.use(kSmall, kNow);
  memory.advance(kNow + 200ms);
  EXPECT_EQ(memory.cold_start(kLarge, kNow + 200ms), kForever) << "not while somebody has to go";
  for (int i = 0; i < 1'000; ++i) memory.wished(kLarge, kNow + 200ms);
  memory.wished(kLarge, kNow + 300ms);  // looked for now and then only
  EXPECT_EQ(memory.loads(), 1U) << "the small one is in use";
  memory.release(kSmall, kNow + 310ms);
  EXPECT_EQ(memory.loads(), 2U);
  EXPECT_EQ(memory.evictions(), 1U);
  EXPECT_EQ(memory.cold_start(kLarge, kNow + 1'310ms), 2s);
  EXPECT_EQ(memory.cold_start(kSmall, kNow + 310ms), kForever);
  memory.advance(kNow + 4s);
  EXPECT_EQ(memory.cold_start(kLarge, kNow + 4s), 0ms);
}

TEST(ModelMemory, SaysWhatTheProfileLacks) {
  const ModelSet bare = three_models();
  EXPECT_EQ(check_cold_start(bare, {}).error().message,
            "model 'small' has no cold_mean_ms in the profile");
  const ModelSet models = two_models_to_load(200ms, 3s);
  EXPECT_TRUE(check_cold_start(models, {}).has_value());
  EXPECT_TRUE(check_cold_start(models, {.memory = 100}).has_value());
  EXPECT_EQ(check_cold_start(models, {.memory = 99}).error().message,
            "model 'large' of 100 bytes does not fit into a memory of 99");
  auto sizeless = row("m", 0.5, 10, 1);
  sizeless.cold_mean = 1s;
  EXPECT_EQ(check_cold_start(ModelSet::from_profiles({sizeless}, "t").value(), {.memory = 1})
                .error()
                .message,
            "model 'm' has no bytes in the profile");
}

}  // namespace
}  // namespace cnnselect
