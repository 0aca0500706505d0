// What changes something by way of the routes: models, settings, shared memory; traces.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/log_settings.h"
#include "oip/testing/shared_object.h"
#include "routes/testing/routes_test.h"

namespace cnnselect {
namespace {

using ::testing::HasSubstr;

using RoutesControlTest = RoutesTest;

TEST_F(RoutesControlTest, ModelsAreLoadedAndUnloadedByName) {
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

TEST_F(RoutesControlTest, TensorsComeAndGoInSharedMemory) {
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

TEST_F(RoutesControlTest, TheLogIsReadByAllAndChangedWhereThatIsAllowed) {
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

TEST_F(RoutesControlTest, ATracedRequestIsToldWhichSpanIsOurs) {
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

TEST_F(RoutesControlTest, TraceSettingsAreReadByAllAndChangedWhereThatIsAllowed) {
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

TEST_F(RoutesControlTest, SharedMemoryIsOfferedOnlyWhereItIsAllowed) {
  EXPECT_EQ(get("/v2/systemsharedmemory/status").status, 501);
  const HttpResponse refused =
      send(post("/v2/models/small/infer",
                R"({"inputs":[{"name":"x","shape":[1],"datatype":"FP32","parameters":)"
                R"({"shared_memory_region":"r","shared_memory_byte_size":4}}]})"));
  EXPECT_EQ(refused.status, 501);
  EXPECT_THAT(refused.body, HasSubstr("shared memory is not offered"));
}

}  // namespace
}  // namespace cnnselect
