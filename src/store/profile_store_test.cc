#include "store/profile_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

StoredProfile profile(const std::string& model, const std::string& digest = "d") {
  return {.key = {.model = model, .digest = digest, .machine = "m", .runtime = "r"},
          .family = "emoji",
          .top1 = 0.75,
          .top5 = 0.9,
          .samples = 1'234,
          .mean = 2'500us,
          .deviation = 300us,
          .times = {2ms, 2'400us, 3ms},
          .cold_start = 80ms,
          .updated = {}};
}

class ProfileStoreTest : public testing::Test {
 protected:
  ProfileStore open(Database::Mode mode = Database::Mode::kCreate) {
    return ProfileStore::open(file_, mode).value();
  }
  TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "profiles.db";
};

TEST_F(ProfileStoreTest, GivesBackWhatWasSavedInALaterRun) {
  ASSERT_TRUE(open().save(std::vector{profile("a"), profile("b")}));
  const auto found = open().find(profile("a").key).value();
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->key, profile("a").key);
  EXPECT_EQ(found->family, "emoji");
  EXPECT_EQ(found->top1, 0.75);
  EXPECT_EQ(found->top5, 0.9);
  EXPECT_EQ(found->samples, 1'234U);
  EXPECT_EQ(found->mean, 2'500us);
  EXPECT_EQ(found->deviation, 300us);
  EXPECT_EQ(found->times, (std::vector<Duration>{2ms, 2'400us, 3ms}));
  EXPECT_EQ(found->cold_start, 80ms);
  EXPECT_TRUE(found->updated.starts_with("20")) << found->updated;
}

TEST_F(ProfileStoreTest, AnythingElseInTheKeyIsAnotherProfile) {
  ASSERT_TRUE(open().save(std::vector{profile("a")}));
  for (std::string ProfileKey::* part :
       {&ProfileKey::model, &ProfileKey::digest, &ProfileKey::machine, &ProfileKey::runtime}) {
    ProfileKey key = profile("a").key;
    key.*part = "another";
    EXPECT_FALSE(open().find(key).value().has_value());
  }
}

TEST_F(ProfileStoreTest, SavingAgainReplaces) {
  auto store = open();
  auto changed = profile("a");
  ASSERT_TRUE(store.save(std::vector{changed, profile("a", "older file")}));
  changed.samples = 9'999;
  changed.top5.reset();
  changed.cold_start.reset();
  ASSERT_TRUE(store.save(std::vector{changed}));
  EXPECT_EQ(store.all().value().size(), 2U);
  const auto found = store.find(changed.key).value();
  EXPECT_EQ(found->samples, 9'999U);
  EXPECT_FALSE(found->top5.has_value());
  EXPECT_FALSE(found->cold_start.has_value());
}

TEST_F(ProfileStoreTest, TheLatestOfEachModelIsTheOneUpdatedLast) {
  auto store = open();
  ASSERT_TRUE(store.save(std::vector{profile("b"), profile("a", "old"), profile("a", "new")}));
  auto database = Database::open(file_, Database::Mode::kReadWrite).value();
  ASSERT_TRUE(database.execute("UPDATE profile SET updated = '1999' WHERE digest = 'old'"));
  const auto latest = store.latest().value();
  ASSERT_EQ(latest.size(), 2U);
  EXPECT_EQ(latest[0].key.digest, "new");
  EXPECT_EQ(latest[1].key.model, "b");
  const ProfileRow row = row_of(latest[1]);
  EXPECT_EQ(row.model, "b");
  EXPECT_EQ(row.mean, 2'500us);
  EXPECT_EQ(row.deviation, 300us);
  EXPECT_EQ(row.top1, 0.75);
  EXPECT_EQ(row.cold_mean, 80ms);
}

TEST(RowOf, AnAccuracyThatIsNotKnownIsNoneInATable) {
  StoredProfile unmeasured = profile("a");
  unmeasured.top1 = 0;
  EXPECT_EQ(row_of(unmeasured).top1, std::nullopt);
}

TEST_F(ProfileStoreTest, ForgetsAModelOrEverything) {
  auto store = open();
  ASSERT_TRUE(store.save(std::vector{profile("a"), profile("a", "e"), profile("b"), profile("c")}));
  EXPECT_EQ(store.forget("a"), 2);
  EXPECT_EQ(store.forget("nobody"), 0);
  EXPECT_EQ(store.all().value().size(), 2U);
  EXPECT_EQ(store.forget(""), 0) << "an empty name is a name";
  EXPECT_EQ(store.forget(std::nullopt), 2);
  EXPECT_TRUE(store.all().value().empty());
}

TEST_F(ProfileStoreTest, CanBeReadWhileAnotherWrites) {
  auto writer = open();
  ASSERT_TRUE(writer.save(std::vector{profile("a")}));
  auto reader = open(Database::Mode::kReadOnly);
  ASSERT_TRUE(writer.save(std::vector{profile("b")}));
  EXPECT_EQ(reader.all().value().size(), 2U);
  EXPECT_THAT(reader.save(std::vector{profile("c")}).error().message, HasSubstr("readonly"));
}

}  // namespace
}  // namespace cnnselect
