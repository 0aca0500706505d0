#include "routes/route_path.h"

#include <gtest/gtest.h>

#include <string>

namespace cnnselect {
namespace {

struct PathCase {
  const char* path;
  Route route;
};

TEST(RoutePath, FindsEveryRoute) {
  const PathCase cases[] = {
      {"/v2", {RouteKind::kServerMetadata, "", ""}},
      {"/v2/", {RouteKind::kServerMetadata, "", ""}},
      {"/v2/health/live", {RouteKind::kLive, "", ""}},
      {"/v2/health/ready", {RouteKind::kReady, "", ""}},
      {"/v2/models", {RouteKind::kModelList, "", ""}},
      {"/v2/models/", {RouteKind::kModelList, "", ""}},
      {"/metrics", {RouteKind::kMetrics, "", ""}},
      {"/v2/models/m", {RouteKind::kModel, "m", ""}},
      {"/v2/models/m/ready", {RouteKind::kModelReady, "m", ""}},
      {"/v2/models/m/infer", {RouteKind::kInfer, "m", ""}},
      {"/v2/models/m/config", {RouteKind::kModelConfig, "m", ""}},
      {"/v2/models/m/versions/3/config", {RouteKind::kModelConfig, "m", "3"}},
      {"/v2/repository/index", {RouteKind::kIndex, "", ""}},
      {"/v2/repository/any/index", {RouteKind::kIndex, "", ""}},
      {"/v2/logging", {RouteKind::kLogging, "", ""}},
      {"/v2/trace/setting", {RouteKind::kTraceSetting, "", ""}},
      {"/v2/models/m/trace/setting", {RouteKind::kTraceSetting, "m", ""}},
      {"/v2/models/m/versions/1/trace/setting", {RouteKind::kTraceSetting, "m", "1"}},
      {"/v2/systemsharedmemory/status", {RouteKind::kSharedStatus, "", ""}},
      {"/v2/systemsharedmemory/region/r%2F1/status", {RouteKind::kSharedStatus, "r/1", ""}},
      {"/v2/systemsharedmemory/region/r/register", {RouteKind::kSharedRegister, "r", ""}},
      {"/v2/systemsharedmemory/region/r/unregister", {RouteKind::kSharedRemove, "r", ""}},
      {"/v2/systemsharedmemory/unregister", {RouteKind::kSharedRemove, "", ""}},
      {"/v2/repository/models/m/load", {RouteKind::kLoad, "m", ""}},
      {"/v2/repository/any/models/a%2Fb/unload", {RouteKind::kUnload, "a/b", ""}},
      {"/v2/repository/models/models/load/load", {RouteKind::kLoad, "load", ""}},
      {"/v2/models/m/stats", {RouteKind::kModelStats, "m", ""}},
      {"/v2/models/m/versions/3/stats", {RouteKind::kModelStats, "m", "3"}},
      {"/v2/models/stats", {RouteKind::kAllStats, "", ""}},
      {"/v2/models/stats/stats", {RouteKind::kModelStats, "stats", ""}},
      {"/v2/models/m/versions/3", {RouteKind::kModel, "m", "3"}},
      {"/v2/models/m/versions/3/ready", {RouteKind::kModelReady, "m", "3"}},
      {"/v2/models/m/versions/3/infer", {RouteKind::kInfer, "m", "3"}},
      {"/v1/families/emoji/classify", {RouteKind::kClassify, "emoji", ""}},
      {"/v%32/models/a%20b", {RouteKind::kModel, "a b", ""}},
      {"/v2/models/a%2Fb/infer", {RouteKind::kInfer, "a/b", ""}},
      {"/v2/models/..", {RouteKind::kModel, "..", ""}},
      {"/v2/models/a+b", {RouteKind::kModel, "a+b", ""}},
  };
  for (const PathCase& row : cases) {
    const auto route = find_route(row.path);
    ASSERT_TRUE(route) << row.path;
    EXPECT_TRUE(*route == row.route) << row.path;
  }
}

TEST(RoutePath, KnowsNoOthers) {
  for (const std::string path : {"",
                                 "*",
                                 "/",
                                 "//",
                                 "v2",
                                 "/v2//",
                                 "//v2",
                                 "/V2",
                                 "/v2/health",
                                 "/v2/models/m/",
                                 "/v2/models/m/generate",
                                 "/v2/models/m/trace",
                                 "/v2/trace",
                                 "/v2/repository",
                                 "/v2/systemsharedmemory",
                                 "/v2/systemsharedmemory/register",
                                 "/v2/systemsharedmemory/region/r",
                                 "/v2/systemsharedmemory/region//status",
                                 "/v2/cudasharedmemory/status",
                                 "/v2/repository/",
                                 "/v2/repository/index/index/index",
                                 "/v2/repository/models",
                                 "/v2/repository/models//load",
                                 "/v2/repository/models/m/drop",
                                 "/v2/models/m/versions",
                                 "/v2/models/m/versions/1/2",
                                 "/v2/models/m/infer/x",
                                 "/v2/models//infer",
                                 "/v1/families",
                                 "/v1/families/emoji",
                                 "/v1/families//classify",
                                 "/v1/families/a/b/classify",
                                 "/metrics/x",
                                 "/../v2"}) {
    const auto route = find_route(path);
    if (path == "/v2/models/m/") {
      EXPECT_TRUE(route) << "one slash at the end is ignored";
      continue;
    }
    ASSERT_FALSE(route) << path;
    EXPECT_EQ(route.error().code, ErrorCode::kNotFound) << path;
  }
}

TEST(RoutePath, NamesTheTrouble) {
  EXPECT_EQ(find_route("/v3/x").error().message, "Not Found: /v3/x");
  EXPECT_EQ(find_route("/v2/models/m/versions/").error().message,
            "Not Found: /v2/models/m/versions/");
  EXPECT_EQ(find_route("/v2/models/m/versions/1a").error().message,
            "model 'm' has no version '1a'; versions are whole numbers");
  const auto broken = find_route("/v2/models/%zz");
  EXPECT_EQ(broken.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(broken.error().message,
            "path: '%zz' is not a percent escape; want two hexadecimal digits");
}

TEST(RoutePath, OnlyWorkIsPosted) {
  EXPECT_EQ(allowed_methods(RouteKind::kInfer), "POST");
  EXPECT_EQ(allowed_methods(RouteKind::kClassify), "POST");
  EXPECT_EQ(allowed_methods(RouteKind::kMetrics), "GET, HEAD");
  EXPECT_EQ(allowed_methods(RouteKind::kModelReady), "GET, HEAD");
}

}  // namespace
}  // namespace cnnselect
