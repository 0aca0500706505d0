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
      {"/", {Operation::kWelcome, "", ""}},
      {"/v2", {Operation::kServerMetadata, "", ""}},
      {"/v2/", {Operation::kServerMetadata, "", ""}},
      {"/v2/health/live", {Operation::kLive, "", ""}},
      {"/v2/health/ready", {Operation::kReady, "", ""}},
      {"/v2/models", {Operation::kModelList, "", ""}},
      {"/v2/models/", {Operation::kModelList, "", ""}},
      {"/metrics", {Operation::kMetrics, "", ""}},
      {"/v2/models/m", {Operation::kModelMetadata, "m", ""}},
      {"/v2/models/m/ready", {Operation::kModelReady, "m", ""}},
      {"/v2/models/m/infer", {Operation::kInfer, "m", ""}},
      {"/v2/models/m/config", {Operation::kModelConfig, "m", ""}},
      {"/v2/models/m/versions/3/config", {Operation::kModelConfig, "m", "3"}},
      {"/v2/repository/index", {Operation::kIndex, "", ""}},
      {"/v2/repository/any/index", {Operation::kIndex, "", ""}},
      {"/v2/logging", {Operation::kLogSettings, "", ""}},
      {"/v2/trace/setting", {Operation::kTraceSettings, "", ""}},
      {"/v2/models/m/trace/setting", {Operation::kTraceSettings, "m", ""}},
      {"/v2/models/m/versions/1/trace/setting", {Operation::kTraceSettings, "m", "1"}},
      {"/v2/systemsharedmemory/status", {Operation::kSharedStatus, "", ""}},
      {"/v2/systemsharedmemory/region/r%2F1/status", {Operation::kSharedStatus, "r/1", ""}},
      {"/v2/systemsharedmemory/region/r/register", {Operation::kSharedRegister, "r", ""}},
      {"/v2/systemsharedmemory/region/r/unregister", {Operation::kSharedRemove, "r", ""}},
      {"/v2/systemsharedmemory/unregister", {Operation::kSharedRemove, "", ""}},
      {"/v2/repository/models/m/load", {Operation::kLoad, "m", ""}},
      {"/v2/repository/any/models/a%2Fb/unload", {Operation::kUnload, "a/b", ""}},
      {"/v2/repository/models/models/load/load", {Operation::kLoad, "load", ""}},
      {"/v2/models/m/stats", {Operation::kModelStatistics, "m", ""}},
      {"/v2/models/m/versions/3/stats", {Operation::kModelStatistics, "m", "3"}},
      {"/v2/models/stats", {Operation::kAllStatistics, "", ""}},
      {"/v2/models/stats/stats", {Operation::kModelStatistics, "stats", ""}},
      {"/v2/models/m/versions/3", {Operation::kModelMetadata, "m", "3"}},
      {"/v2/models/m/versions/3/ready", {Operation::kModelReady, "m", "3"}},
      {"/v2/models/m/versions/3/infer", {Operation::kInfer, "m", "3"}},
      {"/v1/families/emoji/classify", {Operation::kClassify, "emoji", ""}},
      {"/v%32/models/a%20b", {Operation::kModelMetadata, "a b", ""}},
      {"/v2/models/a%2Fb/infer", {Operation::kInfer, "a/b", ""}},
      {"/v2/models/..", {Operation::kModelMetadata, "..", ""}},
      {"/v2/models/a+b", {Operation::kModelMetadata, "a+b", ""}},
  };
  for (const PathCase& row : cases) {
    const bool posts = facts_of(row.route.operation).verb == Verb::kPost;
    const auto route = find_route(posts ? "POST" : "GET", row.path);
    ASSERT_TRUE(route) << row.path;
    EXPECT_TRUE(*route == row.route) << row.path;
  }
}

TEST(RoutePath, KnowsNoOthers) {
  for (const std::string path : {"",
                                 "*",
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
    const auto route = find_route("GET", path);
    if (path == "/v2/models/m/") {
      EXPECT_TRUE(route) << "one slash at the end is ignored";
      continue;
    }
    ASSERT_FALSE(route) << path;
    EXPECT_EQ(route.error().code, ErrorCode::kNotFound) << path;
  }
}

TEST(RoutePath, NamesTheTrouble) {
  EXPECT_EQ(find_route("GET", "/v3/x").error().message, "Not Found: /v3/x");
  EXPECT_EQ(find_route("GET", "/v2/models/m/versions/").error().message,
            "Not Found: /v2/models/m/versions/");
  EXPECT_EQ(find_route("GET", "/v2/models/m/versions/1a").error().message,
            "model 'm' has no version '1a'; versions are whole numbers");
  const auto broken = find_route("GET", "/v2/models/%zz");
  EXPECT_EQ(broken.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(broken.error().message,
            "path: '%zz' has a '%' without two hexadecimal digits after it");
}

/// A path that `pattern` matches: its names are "1".
std::string example_of(std::string_view pattern) {
  std::string path;
  bool inside = false;
  for (const char c : pattern) {
    if (c == '{') path += '1';
    inside = c == '{' || (inside && c != '}');
    if (!inside && c != '}') path += c;
  }
  return path;
}

TEST(RoutePath, EveryPathOfTheTableLeadsToItsOperation) {
  for (const OperationFacts& facts : kOperations) {
    const std::string_view verb = facts.verb == Verb::kGet ? "GET" : "POST";
    for (const std::string_view pattern : facts.paths) {
      if (pattern.empty()) continue;
      const std::string path = example_of(pattern);
      const auto route = find_route(verb, path);
      ASSERT_TRUE(route) << path;
      EXPECT_EQ(route->operation, facts.operation) << path;
      EXPECT_EQ(route->version, pattern.contains("{version}") ? "1" : "") << path;
      EXPECT_TRUE(allowed_methods(path).contains(verb)) << path;
      const auto wrong = find_route("DELETE", path);
      ASSERT_FALSE(wrong) << path;
      EXPECT_EQ(wrong.error().code, ErrorCode::kMethodNotAllowed) << path;
    }
  }
}

TEST(RoutePath, TellsTheVerbsOfAPath) {
  EXPECT_EQ(allowed_methods("/v2/models/m/infer"), "POST");
  EXPECT_EQ(allowed_methods("/metrics"), "GET, HEAD");
  EXPECT_EQ(allowed_methods("/v2/logging"), "GET, HEAD, POST");
  EXPECT_EQ(allowed_methods("/nowhere"), "");
  EXPECT_TRUE(find_route("HEAD", "/metrics"));
  EXPECT_EQ(find_route("POST", "/metrics").error().message,
            "Method Not Allowed: POST /metrics; allowed: GET, HEAD");
}

TEST(RoutePath, IsFoundOnceForARequest) {
  HttpRequest request{.method = "GET", .path = "/v2"};
  EXPECT_EQ(route_of(request)->operation, Operation::kServerMetadata);
  request.path = "/metrics";
  EXPECT_EQ(route_of(request)->operation, Operation::kServerMetadata) << "not looked for again";
}

}  // namespace
}  // namespace cnnselect
