#include "base/csv.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace cnnselect {
namespace {

TEST(Csv, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(csv_line(std::vector<std::string>{"a", "1.5", ""}), "a,1.5,\n");
  EXPECT_EQ(csv_line(std::vector<std::string>{"a,b", "say \"x\"", "two\nlines"}),
            "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\n");
}

TEST(Csv, NumbersReadBackExactly) {
  EXPECT_EQ(csv_number(0.1), "0.1");
  EXPECT_EQ(std::stod(csv_number(1.0 / 3)), 1.0 / 3);
  EXPECT_EQ(csv_number(NAN), "");
}

}  // namespace
}  // namespace cnnselect
