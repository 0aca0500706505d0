#include "store/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using testing::HasSubstr;

TEST(Database, GivesBackWhatWasBound) {
  const TemporaryFolder folder;
  auto database = Database::open(folder.path() / "a.db", Database::Mode::kCreate).value();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a TEXT, b REAL, c INTEGER, d REAL)"));
  {
    auto insert = database.prepare("INSERT INTO t VALUES (?, ?, ?, ?)").value();
    insert.bind(1, std::string_view("h\xc3\xa9\0llo", 7));
    insert.bind(2, 0.1);
    insert.bind(3, std::int64_t{1} << 60);
    insert.bind(4, std::optional<double>());
    ASSERT_TRUE(insert.run());
    ASSERT_TRUE(insert.run()) << "ready for the next row, with nothing bound";
  }
  auto query = database.prepare("SELECT a, b, c, d FROM t ORDER BY c DESC").value();
  ASSERT_TRUE(query.step().value());
  EXPECT_EQ(query.text(0), std::string("h\xc3\xa9\0llo", 7));
  EXPECT_EQ(query.real(1), 0.1);
  EXPECT_EQ(query.integer(2), std::int64_t{1} << 60);
  EXPECT_TRUE(query.is_null(3));
  EXPECT_TRUE(query.is_number(1));
  EXPECT_FALSE(query.is_number(0));
  ASSERT_TRUE(query.step().value());
  EXPECT_EQ(query.text(0), "") << "NULL";
  EXPECT_FALSE(query.step().value());
}

TEST(Database, NamesTheFileOfWhatIsWrong) {
  const TemporaryFolder folder;
  const auto missing = Database::open(folder.path() / "none.db", Database::Mode::kReadOnly);
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("none.db: no such file"));

  const auto text = folder.write("text.db", std::string(5'000, 'x'));
  for (const auto mode : {Database::Mode::kReadOnly, Database::Mode::kCreate}) {
    const auto wrong = Database::open(text, mode);
    ASSERT_FALSE(wrong.has_value());
    EXPECT_EQ(wrong.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(wrong.error().message, HasSubstr("text.db: file is not a database"));
  }
  const auto nowhere = Database::open("/nowhere/at/all.db", Database::Mode::kCreate);
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_THAT(nowhere.error().message, HasSubstr("/nowhere/at/all.db: unable to open"));
}

TEST(Database, PassesOnWhatSqliteSays) {
  const TemporaryFolder folder;
  auto database = Database::open(folder.path() / "a.db", Database::Mode::kCreate).value();
  EXPECT_THAT(database.execute("CREATE TABEL t (a)").error().message, HasSubstr("syntax error"));
  EXPECT_THAT(database.prepare("SELECT a FROM t").error().message, HasSubstr("no such table"));
  ASSERT_TRUE(database.execute("CREATE TABLE t (a NOT NULL)"));
  EXPECT_THAT(database.prepare("INSERT INTO t VALUES (?)")->run().error().message,
              HasSubstr("NOT NULL constraint failed"));
}

TEST(Database, ATransactionIsAllOrNothing) {
  const TemporaryFolder folder;
  auto database = Database::open(folder.path() / "a.db", Database::Mode::kCreate).value();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a)"));
  const auto insert = [&] { return database.execute("INSERT INTO t VALUES (1)"); };
  EXPECT_TRUE(database.transaction(insert));
  const Status failed = database.transaction([&]() -> Status {
    EXPECT_TRUE(insert());
    return fail(ErrorCode::kInternal, "thought better of it");
  });
  EXPECT_EQ(failed.error().message, "thought better of it");
  auto count = database.prepare("SELECT COUNT(*) FROM t").value();
  ASSERT_TRUE(count.step().value());
  EXPECT_EQ(count.integer(0), 1);
}

TEST(Database, KeepsTheVersionOfItsTables) {
  const TemporaryFolder folder;
  auto database = Database::open(folder.path() / "a.db", Database::Mode::kCreate).value();
  EXPECT_EQ(database.schema_version(), 0);
  ASSERT_TRUE(database.execute("PRAGMA user_version = 7"));
  EXPECT_EQ(database.schema_version(), 7);
}

}  // namespace
}  // namespace cnnselect
