#include "report/request_rows.h"

#include <gtest/gtest.h>

#include "base/csv.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

RequestRow answered() {
  return {.policy = "ontime",
          .sla = 100ms,
          .request = 7,
          .sent = 2s,
          .input = 30ms,
          .output = 20ms,
          .model = "small",
          .accuracy = 0.5,
          .total = 100ms,
          .infer = 5ms};
}

TEST(RequestRows, EveryColumnHasACell) {
  EXPECT_EQ(csv_line(request_columns()),
            "policy,sla_ms,request,sent_ms,input_ms,output_ms,outcome,model,accuracy,total_ms,"
            "infer_ms\n");
  EXPECT_EQ(csv_line(request_cells(answered())),
            "ontime,100,7,2000,30,20,in_time,small,0.5,100,5\n");
}

TEST(RequestRows, TheOutcomeIsInTimeLateOrNone) {
  RequestRow row = answered();
  row.total = 101ms;
  EXPECT_EQ(request_cells(row)[6], "late");
  row.model.clear();
  EXPECT_EQ(request_cells(row)[6], "none") << "however long it waited";
}

TEST(RequestRows, WhatIsNotKnownIsEmpty) {
  EXPECT_EQ(csv_line(request_cells(
                {.policy = "p", .sla = 1s, .request = 0, .input = kForever, .output = kForever})),
            "p,1000,0,,,,none,,,,\n");
}

}  // namespace
}  // namespace cnnselect
