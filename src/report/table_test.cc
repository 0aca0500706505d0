#include "report/table.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

TEST(Table, AlignsItsColumns) {
  Table table({{"model", Table::Align::kLeft}, {"ms"}});
  table.add({"small", "0.9"});
  table.add({"the large one", "120.0"});
  EXPECT_EQ(table.text(),
            "model             ms\n"
            "-------------  -----\n"
            "small            0.9\n"
            "the large one  120.0\n");
}

TEST(Table, CountsCharactersNotBytes) {
  Table table({{"what", Table::Align::kLeft}, {"n"}});
  table.add({"\xc3\xa9t\xc3\xa9", "1"});  // "été", 5 bytes
  EXPECT_EQ(table.text(), "what  n\n----  -\n\xc3\xa9t\xc3\xa9   1\n");
}

TEST(Table, ShortensWhatIsWiderThanItsColumnMayBe) {
  Table table({{"a", Table::Align::kLeft, 4}, {"b"}});
  table.add({"four", "1"});
  table.add({"f\xc3\xafve5", "2"});  // "fïve5"
  EXPECT_EQ(table.text(), "a     b\n----  -\nfour  1\nf\xc3\xafv\xe2\x80\xa6  2\n");
}

TEST(Table, LeavesNoSpacesAtTheEndOfALine) {
  Table table({{"a", Table::Align::kLeft}, {"long title", Table::Align::kLeft}});
  table.add({"x", "y"});
  EXPECT_EQ(table.text(), "a  long title\n-  ----------\nx  y\n");
}

}  // namespace
}  // namespace cnnselect
