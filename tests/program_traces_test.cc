// The executable and its traces: what a collector gets of requests over both protocols, and what
// becomes of the server when the collector is slow, refuses, or is not there.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <csignal>
#include <map>
#include <set>
#include <thread>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/testing/read_file.h"
#include "http/http_server.h"
#include "net/testing/raw_client.h"
#include "proto/open_inference.grpc.pb.h"
#include "tests/program.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
namespace json = boost::json;

const std::string kTrace = "0af7651916cd43dd8448eb211c80319c";
const std::string kSpan = "b7ad6b7169203331";
const std::string kParent = "00-" + kTrace + "-" + kSpan + "-01";

/// Takes everything but what it is told to refuse, or leaves without an answer.
class Collector final : public HttpHandler {
 public:
  void handle(HttpRequest request, std::shared_ptr<HttpExchange> exchange) override {
    int status = 200;
    {
      const MutexLock lock(mutex_);
      bodies_.push_back(std::move(request.body));
      if (!refusals_.empty()) {
        status = refusals_.back();
        refusals_.pop_back();
      }
      if (silent_) {
        unanswered_.push_back(std::move(exchange));
        return;
      }
    }
    exchange->respond({status, {{"Content-Type", "application/json"}}, "{}"});
  }
  void refuse(std::vector<int> statuses) {
    const MutexLock lock(mutex_);
    refusals_ = std::move(statuses);
  }
  void fall_silent() {
    const MutexLock lock(mutex_);
    silent_ = true;
  }
  std::vector<std::string> bodies() const {
    const MutexLock lock(mutex_);
    return bodies_;
  }
  /// Every span so far, as JSON.
  std::vector<json::object> spans() const {
    std::vector<json::object> spans;
    for (const std::string& body : bodies()) {
      const json::value document = json::parse(body);
      for (const auto& span :
           document.at_pointer("/resourceSpans/0/scopeSpans/0/spans").as_array()) {
        spans.push_back(span.as_object());
      }
    }
    return spans;
  }
  bool wait_for_spans(std::size_t count) const {
    for (int i = 0; i < 500 && spans().size() < count; ++i) std::this_thread::sleep_for(20ms);
    return spans().size() >= count;
  }

 private:
  mutable Mutex mutex_;
  std::vector<std::string> bodies_ CNNSELECT_GUARDED_BY(mutex_);
  std::vector<int> refusals_ CNNSELECT_GUARDED_BY(mutex_);
  bool silent_ CNNSELECT_GUARDED_BY(mutex_) = false;
  std::vector<std::shared_ptr<HttpExchange>> unanswered_ CNNSELECT_GUARDED_BY(mutex_);
};

class ProgramTraces : public testing::Test {
 protected:
  ProgramTraces() : server_(HttpServer::start({}, collector_, clock_).value()) {}

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + "/v1/traces";
  }
  std::vector<std::string> arguments(std::vector<std::string> more = {}) const {
    std::vector<std::string> all = {"serve",       "--http", "127.0.0.1:0", "--grpc",
                                    "127.0.0.1:0", "--otlp", url()};
    std::ranges::move(more, std::back_inserter(all));
    return all;
  }
  static RawResponse classify(std::uint16_t port, const std::string& headers) {
    static const std::string photo = read_file(std::filesystem::path(CNNSELECT_SOURCE_DIR) /
                                               "zoo/pictures/phone" / "horse_face_12.0mp.jpg");
    RawClient client(port);
    client.send("POST /v1/families/emoji/classify?sla_ms=60000&id=seven HTTP/1.1\r\nHost: t\r\n" +
                headers + "Content-Length: " + std::to_string(photo.size()) + "\r\n\r\n" + photo);
    return client.read();
  }
  static RawResponse send(std::uint16_t port, const std::string& line,
                          const std::string& body = "") {
    RawClient client(port);
    client.send(line + " HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n\r\n" + body);
    return client.read();
  }

  RealClock clock_;
  Collector collector_;
  std::unique_ptr<HttpServer> server_;
};

std::string text(const json::object& span, std::string_view key) {
  const auto* const value = span.if_contains(key);
  return value == nullptr ? "" : std::string(value->as_string());
}

std::int64_t nanos(const json::object& span, std::string_view key) {
  return std::stoll(text(span, key));
}

/// The value of an attribute as it stands there, such as {"stringValue":"emoji"}.
std::string told(const json::object& span, std::string_view key) {
  for (const auto& attribute : span.at("attributes").as_array()) {
    if (attribute.at("key").as_string() == key) return json::serialize(attribute.at("value"));
  }
  return "";
}

/// The stages of `whole` by name, each looked at: theirs is its trace, and they are within it.
std::map<std::string, json::object> stages_of(const json::object& whole,
                                              const std::vector<json::object>& spans) {
  std::map<std::string, json::object> stages;
  for (const auto& span : spans) {
    if (text(span, "parentSpanId") != text(whole, "spanId")) continue;
    EXPECT_EQ(text(span, "traceId"), text(whole, "traceId"));
    EXPECT_EQ(span.at("kind").as_int64(), 1);
    EXPECT_GE(nanos(span, "startTimeUnixNano"), nanos(whole, "startTimeUnixNano"));
    EXPECT_LE(nanos(span, "endTimeUnixNano"), nanos(whole, "endTimeUnixNano"));
    EXPECT_LE(nanos(span, "startTimeUnixNano"), nanos(span, "endTimeUnixNano"));
    stages[text(span, "name")] = span;
  }
  return stages;
}

void expect_in_order(const std::map<std::string, json::object>& stages,
                     const std::vector<std::string>& names) {
  std::int64_t ended = 0;
  for (const std::string& name : names) {
    ASSERT_TRUE(stages.contains(name)) << name;
    EXPECT_GE(nanos(stages.at(name), "startTimeUnixNano"), ended) << name;
    ended = nanos(stages.at(name), "endTimeUnixNano");
  }
  EXPECT_EQ(stages.size(), names.size());
}

grpc::Status infer(std::uint16_t port, const std::string& parent, std::string& told_parent) {
  const auto stub = inference::GRPCInferenceService::NewStub(
      grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kLimit);
  context.AddMetadata("traceparent", parent);
  inference::ModelInferRequest request;
  request.set_model_name("mobilenet_025_32");
  auto& input = *request.add_inputs();
  input.set_name("input");
  input.set_datatype("FP32");
  for (const std::int64_t size : {1, 3, 32, 32}) input.add_shape(size);
  request.add_raw_input_contents(std::string(std::size_t{3} * 32 * 32 * 4, '\0'));
  inference::ModelInferResponse response;
  const auto status = stub->ModelInfer(&context, request, &response);
  const auto& headers = context.GetServerInitialMetadata();
  if (const auto found = headers.find("traceparent"); found != headers.end()) {
    told_parent = {found->second.data(), found->second.size()};
  }
  return status;
}

TEST_F(ProgramTraces, ACollectorGetsTheSpansOfBothProtocols) {
  Serving serving(arguments());
  const auto before = std::chrono::system_clock::now().time_since_epoch() / 1ns;
  const auto answer = classify(serving.port, "traceparent: " + kParent + "\r\ntracestate: a=1\r\n");
  EXPECT_EQ(answer.status, 200) << answer.body;
  const auto after = std::chrono::system_clock::now().time_since_epoch() / 1ns;
  EXPECT_EQ(classify(serving.port, "").status, 200) << "one that nobody traces";
  std::string told_parent;
  const auto status = infer(serving.grpc_port, kParent, told_parent);
  EXPECT_TRUE(status.ok()) << status.error_message();

  ASSERT_TRUE(collector_.wait_for_spans(13)) << serving.program.errors();
  const auto spans = collector_.spans();
  EXPECT_EQ(spans.size(), 13U);
  std::map<std::string, json::object> whole;
  for (const auto& span : spans) {
    EXPECT_EQ(text(span, "traceId"), kTrace);
    if (span.at("kind").as_int64() == 2) whole[text(span, "name")] = span;
  }
  ASSERT_EQ(whole.size(), 2U);
  const json::object& http = whole["classify"];
  EXPECT_EQ(text(http, "parentSpanId"), kSpan);
  EXPECT_EQ(text(http, "traceState"), "a=1");
  EXPECT_THAT(answer.head,
              HasSubstr("traceparent: 00-" + kTrace + "-" + text(http, "spanId") + "-01\r\n"));
  EXPECT_GE(nanos(http, "startTimeUnixNano"), before - 1'000'000);
  EXPECT_LE(nanos(http, "endTimeUnixNano"), after + 1'000'000);
  EXPECT_EQ(told(http, "cnnselect.family"), R"({"stringValue":"emoji"})");
  EXPECT_EQ(told(http, "cnnselect.sla_ms"), R"({"doubleValue":60000})");
  EXPECT_EQ(told(http, "cnnselect.outcome"), R"({"stringValue":"in_time"})");
  EXPECT_EQ(told(http, "cnnselect.request_id"), R"({"stringValue":"seven"})");
  EXPECT_EQ(told(http, "http.response.status_code"), R"({"intValue":"200"})");
  EXPECT_THAT(told(http, "cnnselect.model"), HasSubstr("stringValue"));
  EXPECT_THAT(told(http, "cnnselect.reason"), HasSubstr("stringValue"));
  EXPECT_THAT(told(http, "cnnselect.probability"), HasSubstr("doubleValue"));
  EXPECT_THAT(told(http, "cnnselect.budget_ms"), HasSubstr("doubleValue"));
  expect_in_order(stages_of(http, spans),
                  {"network", "decode", "queue", "prepare", "infer", "answer"});

  const json::object& grpc = whole["infer"];
  EXPECT_EQ(text(grpc, "parentSpanId"), kSpan);
  EXPECT_EQ(told_parent, "00-" + kTrace + "-" + text(grpc, "spanId") + "-01");
  EXPECT_EQ(told(grpc, "rpc.grpc.status_code"), R"({"intValue":"0"})");
  EXPECT_EQ(told(grpc, "cnnselect.asked"), R"({"stringValue":"mobilenet_025_32"})");
  expect_in_order(stages_of(grpc, spans), {"network", "queue", "prepare", "infer", "answer"});

  const json::value first = json::parse(collector_.bodies().front());
  std::set<std::string> resource;
  for (const auto& one : first.at_pointer("/resourceSpans/0/resource/attributes").as_array()) {
    resource.emplace(one.at("key").as_string());
  }
  EXPECT_TRUE(resource.contains("service.name") && resource.contains("service.version"));
  EXPECT_THAT(send(serving.port, "GET /metrics").body,
              HasSubstr("cnnselect_spans_dropped_total 0"));
}

TEST_F(ProgramTraces, SettingsSayWhatIsTraced) {
  Serving serving(arguments({"--settings-control"}));
  const std::string all = "/v2/trace/setting";
  EXPECT_THAT(send(serving.port, "GET /v2").body, HasSubstr(R"("trace")"));
  EXPECT_THAT(send(serving.port, "GET " + all).body, HasSubstr(R"("trace_rate":"0")"));
  EXPECT_THAT(send(serving.port, "POST " + all, R"({"trace_rate":"1","trace_count":"1"})").body,
              HasSubstr(R"("trace_rate":"1","trace_count":"1")"));
  EXPECT_EQ(send(serving.port, "GET /v2/models/nope/trace/setting").status, 404);
  EXPECT_THAT(classify(serving.port, "").head, HasSubstr("traceparent: 00-"));
  EXPECT_THAT(classify(serving.port, "").head, Not(HasSubstr("traceparent")))
      << "one was asked for";
  EXPECT_THAT(send(serving.port, "GET " + all).body, HasSubstr(R"("trace_count":"0")"));
  send(serving.port, "POST /v2/models/emoji/trace/setting", R"({"trace_level":["OFF"]})");
  EXPECT_THAT(classify(serving.port, "traceparent: " + kParent + "\r\n").head,
              HasSubstr("-00\r\n"));
  serving.program.signal(SIGTERM);
  EXPECT_EQ(serving.program.wait(kLimit), 0);
  EXPECT_EQ(collector_.spans().size(), 7U) << "of one request, sent at the end";
}

TEST_F(ProgramTraces, ACollectorThatRefusesIsAskedAgain) {
  collector_.refuse({503, 503});
  Serving serving(arguments({"--trace-rate", "1"}));
  EXPECT_EQ(classify(serving.port, "").status, 200);
  for (int i = 0; i < 500 && collector_.bodies().size() < 3; ++i) std::this_thread::sleep_for(20ms);
  const auto bodies = collector_.bodies();
  ASSERT_EQ(bodies.size(), 3U);
  EXPECT_EQ(bodies[0], bodies[2]);
  const auto metrics = [&] { return send(serving.port, "GET /metrics").body; };
  for (int i = 0; i < 500 && !metrics().contains("exported_total 7"); ++i) {
    std::this_thread::sleep_for(20ms);
  }
  EXPECT_THAT(metrics(), HasSubstr("cnnselect_spans_exported_total 7"));
  EXPECT_THAT(metrics(), HasSubstr("cnnselect_span_export_failures_total 2"));
}

TEST_F(ProgramTraces, ASilentCollectorHoldsUpNoRequestAndNoEnd) {
  collector_.fall_silent();
  Serving serving(arguments({"--trace-rate", "1"}));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(classify(serving.port, "").status, 200);
  serving.program.signal(SIGTERM);
  EXPECT_EQ(serving.program.wait(kLimit), 0);
}

TEST_F(ProgramTraces, WithoutACollectorRequestsAreAnsweredAndTheEndComes) {
  const auto with = arguments({"--trace-rate", "1"});
  server_.reset();
  Serving serving(with);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(classify(serving.port, "").status, 200);
  for (int i = 0; i < 500; ++i) {
    if (!send(serving.port, "GET /metrics").body.contains("export_failures_total 0")) break;
    std::this_thread::sleep_for(20ms);
  }
  serving.program.signal(SIGTERM);
  EXPECT_EQ(serving.program.wait(kLimit), 0);
  EXPECT_THAT(serving.program.errors(), HasSubstr("traces are not exported"));
}

TEST(ProgramTracesStart, NamesWhatItCannotDo) {
  const auto errors = [](std::vector<std::string> more) {
    const Finished finished = serve(kRepository, std::move(more));
    EXPECT_EQ(finished.status, 1);
    return finished.errors;
  };
  EXPECT_THAT(errors({"--otlp", "collector:4318"}), HasSubstr("--otlp: 'collector:4318' is not"));
  EXPECT_THAT(errors({"--trace-rate", "0.5"}), HasSubstr("--trace-rate needs an --otlp"));
}

}  // namespace
}  // namespace cnnselect
