#include "trace/csv_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(CsvText, GivesTheCellsOfEveryLineAfterTheHeader) {
  const auto csv = parse_csv("# made\na,b\n1,2\n#x\n3,\n", "t.csv", {"a"});
  ASSERT_TRUE(csv.has_value()) << csv.error().message;
  EXPECT_THAT(csv->columns, ElementsAre("a", "b"));
  ASSERT_EQ(csv->rows.size(), 2U);
  EXPECT_THAT(csv->rows[0].cells, ElementsAre("1", "2"));
  EXPECT_THAT(csv->rows[1].cells, ElementsAre("3", ""));
  EXPECT_EQ(csv->rows[1].line, 5) << "comments count";
  EXPECT_EQ(parse_csv("a,b\n\n3,\n", "t.csv", {"a"})->rows[0].line, 3) << "blank lines too";
}

TEST(CsvText, TakesBothLineEndsAndNoneAtTheEnd) {
  const auto csv = parse_csv("a,b\r\n1,2\r\n3,4", "t.csv", {"a", "b"});
  ASSERT_TRUE(csv.has_value());
  EXPECT_THAT(csv->columns, ElementsAre("a", "b"));
  EXPECT_THAT(csv->rows[1].cells, ElementsAre("3", "4"));
}

struct BadCsv {
  const char* text;
  const char* message;
};

TEST(CsvText, NamesFileLineAndColumn) {
  for (const auto& [text, message] : {
           BadCsv{"", "t.csv: the header must name 'a' once"},
           BadCsv{"b,c\n1,2\n", "t.csv: the header must name 'a' once; it has: b,c"},
           BadCsv{"a,a\n1,2\n", "t.csv: the header must name 'a' once"},
           BadCsv{"a,b\n", "t.csv: no rows after the header"},
           BadCsv{"a,b\n1\n", "t.csv:2: 1 cells, the header has 2"},
           BadCsv{"a,b\n1,2\n1,2,3\n", "t.csv:3: 3 cells, the header has 2"},
       }) {
    const auto csv = parse_csv(text, "t.csv", {"a"});
    ASSERT_FALSE(csv.has_value()) << text;
    EXPECT_THAT(csv.error().message, HasSubstr(message));
  }
}

TEST(CsvCell, IsANumberWithinItsBoundsOrNothing) {
  const auto cell = [](std::string_view text) { return parse_cell(text, "t.csv", 7, "x", 0, 10); };
  EXPECT_EQ(cell("2.5").value(), 2.5);
  EXPECT_EQ(cell("0").value(), 0.0);
  EXPECT_EQ(cell("10").value(), 10.0);
  EXPECT_EQ(cell("1e1").value(), 10.0);
  EXPECT_EQ(cell("").value(), std::nullopt);
  for (const auto* text : {"x", "-1", "10.5", "nan", "inf", "1 ", " 1", "1x", "0x1", "1e999"}) {
    const auto wrong = cell(text);
    ASSERT_FALSE(wrong.has_value()) << text;
    EXPECT_EQ(wrong.error().message,
              std::string("t.csv:7: x is '") + text + "'; allowed: a number of 0..10");
  }
}

}  // namespace
}  // namespace cnnselect
