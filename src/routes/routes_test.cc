// What the routes tell: health, metadata, metrics; verbs that do not fit.
#include "routes/testing/routes_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace cnnselect {
namespace {

using ::testing::HasSubstr;

struct GetCase {
  const char* what;
  const char* path;
  int status;
  const char* body;
};

TEST_F(RoutesTest, AnswersTheInformationalRoutes) {
  const GetCase cases[] = {
      {"server metadata", "/v2", 200,
       R"({"name":"cnnselect","version":"0.1.0","extensions":["binary_tensor_data"]})"},
      {"what this is", "/", 200,
       R"({"name":"cnnselect","version":"0.1.0","description":"An inference server for families )"
       R"(of neural networks, within each request's SLA. The links are paths of this server; )"
       R"(openapi describes them all.","links":{"openapi":"/openapi.json",)"
       R"("live":"/v2/health/live","ready":"/v2/health/ready","metrics":"/metrics",)"
       R"("names":"/v2/models","model":"/v2/models/{model}",)"
       R"("classify":"/v1/families/{family}/classify","infer":"/v2/models/{model}/infer"}})"},
      {"as some clients write it", "/v2/", 200,
       R"({"name":"cnnselect","version":"0.1.0","extensions":["binary_tensor_data"]})"},
      {"live", "/v2/health/live", 200, R"({"live":true})"},
      {"ready", "/v2/health/ready", 200, R"({"ready":true,"live":true})"},
      {"model list", "/v2/models", 200, R"({"models":["emoji","small"]})"},
      {"model metadata", "/v2/models/small", 200,
       R"({"name":"small","versions":["1"],"platform":"onnxruntime_onnx",)"
       R"("inputs":[{"name":"x","datatype":"FP32","shape":[-1,2]}],)"
       R"("outputs":[{"name":"y","datatype":"FP32","shape":[-1,2]}]})"},
      {"one version", "/v2/models/emoji/versions/1", 200,
       R"({"name":"emoji","versions":["1"],"platform":"cnnselect_family","inputs":[],"outputs":[]})"},
      {"a ready model", "/v2/models/small/ready", 200, R"({"name":"small","ready":true})"},
      {"a model that loads", "/v2/models/cold/versions/1/ready", 503,
       R"({"name":"cold","ready":false,"error":"model 'cold' is not ready"})"},
      {"a model's configuration", "/v2/models/cold/config", 200,
       R"({"name":"cold","platform":"onnxruntime_onnx","backend":"onnxruntime",)"
       R"("version_policy":{"specific":{"versions":["1"]}},"max_batch_size":0,)"
       R"("input":[],"output":[],)"
       R"("instance_group":[{"name":"cold","kind":"KIND_CPU","count":0}],)"
       R"("dynamic_batching":{"priority_levels":1,"default_priority_level":1,)"
       R"("default_queue_policy":{"timeout_action":"REJECT","default_timeout_microseconds":0,)"
       R"("allow_timeout_override":true,"max_queue_size":0}},)"
       R"("model_transaction_policy":{"decoupled":false},"response_cache":{"enable":false}})"},
      {"statistics of all", "/v2/models/stats", 200, R"({"model_stats":[]})"},
      {"statistics of none", "/v2/models/nope/stats", 400,
       R"({"error":"requested model 'nope' is not available"})"},
      {"an unknown model", "/v2/models/nope", 404,
       R"({"error":"Request for unknown model: 'nope' is not found"})"},
      {"an encoded slash is part of the name", "/v2/models/..%2f..%2fetc", 404,
       R"({"error":"Request for unknown model: '../../etc' is not found"})"},
      {"an unknown path", "/v3", 404, R"({"error":"Not Found: /v3"})"},
  };
  for (const GetCase& row : cases) {
    const HttpResponse response = get(row.path);
    EXPECT_EQ(response.status, row.status) << row.what;
    EXPECT_EQ(response.body, row.body) << row.what;
    EXPECT_EQ(header(response, "Content-Type"), kJson) << row.what;
  }
}

TEST_F(RoutesTest, TheIndexOfTheRepositoryTellsWhoIsReady) {
  const HttpResponse all = send(post("/v2/repository/index", ""));
  EXPECT_EQ(all.status, 200);
  EXPECT_THAT(all.body, HasSubstr(R"({"name":"cold","version":"1","state":"LOADING"})"));
  const HttpResponse ready = send(post("/v2/repository/mine/index", R"({"ready":true})"));
  EXPECT_EQ(ready.body, R"([{"name":"emoji","version":"1","state":"READY"},)"
                        R"({"name":"small","version":"1","state":"READY"}])");
  EXPECT_EQ(send(post("/v2/repository/index", "[]")).status, 400);
  EXPECT_EQ(get("/v2/repository/index").status, 405);
}

TEST_F(RoutesTest, SaysSoWhenItIsNotReady) {
  api_.set_state({"cnnselect", "0.1.0", {}, true, false, {}});
  const HttpResponse ready = get("/v2/health/ready");
  EXPECT_EQ(ready.status, 503);
  EXPECT_EQ(ready.body, R"({"ready":false,"live":true,"error":"the server is not ready"})");
  EXPECT_EQ(get("/v2/health/live").status, 200);

  api_.set_state({"cnnselect", "0.1.0", {}, false, false, {}});
  const HttpResponse live = get("/v2/health/live");
  EXPECT_EQ(live.status, 503);
  EXPECT_EQ(live.body, R"({"live":false,"error":"the server is not live"})");
}

TEST_F(RoutesTest, ServesPrometheusText) {
  const HttpResponse response = get("/metrics");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(header(response, "Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(response.body, "cnnselect_requests_total 3\n");
}

TEST_F(RoutesTest, DescribesItself) {
  const HttpResponse response = get("/openapi.json");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(header(response, "Content-Type"), kJson);
  EXPECT_THAT(response.body, HasSubstr(R"("openapi": "3.1.0")"));
}

struct VerbCase {
  const char* method;
  const char* path;
  int status;
  const char* allow;
};

TEST_F(RoutesTest, RefusesVerbsThatDoNotFit) {
  const VerbCase cases[] = {
      {"HEAD", "/v2", 200, ""},
      {"HEAD", "/metrics", 200, ""},
      {"POST", "/v2", 405, "GET, HEAD"},
      {"DELETE", "/v2/models/small", 405, "GET, HEAD"},
      {"GET", "/v2/models/small/infer", 405, "POST"},
      {"HEAD", "/v1/families/emoji/classify", 405, "POST"},
      {"OPTIONS", "/v1/families/emoji/classify", 405, "POST"},
      {"PUT", "/nowhere", 404, ""},
  };
  for (const VerbCase& row : cases) {
    HttpRequest request;
    request.method = row.method;
    request.path = row.path;
    const HttpResponse response = send(request);
    EXPECT_EQ(response.status, row.status) << row.method << ' ' << row.path;
    EXPECT_EQ(header(response, "Allow"), row.allow) << row.method << ' ' << row.path;
  }
  HttpRequest request;
  request.method = "GET";
  request.path = "/v2/models/m/infer";
  EXPECT_EQ(send(request).body,
            R"({"error":"Method Not Allowed: GET /v2/models/m/infer; allowed: POST"})");
}

}  // namespace
}  // namespace cnnselect
