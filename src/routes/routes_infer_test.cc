// Tensors and photos by way of the routes, and clients that go away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "routes/testing/routes_test.h"

namespace cnnselect {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using namespace std::chrono_literals;

using RoutesInferTest = RoutesTest;

TEST_F(RoutesInferTest, InfersFromJson) {
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

TEST_F(RoutesInferTest, InfersFromOneBareTensor) {
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

TEST_F(RoutesInferTest, ABareTensorNeedsAKnownModel) {
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

TEST_F(RoutesInferTest, NamesWhatIsWrongWithAnInferRequest) {
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

TEST_F(RoutesInferTest, HintsInTheBodyWinOverTheQueryAndThatOverHeaders) {
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

TEST_F(RoutesInferTest, ClassifiesARawPhoto) {
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

TEST_F(RoutesInferTest, AnUnknownFamilyIsNotFound) {
  EXPECT_EQ(send(post("/v1/families/nope/classify", "photo")).status, 404);
  EXPECT_EQ(send(post("/v1/families/nope/classify", "")).status, 404) << "whatever the body";
}

TEST_F(RoutesInferTest, ABadPhotoRequestIsRefused) {
  const HttpResponse response = send(post("/v1/families/emoji/classify", ""));
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("there is no photo"));
}

TEST_F(RoutesInferTest, AnswersLaterWithoutBlocking) {
  api_.hold();
  const auto exchange = start(post("/v1/families/emoji/classify", "photo"));
  EXPECT_THAT(exchange->responses(), SizeIs(0));
  api_.answer_held();
  ASSERT_THAT(exchange->responses(), SizeIs(1));
  EXPECT_EQ(exchange->responses().front().status, 200);
}

TEST_F(RoutesInferTest, AClientThatGoesAwayTakesItsRequestBack) {
  api_.hold();
  const auto exchange = start(post("/v2/models/small/infer", kSmallRequest));
  exchange->go_away();
  EXPECT_EQ(api_.cancelled(), 1);
  api_.answer_held();
  ASSERT_THAT(exchange->responses(), SizeIs(1));
  EXPECT_EQ(exchange->responses().front().status, 499);
}

TEST_F(RoutesInferTest, AClientThatWasGoneBeforeItsRequestWasReadIsNotWorkedFor) {
  api_.hold();
  const auto exchange = std::make_shared<FakeExchange>();
  exchange->go_away();
  Routes(api_, rights_).handle(post("/v2/models/small/infer", kSmallRequest), exchange);
  EXPECT_EQ(api_.cancelled(), 1);
}

TEST_F(RoutesInferTest, GoingAwayAfterTheAnswerCancelsNothing) {
  const auto exchange = start(post("/v2/models/small/infer", kSmallRequest));
  exchange->go_away();
  EXPECT_EQ(api_.cancelled(), 0);
  EXPECT_THAT(exchange->responses(), SizeIs(1));
}

// Answer and disconnect from two threads at once: whoever wins, one answer goes out.
TEST_F(RoutesInferTest, OneAnswerWhoeverIsFirst) {
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

TEST_F(RoutesInferTest, NothingKeepsTheExchangeOnceItIsAnswered) {
  const auto exchange = start(post("/v2/models/small/infer", kSmallRequest));
  EXPECT_EQ(exchange.use_count(), 1);
}

}  // namespace
}  // namespace cnnselect
