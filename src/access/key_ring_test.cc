#include "access/key_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

ApiKey key(std::string name, std::string_view secret) {
  return {.name = std::move(name), .digest = sha256_of(secret)};
}

ErrorCode code_of(const Result<KeyRing::Admission>& admission) {
  EXPECT_FALSE(admission.has_value());
  return admission ? ErrorCode::kInternal : admission.error().code;
}

TEST(KeyRing, LetsKnownKeysIn) {
  KeyRing ring({key("app", "one"), key("other", "two")});
  EXPECT_TRUE(ring.admit("one", Access::kCall, {}));
  EXPECT_TRUE(ring.admit("two", Access::kCall, {}));
  EXPECT_EQ(code_of(ring.admit(std::nullopt, Access::kCall, {})), ErrorCode::kUnauthenticated);
  EXPECT_EQ(code_of(ring.admit("", Access::kCall, {})), ErrorCode::kUnauthenticated);
  EXPECT_EQ(ring.unknown(), 2U);
  EXPECT_EQ(ring.counts().at("app").admitted, 1U);
}

TEST(KeyRing, TellsNobodysKey) {
  KeyRing ring({key("app", "one")});
  const auto refused = ring.admit("guessed-secret", Access::kCall, {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, Not(HasSubstr("guessed")));
}

TEST(KeyRing, OnlyAdminsChangeThings) {
  KeyRing ring({key("app", "one"), {.name = "ops", .digest = sha256_of("two"), .admin = true}});
  EXPECT_EQ(code_of(ring.admit("one", Access::kAdmin, {})), ErrorCode::kForbidden);
  EXPECT_TRUE(ring.admit("two", Access::kAdmin, {}));
  EXPECT_TRUE(ring.admit("two", Access::kCall, {}));
}

TEST(KeyRing, HoldsEachKeyToItsRate) {
  KeyRing ring({{.name = "app", .digest = sha256_of("one"), .per_second = 10, .burst = 2},
                key("free", "two")});
  const TimePoint now{};
  EXPECT_TRUE(ring.admit("one", Access::kCall, now));
  EXPECT_TRUE(ring.admit("one", Access::kCall, now));
  EXPECT_EQ(code_of(ring.admit("one", Access::kCall, now)), ErrorCode::kTooMany);
  EXPECT_TRUE(ring.admit("two", Access::kCall, now)) << "another key is not concerned";
  EXPECT_TRUE(ring.admit("one", Access::kCall, now + milliseconds(100)));
  EXPECT_EQ(ring.counts().at("app").too_fast, 1U);
}

TEST(KeyRing, HoldsEachKeyToSoManyAtATime) {
  KeyRing ring({{.name = "app", .digest = sha256_of("one"), .concurrent = 2}});
  auto first = ring.admit("one", Access::kCall, {});
  const auto second = ring.admit("one", Access::kCall, {});
  const auto third = ring.admit("one", Access::kCall, {});
  EXPECT_EQ(code_of(third), ErrorCode::kTooMany);
  EXPECT_THAT(third.error().message, HasSubstr("2 requests under way; allowed: 2"));
  EXPECT_EQ(first->key, "app");
  first->reset();
  EXPECT_TRUE(ring.admit("one", Access::kCall, {}));
  EXPECT_EQ(ring.counts().at("app").under_way, 1U) << "the last one is over already";
}

TEST(KeyRing, IsExactBetweenThreads) {
  KeyRing ring({{.name = "app", .digest = sha256_of("one"), .concurrent = 3}});
  std::atomic<int> under_way = 0;
  std::atomic<int> most = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 2000; ++i) {
          auto admission = ring.admit("one", Access::kCall, {});
          if (!admission) continue;
          const int now = ++under_way;
          int seen = most;
          while (now > seen && !most.compare_exchange_weak(seen, now)) {
          }
          --under_way;  // before the ring hears of it
        }
      });
    }
  }
  EXPECT_LE(most, 3);
  EXPECT_EQ(ring.counts().at("app").under_way, 0U);
}

TEST(KeyRing, AnAdmissionMayOutliveIt) {
  KeyRing::Admission admission;
  {
    KeyRing ring({key("app", "one")});
    admission = *ring.admit("one", Access::kCall, {});
  }
  admission.reset();
}

TEST(KeyRing, ReadsItsFileAgain) {
  TemporaryFolder folder;
  const auto text = [](std::string_view name, std::string_view digest) {
    return "[[key]]\nname = '" + std::string(name) + "'\nsha256 = '" + std::string(digest) + "'\n";
  };
  // echo -n secret | sha256sum
  const std::string secret = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
  const auto file = folder.write("keys.toml", text("app", secret));
  const auto ring = KeyRing::read(file);
  ASSERT_TRUE(ring) << ring.error().message;
  const auto held = (*ring)->admit("secret", Access::kCall, {});
  EXPECT_TRUE(held);

  folder.write("keys.toml", "nonsense");
  EXPECT_FALSE((*ring)->reload());
  EXPECT_TRUE((*ring)->admit("secret", Access::kCall, {})) << "it goes on with what it had";

  folder.write("keys.toml", text("app", std::string(64, '0')));
  EXPECT_TRUE((*ring)->reload());
  EXPECT_FALSE((*ring)->admit("secret", Access::kCall, {}));
  EXPECT_EQ((*ring)->counts().at("app").admitted, 2U) << "a key of the same name counts on";
  EXPECT_EQ((*ring)->counts().at("app").under_way, 1U);
  EXPECT_FALSE(KeyRing::read(folder.path() / "nowhere.toml"));
}

TEST(KeyRing, ReadingItAgainFillsNoBucket) {
  TemporaryFolder folder;
  const std::string key =
      "[[key]]\nname = 'app'\nsha256 = "
      "'2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b'\n";
  const auto file = folder.write("keys.toml", key + "requests_per_second = 1\nburst = 1\n");
  const auto ring = KeyRing::read(file).value();
  EXPECT_TRUE(ring->admit("secret", Access::kCall, {}));
  EXPECT_TRUE(ring->reload());
  EXPECT_FALSE(ring->admit("secret", Access::kCall, {}));
  folder.write("keys.toml", key + "requests_per_second = 1\nburst = 2\n");
  EXPECT_TRUE(ring->reload());
  EXPECT_TRUE(ring->admit("secret", Access::kCall, {})) << "another limit begins anew";
}

TEST(PresentedKey, IsABearersBeforeTheOther) {
  EXPECT_EQ(presented_key("Bearer abc", std::nullopt), "abc");
  EXPECT_EQ(presented_key("bearer  abc", "other"), "abc");
  EXPECT_EQ(presented_key("Basic abc", "other"), "other");
  EXPECT_EQ(presented_key("Bearer ", "other"), "other");
  EXPECT_EQ(presented_key(std::nullopt, "other"), "other");
  EXPECT_EQ(presented_key(std::nullopt, std::nullopt), std::nullopt);
}

}  // namespace
}  // namespace cnnselect
