#include "report/run_header.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

TEST(RunHeader, IsJsonWithEverySetting) {
  const RunHeader header{.version = "1.2",
                         .commit = "abc-dirty",
                         .machine = "a \"box\"",
                         .time = "2026-11-23T18:00:00Z",
                         .complete = false,
                         .settings = {{"seed", "7"}, {"network", "normal(63,15)"}}};
  EXPECT_EQ(header.json(),
            "{\"version\":\"1.2\",\"commit\":\"abc-dirty\",\"machine\":\"a "
            "\\\"box\\\"\",\"time\":\"2026-11-23T18:00:00Z\","
            "\"complete\":false,\"settings\":{\"seed\":\"7\",\"network\":\"normal(63,15)\"}}\n");
}

TEST(RunHeader, KnowsThisMachine) {
  EXPECT_NE(machine_text().find("cores"), std::string::npos);
  EXPECT_EQ(utc_now_text().size(), std::string("2026-11-23T18:00:00Z").size());
}

}  // namespace
}  // namespace cnnselect
