// The Open Inference Protocol as a client meets it: bytes on a socket to a server with the embedded
// family, answers read as JSON.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstring>

#include "base/testing/read_file.h"
#include "net/testing/raw_client.h"
#include "tests/live_server.h"

namespace cnnselect {
namespace {

using testing::HasSubstr;

class OipServer : public testing::Test {
 protected:
  // One server for all tests: they leave no trace but counts.
  static void SetUpTestSuite() {
    server_ = std::make_unique<test::LiveServer>(test::kZoo / "repository");
    photo_ = read_file(test::kZoo / "pictures" / "phone" / "horse_face_12.0mp.jpg");
  }
  static void TearDownTestSuite() { server_.reset(); }

  RawResponse send(const std::string& bytes) {
    RawClient client(static_cast<std::uint16_t>(std::stoi(server_->url().port)));
    client.send(bytes);
    return client.read();
  }
  RawResponse get(const std::string& target) {
    return send("GET " + target + " HTTP/1.1\r\nHost: test\r\n\r\n");
  }
  RawResponse post(const std::string& target, const std::string& body,
                   const std::string& headers = "") {
    return send(fmt::format("POST {} HTTP/1.1\r\nHost: test\r\n{}Content-Length: {}\r\n\r\n{}",
                            target, headers, body.size(), body));
  }
  static boost::json::value json(const RawResponse& response) {
    EXPECT_EQ(response.status, 200) << response.body;
    boost::system::error_code failed;
    auto value = boost::json::parse(response.body, failed);
    EXPECT_FALSE(failed) << response.body;
    return value;
  }

  /// A tensor in which no two rows are alike.
  static std::vector<float> ramp(std::size_t size) {
    std::vector<float> values(size);
    for (std::size_t i = 0; i < size; ++i) values[i] = static_cast<float>(i % 97) / 48.5F - 1.0F;
    return values;
  }
  static std::string json_request(const std::vector<int>& shape, const std::string& more = "") {
    std::size_t size = 1;
    for (const int d : shape) size *= static_cast<std::size_t>(d);
    return fmt::format(
        R"({{"inputs":[{{"name":"input","datatype":"FP32","shape":[{}],"data":[{}]}}]{}}})",
        fmt::join(shape, ","), fmt::join(ramp(size), ","), more);
  }
  static std::vector<double> logits(const boost::json::value& answer) {
    return boost::json::value_to<std::vector<double>>(answer.at("outputs").at(0).at("data"));
  }
  static std::string text(const boost::json::value& value) {
    return std::string(value.as_string());
  }

  static std::unique_ptr<test::LiveServer> server_;
  static std::string photo_;
};

std::unique_ptr<test::LiveServer> OipServer::server_;
std::string OipServer::photo_;

TEST_F(OipServer, SaysWhatItIsAndWhatItHas) {
  EXPECT_EQ(text(json(get("/v2")).at("name")), "cnnselect");
  const auto models = json(get("/v2/models"));
  EXPECT_THAT(boost::json::value_to<std::vector<std::string>>(models.at("models")),
              testing::IsSupersetOf({"emoji", "mobilenet_025_32", "resnet_64_192"}));
  EXPECT_EQ(get("/v2/health/live").status, 200);
  EXPECT_EQ(get("/v2/models/emoji/ready").status, 200);
}

TEST_F(OipServer, BodiesMayComeAndGoCompressed) {
  const std::string request = json_request({1, 3, 32, 32});
  const auto plain = logits(json(post("/v2/models/mobilenet_025_32/infer", request)));
  for (const auto& [name, coding] :
       {std::pair("gzip", Coding::kGzip), std::pair("deflate", Coding::kDeflate)}) {
    RawResponse answer =
        post("/v2/models/mobilenet_025_32/infer", compress(request, coding).value(),
             fmt::format("Content-Encoding: {0}\r\nAccept-Encoding: {0}\r\n", name));
    EXPECT_THAT(answer.head, HasSubstr(fmt::format("Content-Encoding: {}", name)));
    answer.body = decompress(answer.body, coding, 1 << 20).value();
    EXPECT_EQ(logits(json(answer)), plain) << name;
  }
  const RawResponse unknown = post("/v2/models/emoji/infer", request, "Content-Encoding: br\r\n");
  EXPECT_EQ(unknown.status, 501);
  EXPECT_THAT(unknown.head, HasSubstr("Accept-Encoding: gzip, deflate"));
  EXPECT_EQ(post("/v2/models/emoji/infer", request, "Content-Encoding: gzip\r\n").status, 400);
  EXPECT_EQ(get("/v2/health/live").status, 200);
}

TEST_F(OipServer, AFamilyIsAModelWhoseSidesAreFree) {
  const auto family = json(get("/v2/models/emoji"));
  EXPECT_EQ(boost::json::serialize(family.at("inputs").at(0).at("shape")), "[-1,3,-1,-1]");
  const auto model = json(get("/v2/models/mobilenet_025_32"));
  EXPECT_EQ(boost::json::serialize(model.at("inputs").at(0).at("shape")), "[-1,3,32,32]");
  EXPECT_EQ(boost::json::serialize(model.at("outputs").at(0).at("shape")), "[-1,100]");
}

TEST_F(OipServer, ATensorAsJsonGivesLogits) {
  const auto answer = json(
      post("/v2/models/mobilenet_025_32/infer", json_request({1, 3, 32, 32}, R"(,"id":"a1")")));
  EXPECT_EQ(text(answer.at("id")), "a1");
  EXPECT_EQ(text(answer.at("model_name")), "mobilenet_025_32");
  EXPECT_EQ(boost::json::serialize(answer.at("outputs").at(0).at("shape")), "[1,100]");
  EXPECT_EQ(logits(answer).size(), 100U);
}

TEST_F(OipServer, BinaryAndJsonGiveTheSameNumbers) {
  const auto as_json =
      logits(json(post("/v2/models/mobilenet_025_32/infer", json_request({1, 3, 32, 32}))));
  const auto values = ramp(3 * 32 * 32);
  const std::string head = fmt::format(
      R"({{"inputs":[{{"name":"input","datatype":"FP32","shape":[1,3,32,32],)"
      R"("parameters":{{"binary_data_size":{}}}}}],"parameters":{{"binary_data_output":true}}}})",
      values.size() * sizeof(float));
  std::string body = head;
  body.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  const RawResponse binary =
      post("/v2/models/mobilenet_025_32/infer", body,
           fmt::format("Inference-Header-Content-Length: {}\r\n", head.size()));
  ASSERT_EQ(binary.status, 200) << binary.body;
  std::vector<float> numbers(100);
  ASSERT_GT(binary.body.size(), numbers.size() * sizeof(float));
  std::memcpy(numbers.data(),
              binary.body.data() + binary.body.size() - numbers.size() * sizeof(float),
              numbers.size() * sizeof(float));
  for (std::size_t i = 0; i < numbers.size(); ++i) EXPECT_NEAR(numbers[i], as_json.at(i), 1e-5);
}

TEST_F(OipServer, ABatchIsAnsweredRowByRow) {
  const auto one =
      logits(json(post("/v2/models/mobilenet_025_32/infer", json_request({1, 3, 32, 32}))));
  const auto two = json(post("/v2/models/mobilenet_025_32/infer", json_request({2, 3, 32, 32})));
  EXPECT_EQ(boost::json::serialize(two.at("outputs").at(0).at("shape")), "[2,100]");
  const auto rows = logits(two);
  ASSERT_EQ(rows.size(), 200U);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_NEAR(rows[i], one.at(i), 1e-4);
  EXPECT_NE(rows[0], rows[100]) << "the second row is another tensor";
}

TEST_F(OipServer, AFamilyAnswersATensorWithAModelThatTakesItsShape) {
  const auto answer = json(post("/v2/models/emoji/infer", json_request({1, 3, 96, 96})));
  EXPECT_EQ(text(answer.at("model_name")), "emoji");
  EXPECT_THAT(text(answer.at("parameters").at("model")), testing::EndsWith("_96"));
  const RawResponse none = post("/v2/models/emoji/infer", json_request({1, 3, 33, 33}));
  EXPECT_EQ(none.status, 400);
  EXPECT_THAT(none.body, HasSubstr("[1,3,33,33]"));
}

TEST_F(OipServer, ClassesAreNamedOnRequest) {
  const auto answer = json(
      post("/v2/models/mobilenet_025_32/infer",
           json_request({1, 3, 32, 32},
                        R"(,"outputs":[{"name":"logits","parameters":{"classification":3}}])")));
  const auto& output = answer.at("outputs").at(0);
  EXPECT_EQ(text(output.at("datatype")), "BYTES");
  const auto classes = boost::json::value_to<std::vector<std::string>>(output.at("data"));
  ASSERT_EQ(classes.size(), 3U);
  // "value:index:label", the largest first.
  EXPECT_GE(std::stod(classes[0]), std::stod(classes[1]));
  EXPECT_EQ(std::ranges::count(classes[0], ':'), 2);
}

TEST_F(OipServer, APhotoInATensorIsAPhoto) {
  const auto size = static_cast<std::uint32_t>(photo_.size());
  const std::string head =
      fmt::format(R"({{"inputs":[{{"name":"input","datatype":"BYTES","shape":[1],)"
                  R"("parameters":{{"binary_data_size":{}}}}}],)"
                  R"("outputs":[{{"name":"logits","parameters":{{"classification":1}}}}]}})",
                  photo_.size() + sizeof(size));
  std::string body = head;
  body.append(reinterpret_cast<const char*>(&size), sizeof(size));
  body += photo_;
  const auto answer =
      json(post("/v2/models/emoji/infer", body,
                fmt::format("Inference-Header-Content-Length: {}\r\n", head.size())));
  EXPECT_THAT(text(answer.at("outputs").at(0).at("data").at(0)), HasSubstr("horse face"));
}

TEST_F(OipServer, TheSlaAndThePolicyTravelAsParameters) {
  const auto hurried = json(
      post("/v2/models/emoji/infer",
           json_request({1, 3, 96, 96}, R"(,"parameters":{"sla_ms":60000,"policy":"fastest"})")));
  EXPECT_EQ(text(hurried.at("parameters").at("reason")), "fixed");
  const RawResponse wrong =
      post("/v2/models/emoji/infer", json_request({1, 3, 96, 96}, R"(,"parameters":{"sla_ms":0})"));
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body, HasSubstr("sla_ms"));
}

// There are two workers, so most of a batch waits, and longer than a microsecond. Images are
// counted.
TEST_F(OipServer, ATimeoutEndsWaitingAndIsCountedByItself) {
  const auto infer = [&](const std::string& parameter) {
    return post("/v2/models/mobilenet_025_32/infer",
                json_request({64, 3, 32, 32}, R"(,"parameters":{)" + parameter + "}"));
  };
  const RawResponse expired = infer(R"("timeout":1)");
  EXPECT_EQ(expired.status, 503);
  EXPECT_THAT(expired.body, HasSubstr("Request timeout expired"));
  EXPECT_THAT(get("/metrics").body, HasSubstr(R"(outcome="timed_out"} 64)"));
  EXPECT_EQ(infer(R"("timeout":60000000)").status, 200);
}

TEST_F(OipServer, APriorityIsOneOfThoseThatTheConfigurationTells) {
  const auto config = json(get("/v2/models/emoji/config")).at("dynamic_batching");
  EXPECT_EQ(config.at("priority_levels"), 3);
  EXPECT_EQ(config.at("default_priority_level"), 2);
  EXPECT_EQ(post("/v1/families/emoji/classify?priority=3&timeout=60000000", photo_).status, 200);
  EXPECT_EQ(post("/v1/families/emoji/classify", photo_, "x-cnnselect-priority: 1\r\n").status, 200);
  const RawResponse beyond = post("/v1/families/emoji/classify?priority=4", photo_);
  EXPECT_EQ(beyond.status, 400);
  EXPECT_THAT(beyond.body, HasSubstr("priority is 4; allowed: 1, which goes first, to 3"));
}

TEST_F(OipServer, AFormAndARawBodyAreTheSamePhoto) {
  const auto raw = json(post("/v1/families/emoji/classify?policy=most-accurate", photo_));
  const std::string form =
      "--b\r\nContent-Disposition: form-data; name=\"policy\"\r\n\r\n"
      "most-accurate\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; "
      "filename=\"p.jpg\"\r\n\r\n" +
      photo_ + "\r\n--b--\r\n";
  const auto sent = json(post("/v1/families/emoji/classify", form,
                              "Content-Type: multipart/form-data; boundary=b\r\n"));
  EXPECT_EQ(text(raw.at("label")), "horse face");
  EXPECT_EQ(sent.at("confidence"), raw.at("confidence"));
  EXPECT_EQ(raw.at("top").as_array().size(), 5U);
  for (const char* time :
       {"t_input_ms", "t_decode_ms", "t_queue_ms", "t_infer_ms", "t_server_ms"}) {
    EXPECT_GE(sent.at("timing").at(time).to_number<double>(), 0) << time;
  }
}

TEST_F(OipServer, EveryAnswerIsCountedByWhatBecameOfIt) {
  const auto count = [&](const std::string& series) {
    const std::string metrics = get("/metrics").body;
    const auto at = metrics.find("\n" + series + " ");
    EXPECT_NE(at, std::string::npos) << series;
    return at == std::string::npos ? -1.0 : std::stod(metrics.substr(at + series.size() + 2));
  };
  const std::string requests = R"(cnnselect_requests_total{family="emoji",outcome=")";
  const double in_time = count(requests + R"(in_time"})");
  const double late = count(requests + R"(late"})");
  const double bad = count(requests + R"(bad_request"})");
  EXPECT_EQ(post("/v1/families/emoji/classify?sla_ms=60000", photo_).status, 200);
  EXPECT_EQ(post("/v1/families/emoji/classify?sla_ms=0.001", photo_).status, 200);
  EXPECT_EQ(post("/v1/families/emoji/classify", "no photo").status, 415);
  EXPECT_EQ(count(requests + R"(in_time"})"), in_time + 1);
  EXPECT_EQ(count(requests + R"(late"})"), late + 1);
  EXPECT_EQ(count(requests + R"(bad_request"})"), bad + 1);
  EXPECT_EQ(count(R"(cnnselect_engine_requests{state="running"})"), 0);
}

TEST_F(OipServer, WhatDoesNotExistOrIsNotAllowedIsSaid) {
  EXPECT_EQ(get("/v2/models/nope").status, 404);
  EXPECT_THAT(get("/v2/models/nope").body, HasSubstr("'nope' is not found; there are: emoji"));
  EXPECT_EQ(get("/nothing").status, 404);
  EXPECT_EQ(send("PUT /v2 HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n").status, 405);
  EXPECT_EQ(post("/v2/models/emoji/versions/9/infer", json_request({1, 3, 96, 96})).status, 404);
}

}  // namespace
}  // namespace cnnselect
