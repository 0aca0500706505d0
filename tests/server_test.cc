// The whole server on the embedded family, over real HTTP on loopback: photos in, answers out, and
// bad requests that leave it serving.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "backend/image_classifier.h"
#include "backend/onnxruntime_backend.h"
#include "base/clock.h"
#include "load/classify_answer.h"
#include "load/sender.h"
#include "net/http_server.h"
#include "net/routes.h"
#include "service/inference_service.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::filesystem::path kZoo = std::filesystem::path(CNNSELECT_SOURCE_DIR) / "zoo";

class ServerTest : public testing::Test {
 protected:
  ServerTest()
      : catalog_(Catalog::scan(kZoo / "repository").value()),
        models_(catalog_, backend_, clock_, {.threads = 2, .check = check_member}) {
    const Status loaded = models_.load_all();
    EXPECT_TRUE(loaded) << loaded.error().message;
    service_ = InferenceService::create(catalog_, models_, clock_, {.workers = 2},
                                        {.policy = "budget-greedy"})
                   .value();
    routes_ = std::make_unique<net::Routes>(*service_);
    http_ = net::HttpServer::start({.max_body_bytes = 1 << 20}, *routes_, clock_).value();
    std::ifstream file(kZoo / "pictures" / "phone" / "horse_face_12.0mp.jpg", std::ios::binary);
    photo_.assign(std::istreambuf_iterator<char>(file), {});
  }

  Result<std::string> post(const std::string& target, const std::string& body) {
    Result<std::string> answer = fail(ErrorCode::kInternal, "no outcome");
    const Status sent =
        send_shaped({.host = "127.0.0.1", .port = std::to_string(http_->port())},
                    {{.target = target, .body = std::as_bytes(std::span(body))}}, {}, clock_,
                    [&](std::size_t, ShapedOutcome outcome) { answer = std::move(outcome.body); });
    EXPECT_TRUE(sent);
    return answer;
  }

  ClassifyAnswer classify(const std::string& query) {
    const auto body = post("/v1/families/emoji/classify" + query, photo_);
    EXPECT_TRUE(body.has_value()) << body.error().message;
    return parse_classify_answer(body.value_or("")).value();
  }

  RealClock clock_;
  OnnxRuntimeBackend backend_;
  Catalog catalog_;
  ModelManager models_;
  std::unique_ptr<InferenceService> service_;
  std::unique_ptr<net::Routes> routes_;
  std::unique_ptr<net::HttpServer> http_;
  std::string photo_;
};

TEST_F(ServerTest, NamesTheEmojiOnATwelveMegapixelPhoto) {
  const ClassifyAnswer answer = classify("");
  EXPECT_EQ(answer.label, "horse face");
  EXPECT_EQ(answer.model, catalog_.models().back().member.name) << "no SLA: the most accurate";
}

TEST_F(ServerTest, TakesAFasterModelWhenThereIsNoTime) {
  EXPECT_EQ(classify("?sla_ms=1").reason, "fastest-fallback");
  EXPECT_EQ(classify("?sla_ms=60000").model, catalog_.models().back().member.name);
}

struct BadRequest {
  const char* why;
  std::string target;
  std::string body;
  const char* message;
};

TEST_F(ServerTest, BadRequestsGetTheirOwnErrorsAndLeaveItServing) {
  const std::string classify_path = "/v1/families/emoji/classify";
  const std::string infer = "/v2/models/emoji/infer";
  const BadRequest cases[] = {
      {"an empty body", classify_path, "", "there is no photo"},
      {"a truncated photo", classify_path, photo_.substr(0, photo_.size() / 2), "400"},
      {"a body over the limit", classify_path, std::string((1 << 20) + 1, 'x'), "413"},
      {"a text", classify_path, "hello", "not a JPEG, PNG or WebP image"},
      {"a negative SLA", classify_path + "?sla_ms=-1", photo_, "sla_ms is -1; allowed"},
      {"an absurd SLA", classify_path + "?sla_ms=1e99", photo_, "sla_ms"},
      {"an unknown family", "/v1/families/cats/classify", photo_, "'cats' is not found"},
      {"an unknown policy", classify_path + "?policy=best", photo_, "unknown policy 'best'"},
      {"an unknown model", "/v2/models/none/infer",
       R"({"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1]}]})",
       "'none' is not found"},
      {"no JSON", infer, "{", "400"},
      {"a wrong tensor name", infer,
       R"({"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1]}]})",
       "unexpected inference input 'x'"},
      {"a wrong type", infer,
       R"({"inputs":[{"name":"input","shape":[1],"datatype":"INT64","data":[1]}]})",
       "datatype 'INT64'"},
      {"a wrong shape", infer,
       R"({"inputs":[{"name":"input","shape":[1,3,1,1],"datatype":"FP32","data":[1,2,3]}]})",
       "is FP32 [1,3,1,1]; model 'emoji' takes"},
      {"a wrong number of values", infer,
       R"({"inputs":[{"name":"input","shape":[1,3,1,1],"datatype":"FP32","data":[1,2]}]})", "400"},
  };
  for (const auto& [why, target, body, message] : cases) {
    const auto answer = post(target, body);
    ASSERT_FALSE(answer.has_value()) << why;
    EXPECT_THAT(answer.error().message, HasSubstr(message)) << why;
  }
  EXPECT_EQ(classify("").label, "horse face");
}

}  // namespace
}  // namespace cnnselect
