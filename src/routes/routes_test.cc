#include "routes/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "api/testing/fake_inference_api.h"
#include "base/log_settings.h"
#include "http/testing/fake_exchange.h"
#include "oip/testing/shared_object.h"

namespace cnnselect {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using namespace std::chrono_literals;

using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kJson = "application/json";
constexpr const char* kSmallRequest =
    R"({"id":"7","inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1.5,-2]}]})";

class RoutesTest : public ::testing::Test {
 protected:
  RoutesTest() {
    api_.set_state({"cnnselect", "0.1.0", {"binary_tensor_data"}, true, true, {"emoji", "small"}});
    api_.add_model({"small",
                    {"1"},
                    "onnxruntime_onnx",
                    {{"x", "FP32", {-1, 2}}},
                    {{"y", "FP32", {-1, 2}}},
                    true});
    api_.add_model({"emoji", {"1"}, "cnnselect_family", {}, {}, true});
    api_.add_model({"cold", {"1"}, "onnxruntime_onnx", {}, {}, false});
    api_.set_metrics("cnnselect_requests_total 3\n");
  }

  std::shared_ptr<FakeExchange> start(HttpRequest request) {
    auto exchange = std::make_shared<FakeExchange>();
    Routes(api_, rights_).handle(std::move(request), exchange);
    return exchange;
  }

  HttpResponse send(HttpRequest request) {
    const auto responses = start(std::move(request))->responses();
    EXPECT_THAT(responses, SizeIs(1));
    return responses.empty() ? HttpResponse{} : responses.front();
  }

  HttpResponse get(std::string path) {
    HttpRequest request;
    request.method = "GET";
    request.path = std::move(path);
    return send(request);
  }

  static HttpRequest post(std::string path, std::string body, Headers headers = {}) {
    HttpRequest request;
    request.method = "POST";
    request.path = std::move(path);
    request.body = std::move(body);
    request.headers = std::move(headers);
    return request;
  }

  FakeInferenceApi api_;
  Rights rights_;
};

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

TEST_F(RoutesTest, ModelsAreLoadedAndUnloadedByName) {
  EXPECT_EQ(get("/v2/models/cold/ready").status, 503);
  const HttpResponse refused = send(post("/v2/repository/models/cold/load", ""));
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("explicit model load / unload is not allowed"));
  EXPECT_THAT(get("/v2").body, ::testing::Not(HasSubstr("model_repository")));
  rights_.models = true;
  EXPECT_THAT(get("/v2").body, HasSubstr("model_repository"));
  const HttpResponse loaded = send(post("/v2/repository/models/cold/load", ""));
  EXPECT_EQ(loaded.status, 200);
  EXPECT_EQ(loaded.body, "");
  EXPECT_EQ(get("/v2/models/cold/ready").status, 200);
  EXPECT_EQ(send(post("/v2/repository/mine/models/cold/unload", "{}")).status, 200);
  EXPECT_EQ(get("/v2/models/cold/ready").status, 503);
  EXPECT_EQ(send(post("/v2/repository/models/nope/load", "")).status, 404);
  EXPECT_EQ(
      send(post("/v2/repository/models/cold/load", R"({"parameters":{"config":"{}"}})")).status,
      501);
  EXPECT_EQ(get("/v2/repository/models/cold/load").status, 405);
}

TEST_F(RoutesTest, TensorsComeAndGoInSharedMemory) {
  const SharedObject object(std::string(16, '\0'));
  SharedMemory memory(1 << 20);
  Routes routes(api_, {}, &memory);
  const auto ask = [&](HttpRequest request) {
    const auto exchange = std::make_shared<FakeExchange>();
    routes.handle(std::move(request), exchange);
    return exchange->responses().at(0);
  };
  const std::string region = R"({"key":")" + object.key() + R"(","offset":0,"byte_size":16})";
  EXPECT_EQ(ask(post("/v2/systemsharedmemory/region/r/register", region)).status, 200);
  EXPECT_EQ(ask(post("/v2/systemsharedmemory/region/r/register", region)).status, 400);
  HttpRequest status;
  status.method = "GET";
  status.path = "/v2/systemsharedmemory/region/r/status";
  EXPECT_THAT(ask(status).body, HasSubstr(R"([{"name":"r","key":"/cnnselect_test_)"));

  const HttpResponse answer =
      ask(post("/v2/models/small/infer",
               R"({"inputs":[{"name":"x","shape":[2],"datatype":"FP32","parameters":)"
               R"({"shared_memory_region":"r","shared_memory_byte_size":8}}],)"
               R"("outputs":[{"name":"x","parameters":{"shared_memory_region":"r",)"
               R"("shared_memory_offset":8,"shared_memory_byte_size":8}}]})"));
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(answer.body,
              HasSubstr(R"("outputs":[{"name":"x","datatype":"FP32","shape":[2],"parameters":)"
                        R"({"shared_memory_region":"r","shared_memory_offset":8,)"
                        R"("shared_memory_byte_size":8}}])"));
  EXPECT_EQ(ask(post("/v2/systemsharedmemory/region/r/unregister", "")).status, 200);
  EXPECT_EQ(ask(status).status, 400);
  EXPECT_EQ(ask(post("/v2/systemsharedmemory/unregister", "")).status, 200);
}

TEST_F(RoutesTest, TheLogIsReadByAllAndChangedWhereThatIsAllowed) {
  const LogSettings before = log_settings();
  EXPECT_THAT(get("/v2/logging").body, HasSubstr(R"("log_info":true)"));
  EXPECT_EQ(send(post("/v2/logging", R"({"log_info":false})")).status, 503);
  rights_.settings = true;
  const HttpResponse changed = send(post("/v2/logging", R"({"log_info":false})"));
  EXPECT_EQ(changed.status, 200);
  EXPECT_THAT(changed.body, HasSubstr(R"("log_info":false)"));
  EXPECT_THAT(get("/v2/logging").body, HasSubstr(R"("log_info":false)"));
  EXPECT_EQ(send(post("/v2/logging", R"({"log_info":0})")).status, 400);
  set_log_settings(before);
}

constexpr const char* kParentIds = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";

TEST_F(RoutesTest, ATracedRequestIsToldWhichSpanIsOurs) {
  TraceSampling traces({.fraction = 0});
  const auto ask = [&](const std::string& path, const std::string& body, const Headers& headers) {
    auto exchange = std::make_shared<FakeExchange>();
    Routes(api_, {}, nullptr, &traces).handle(post(path, body, headers), exchange);
    return exchange->responses().at(0);
  };
  const Headers sampled{{"traceparent", std::string(kParentIds) + "-01"}, {"tracestate", "a=1"}};
  const auto answer = ask("/v2/models/small/infer", kSmallRequest, sampled);
  EXPECT_EQ(answer.status, 200);
  const auto& trace = api_.last_infer().trace;
  ASSERT_TRUE(trace);
  EXPECT_TRUE(trace->sampled);
  EXPECT_EQ(to_hex(trace->parent->bytes), "b7ad6b7169203331");
  EXPECT_EQ(trace->state, "a=1");
  EXPECT_EQ(header(answer, "traceparent"),
            "00-0af7651916cd43dd8448eb211c80319c-" + to_hex(trace->span.bytes) + "-01");
  EXPECT_EQ(trace->transport->status(nullptr), 200);
  const Error late{ErrorCode::kTooLate, "late"};
  EXPECT_EQ(trace->transport->status(&late), 504);

  const Headers unsampled{{"traceparent", std::string(kParentIds) + "-00"}};
  const auto photo = ask("/v1/families/emoji/classify", "photo", unsampled);
  EXPECT_EQ(photo.status, 200);
  EXPECT_FALSE(api_.last_classify().trace->sampled);
  EXPECT_THAT(header(photo, "traceparent"), HasSubstr("8448eb211c80319c-"));
  EXPECT_THAT(header(ask("/v2/models/small/infer", "{", sampled), "traceparent"), HasSubstr("-01"))
      << "an error's answer too";
  EXPECT_EQ(header(ask("/v2/models/small/infer", kSmallRequest, {}), "traceparent"), "");
  EXPECT_FALSE(api_.last_infer().trace);
}

TEST_F(RoutesTest, TraceSettingsAreReadByAllAndChangedWhereThatIsAllowed) {
  TraceSampling traces({.fraction = 0.5});
  const auto ask = [&](TraceSampling* offered, HttpRequest request) {
    auto exchange = std::make_shared<FakeExchange>();
    Routes(api_, rights_, nullptr, offered).handle(std::move(request), exchange);
    return exchange->responses().at(0);
  };
  HttpRequest all{.method = "GET", .path = "/v2/trace/setting"};
  HttpRequest small{.method = "GET", .path = "/v2/models/small/trace/setting"};
  HttpRequest unknown{.method = "GET", .path = "/v2/models/nope/trace/setting"};
  EXPECT_EQ(ask(nullptr, all).status, 501);
  EXPECT_THAT(ask(&traces, all).body, HasSubstr(R"("trace_rate":"2")"));
  EXPECT_EQ(ask(&traces, unknown).status, 404);
  EXPECT_EQ(ask(&traces, post(all.path, R"({"trace_rate":"1"})")).status, 503);
  rights_.settings = true;
  EXPECT_EQ(ask(&traces, post(all.path, R"({"trace_rate":"x"})")).status, 400);
  EXPECT_EQ(ask(&traces, post(unknown.path, R"({"trace_rate":"1"})")).status, 404);
  EXPECT_THAT(ask(&traces, post(all.path, R"({"trace_rate":"1"})")).body,
              HasSubstr(R"("trace_level":["TIMESTAMPS"],"trace_rate":"1")"));
  EXPECT_THAT(ask(&traces, post(small.path, R"({"trace_level":["OFF"]})")).body,
              HasSubstr(R"("trace_level":["OFF"],"trace_rate":"1")"));
  EXPECT_THAT(ask(&traces, all).body, HasSubstr("TIMESTAMPS"));
  EXPECT_THAT(ask(&traces, post(small.path, R"({"trace_level":null})")).body,
              HasSubstr("TIMESTAMPS"));
}

TEST_F(RoutesTest, SharedMemoryIsOfferedOnlyWhereItIsAllowed) {
  EXPECT_EQ(get("/v2/systemsharedmemory/status").status, 501);
  const HttpResponse refused =
      send(post("/v2/models/small/infer",
                R"({"inputs":[{"name":"x","shape":[1],"datatype":"FP32","parameters":)"
                R"({"shared_memory_region":"r","shared_memory_byte_size":4}}]})"));
  EXPECT_EQ(refused.status, 501);
  EXPECT_THAT(refused.body, HasSubstr("shared memory is not offered"));
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

TEST_F(RoutesTest, InfersFromJson) {
  HttpRequest request = post("/v2/models/small/versions/1/infer", kSmallRequest);
  request.first_byte = TimePoint(1s);
  request.last_byte = TimePoint(2s);
  request.rtt = 30ms;
  const HttpResponse response = send(request);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body,
            R"({"model_name":"small","model_version":"1","id":"7","parameters":{"model":"small"},)"
            R"("outputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1.5,-2]}]})");
  EXPECT_EQ(api_.last_infer().version, "1");
  EXPECT_EQ(api_.last_infer().arrival.first_byte, TimePoint(1s));
  EXPECT_EQ(api_.last_infer().arrival.last_byte, TimePoint(2s));
  EXPECT_EQ(api_.last_infer().arrival.rtt, 30ms);
}

TEST_F(RoutesTest, InfersFromOneBareTensor) {
  const std::string tensor("\0\0\xc0\x3f\0\0\0\xc0", 8);
  const HttpResponse response =
      send(post("/v2/models/small/infer", tensor, {{"Inference-Header-Content-Length", "0"}}));
  EXPECT_EQ(response.status, 200);
  const std::string json =
      R"({"model_name":"small","model_version":"1","parameters":{"model":"small"},)"
      R"("outputs":[{"name":"x","datatype":"FP32","shape":[1,2],)"
      R"("parameters":{"binary_data_size":8}}]})";
  EXPECT_EQ(response.body, json + tensor);
  EXPECT_EQ(header(response, "Inference-Header-Content-Length"), std::to_string(json.size()));
  EXPECT_EQ(header(response, "Content-Type"), "application/octet-stream");
}

TEST_F(RoutesTest, ABareTensorNeedsAKnownModel) {
  const HttpResponse response =
      send(post("/v2/models/nope/infer", "12345678", {{"inference-header-content-length", "0"}}));
  EXPECT_EQ(response.status, 404);
}

struct InferErrorCase {
  const char* what;
  std::string path;
  std::string body;
  Headers headers;
  int status;
  const char* error;
};

TEST_F(RoutesTest, NamesWhatIsWrongWithAnInferRequest) {
  const InferErrorCase cases[] = {
      {"no body",
       "/v2/models/small/infer",
       "",
       {},
       400,
       R"({"error":"the body is empty; want {\"inputs\": [...]}"})"},
      {"unknown model",
       "/v2/models/nope/infer",
       kSmallRequest,
       {},
       404,
       R"({"error":"Request for unknown model: 'nope' is not found"})"},
      {"unknown model, and a body that is none",
       "/v2/models/nope/infer",
       "[1",
       {},
       404,
       R"({"error":"Request for unknown model: 'nope' is not found"})"},
      {"unknown model, and a hint that is none",
       "/v2/models/nope/infer",
       kSmallRequest,
       {{"X-CnnSelect-Sla-Ms", "-1"}},
       404,
       R"({"error":"Request for unknown model: 'nope' is not found"})"},
      {"a version that is no number",
       "/v2/models/small/versions/new/infer",
       kSmallRequest,
       {},
       404,
       R"({"error":"model 'small' has no version 'new'; versions are whole numbers"})"},
      {"header length beyond the body",
       "/v2/models/small/infer",
       "{}",
       {{"Inference-Header-Content-Length", "3"}},
       400,
       R"({"error":"Inference-Header-Content-Length is '3'; allowed: 0 to 2, the size of the body"})"},
      {"a bad header hint",
       "/v2/models/small/infer",
       kSmallRequest,
       {{"X-CnnSelect-Sla-Ms", "-1"}},
       400,
       R"({"error":"header X-CnnSelect-Sla-Ms: sla_ms is -1; allowed: 0.001 to 3600000 milliseconds"})"},
  };
  for (const InferErrorCase& row : cases) {
    const HttpResponse response = send(post(row.path, row.body, row.headers));
    EXPECT_EQ(response.status, row.status) << row.what;
    EXPECT_EQ(response.body, row.error) << row.what;
    EXPECT_EQ(header(response, "Content-Type"), kJson) << row.what;
  }
}

TEST_F(RoutesTest, HintsInTheBodyWinOverTheQueryAndThatOverHeaders) {
  HttpRequest request = post(
      "/v2/models/small/infer",
      R"({"parameters":{"sla_ms":100},"inputs":[{"name":"x","shape":[0],"datatype":"FP32","data":[]}]})",
      {{"x-cnnselect-sla-ms", "300"},
       {"x-cnnselect-rtt-ms", "30"},
       {"x-cnnselect-policy", "fastest"}});
  request.query = "sla_ms=200&rtt_ms=20&test_1=1&test_2=2";
  EXPECT_EQ(send(request).status, 200);
  EXPECT_EQ(api_.last_infer().hints.sla, 100ms);
  EXPECT_EQ(api_.last_infer().hints.rtt, 20ms);
  EXPECT_EQ(api_.last_infer().hints.policy, "fastest");
}

TEST_F(RoutesTest, ClassifiesARawPhoto) {
  HttpRequest request =
      post("/v1/families/emoji/classify", "photo", {{"Content-Type", "image/jpeg"}});
  request.query = "top=3&sla_ms=250&id=a";
  request.rtt = 12ms;
  const HttpResponse response = send(request);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(
      response.body,
      R"({"id":"a","family":"emoji","model":"echo","label":"photo","index":3,"confidence":0.5,)"
      R"("top":[{"label":"photo","index":3,"confidence":0.5}],"reason":"base-only",)"
      R"("probability":1,"sla_ms":250,"in_time":null,"timing":{"t_input_ms":0,"t_decode_ms":0,)"
      R"("t_queue_ms":0,"t_infer_ms":0,"t_server_ms":0,"budget_ms":null}})");
  EXPECT_EQ(api_.last_classify().arrival.rtt, 12ms);
}

TEST_F(RoutesTest, AnUnknownFamilyIsNotFound) {
  EXPECT_EQ(send(post("/v1/families/nope/classify", "photo")).status, 404);
  EXPECT_EQ(send(post("/v1/families/nope/classify", "")).status, 404) << "whatever the body";
}

TEST_F(RoutesTest, ABadPhotoRequestIsRefused) {
  const HttpResponse response = send(post("/v1/families/emoji/classify", ""));
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("there is no photo"));
}

TEST_F(RoutesTest, AnswersLaterWithoutBlocking) {
  api_.hold();
  const auto exchange = start(post("/v1/families/emoji/classify", "photo"));
  EXPECT_THAT(exchange->responses(), SizeIs(0));
  api_.answer_held();
  ASSERT_THAT(exchange->responses(), SizeIs(1));
  EXPECT_EQ(exchange->responses().front().status, 200);
}

TEST_F(RoutesTest, AClientThatGoesAwayTakesItsRequestBack) {
  api_.hold();
  const auto exchange = start(post("/v2/models/small/infer", kSmallRequest));
  exchange->go_away();
  EXPECT_EQ(api_.cancelled(), 1);
  api_.answer_held();
  ASSERT_THAT(exchange->responses(), SizeIs(1));
  EXPECT_EQ(exchange->responses().front().status, 499);
}

TEST_F(RoutesTest, AClientThatWasGoneBeforeItsRequestWasReadIsNotWorkedFor) {
  api_.hold();
  const auto exchange = std::make_shared<FakeExchange>();
  exchange->go_away();
  Routes(api_, rights_).handle(post("/v2/models/small/infer", kSmallRequest), exchange);
  EXPECT_EQ(api_.cancelled(), 1);
}

TEST_F(RoutesTest, GoingAwayAfterTheAnswerCancelsNothing) {
  const auto exchange = start(post("/v2/models/small/infer", kSmallRequest));
  exchange->go_away();
  EXPECT_EQ(api_.cancelled(), 0);
  EXPECT_THAT(exchange->responses(), SizeIs(1));
}

// Answer and disconnect from two threads at once: whoever wins, one answer goes out.
TEST_F(RoutesTest, OneAnswerWhoeverIsFirst) {
  api_.hold();
  for (int round = 0; round < 200; ++round) {
    const auto exchange = std::make_shared<FakeExchange>();
    std::thread client([&exchange] { exchange->go_away(); });
    Routes(api_, rights_).handle(post("/v2/models/small/infer", kSmallRequest), exchange);
    std::thread worker([this] { api_.answer_held(); });
    client.join();
    worker.join();
    ASSERT_THAT(exchange->responses(), SizeIs(1));
  }
}

TEST_F(RoutesTest, NothingKeepsTheExchangeOnceItIsAnswered) {
  const auto exchange = start(post("/v2/models/small/infer", kSmallRequest));
  EXPECT_EQ(exchange.use_count(), 1);
}

}  // namespace
}  // namespace cnnselect
