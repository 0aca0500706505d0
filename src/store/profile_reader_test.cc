#include "store/profile_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class ProfileReaderTest : public testing::Test {
 protected:
  ProfileReaderTest() {
    EXPECT_TRUE(store_.save(std::vector{
        StoredProfile{.key = {.model = "m", .digest = "d", .machine = "x", .runtime = "r"},
                      .family = "emoji",
                      .top1 = 0.75,
                      .top5 = 0.9,
                      .samples = 7,
                      .mean = 2ms,
                      .deviation = 1ms,
                      .times = {1ms, 3ms},
                      .cold_start = 80ms,
                      .updated = {}}}));
  }
  /// As a person would with any SQLite tool.
  auto after(const std::string& change) {
    auto database = Database::open(file_, Database::Mode::kReadWrite).value();
    EXPECT_TRUE(database.execute("UPDATE profile SET " + change));
    return store_.latest();
  }

  TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "s.db";
  ProfileStore store_ = ProfileStore::open(file_, Database::Mode::kCreate).value();
};

TEST_F(ProfileReaderTest, TakesWhatIsPossible) {
  const auto profiles = after("top1 = 1, top5 = NULL, cold_ms = NULL, std_ms = 0, mean_ms = 1e9");
  ASSERT_TRUE(profiles.has_value()) << profiles.error().message;
  EXPECT_EQ(profiles->front().top1, 1);
  EXPECT_FALSE(profiles->front().top5.has_value());
  EXPECT_FALSE(profiles->front().cold_start.has_value());
  EXPECT_EQ(profiles->front().deviation, 0ms);
  EXPECT_EQ(profiles->front().mean, 1'000'000s);
  EXPECT_EQ(after("times_ms = '[3,1,2.5]'")->front().times,
            (std::vector<Duration>{1ms, 2'500us, 3ms}));
  EXPECT_TRUE(after("times_ms = '[]'")->front().times.empty());
}

struct Edit {
  const char* change;
  const char* says;
};
void PrintTo(const Edit& edit, std::ostream* out) { *out << edit.change; }

class EditedStoreTest : public ProfileReaderTest, public testing::WithParamInterface<Edit> {};

TEST_P(EditedStoreTest, IsRefusedWithFileModelColumnAndValue) {
  const auto profiles = after(GetParam().change);
  ASSERT_FALSE(profiles.has_value());
  EXPECT_EQ(profiles.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(profiles.error().message, HasSubstr("s.db: model "));
  EXPECT_THAT(profiles.error().message, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    AllColumns, EditedStoreTest,
    testing::Values(
        Edit{"top1 = 7", "model 'm': column 'top1' is '7.0'; it must be a fraction from 0 to 1"},
        Edit{"top1 = 'good'", "column 'top1' is 'good'"}, Edit{"top5 = -0.1", "column 'top5'"},
        Edit{"mean_ms = -3", "column 'mean_ms' is '-3.0'; it must be milliseconds above 0"},
        Edit{"mean_ms = 0", "column 'mean_ms'"}, Edit{"mean_ms = 1e-9", "column 'mean_ms'"},
        Edit{"mean_ms = 1e999", "column 'mean_ms' is 'Inf'"},
        Edit{"std_ms = -1", "column 'std_ms' is '-1.0'; it must be milliseconds from 0"},
        Edit{"samples = -1", "column 'samples' is '-1'"}, Edit{"cold_ms = 0", "column 'cold_ms'"},
        Edit{"times_ms = '[1,two]'", "column 'times_ms' is '[1,two]'; it must be a JSON array"},
        Edit{"times_ms = '[1,\"2\"]'", "column 'times_ms'"},
        Edit{"times_ms = '[1,-2]'", "column 'times_ms'"}, Edit{"times_ms = '1'", "'times_ms'"},
        Edit{"times_ms = ''", "column 'times_ms'"},
        Edit{"model = 'a,b'", "model name 'a,b' is not of [A-Za-z0-9_.-]+"}));

}  // namespace
}  // namespace cnnselect
