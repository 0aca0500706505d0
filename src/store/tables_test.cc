#include "store/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using testing::HasSubstr;
using Mode = Database::Mode;

class TablesTest : public testing::Test {
 protected:
  std::string bytes() const {
    std::ifstream stream(file_, std::ios::binary);
    return {std::istreambuf_iterator(stream), {}};
  }
  void make(const std::string& sql) {
    ASSERT_TRUE(Database::open(file_, Mode::kCreate)->execute(sql));
  }
  TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "store.db";
};

TEST_F(TablesTest, OnlyCreateMakesAFile) {
  for (const Mode mode : {Mode::kReadOnly, Mode::kReadWrite}) {
    const auto missing = open_store(file_, mode);
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
    EXPECT_FALSE(std::filesystem::exists(file_));
  }
  EXPECT_TRUE(open_store(file_, Mode::kCreate).has_value());
  for (const Mode mode : {Mode::kReadOnly, Mode::kReadWrite, Mode::kCreate}) {
    EXPECT_EQ(open_store(file_, mode)->schema_version(), kStoreVersion);
  }
}

TEST_F(TablesTest, AnEmptyFileBecomesAStore) {
  folder_.write("store.db", "");
  EXPECT_FALSE(open_store(file_, Mode::kReadOnly).has_value());
  EXPECT_FALSE(open_store(file_, Mode::kReadWrite).has_value());
  EXPECT_TRUE(open_store(file_, Mode::kCreate).has_value());
}

TEST_F(TablesTest, AnotherProgramsFileIsLeftAsItIs) {
  make("CREATE TABLE song (title TEXT); INSERT INTO song VALUES ('Hey')");
  const std::string before = bytes();
  for (const Mode mode : {Mode::kReadOnly, Mode::kReadWrite, Mode::kCreate}) {
    const auto store = open_store(file_, mode);
    ASSERT_FALSE(store.has_value());
    EXPECT_EQ(store.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(store.error().message, HasSubstr("store.db is a database, but not a server's"));
  }
  EXPECT_EQ(bytes(), before);
}

TEST_F(TablesTest, ALaterVersionsFileIsLeftAsItIs) {
  make("CREATE TABLE profile (model TEXT); PRAGMA user_version = 2");
  const std::string before = bytes();
  for (const Mode mode : {Mode::kReadOnly, Mode::kReadWrite, Mode::kCreate}) {
    const auto store = open_store(file_, mode);
    ASSERT_FALSE(store.has_value());
    EXPECT_THAT(store.error().message,
                HasSubstr("store.db has tables of version 2; this program knows version 1"));
  }
  EXPECT_EQ(bytes(), before);
  EXPECT_FALSE(std::filesystem::exists(file_.string() + "-wal"));
}

TEST_F(TablesTest, ADatabaseIsKnownByItsFirstBytes) {
  make("CREATE TABLE t (a)");
  EXPECT_TRUE(is_database(file_));
  EXPECT_FALSE(is_database(folder_.write("table.csv", "model,top1\n")));
  EXPECT_FALSE(is_database(folder_.path() / "missing"));
}

}  // namespace
}  // namespace cnnselect
