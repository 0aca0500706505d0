// The whole server on the embedded family, over real HTTP on loopback: photos in, answers out, and
// bad requests that leave it serving.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/read_file.h"
#include "tests/live_server.h"

namespace cnnselect {
namespace {

using testing::HasSubstr;

const std::string kClassify = "/v1/families/emoji/classify";

class ServerTest : public testing::Test {
 protected:
  ServerTest()
      : server_(test::kZoo / "repository", {.terms = {.policy = "budget-greedy"}},
                {.max_body_bytes = 1 << 20}) {
    photo_ = read_file(test::kZoo / "pictures" / "phone" / "horse_face_12.0mp.jpg");
  }

  ClassifyAnswer classify(const std::string& query) {
    return server_.classify(kClassify + query, photo_);
  }
  std::string most_accurate() const { return server_.catalog().models().back().member.name; }

  test::LiveServer server_;
  std::string photo_;
};

TEST_F(ServerTest, NamesTheEmojiOnATwelveMegapixelPhoto) {
  const ClassifyAnswer answer = classify("");
  EXPECT_EQ(answer.label, "horse face");
  EXPECT_EQ(answer.model, most_accurate()) << "no SLA: the most accurate";
}

TEST_F(ServerTest, TakesAFasterModelWhenThereIsNoTime) {
  EXPECT_EQ(classify("?sla_ms=1").reason, "fastest-fallback");
  EXPECT_EQ(classify("?sla_ms=60000").model, most_accurate());
}

TEST_F(ServerTest, LateRequestsAreRejectedWhereTheServerIsToldSo) {
  test::LiveServer strict(test::kZoo / "repository",
                          {.terms = {.policy = "budget-greedy", .late = Late::kReject}});
  const auto late = strict.post(kClassify + "?sla_ms=1", photo_);
  ASSERT_FALSE(late.has_value()) << "decoding alone takes longer";
  EXPECT_THAT(late.error().message, HasSubstr("504: "));
  EXPECT_THAT(late.error().message, HasSubstr("ms are left of the SLA"));
  EXPECT_EQ(strict.classify(kClassify + "?sla_ms=60000", photo_).label, "horse face");

  test::LiveServer device(test::kZoo / "repository",
                          {.terms = {.policy = "budget-greedy", .late = Late::kDevice}});
  EXPECT_EQ(device.classify(kClassify + "?sla_ms=1", photo_).reason, "fastest-fallback");
  const auto left = device.post(kClassify + "?sla_ms=1&device_ms=0.5&device_top1=0.2", photo_);
  ASSERT_FALSE(left.has_value());
  EXPECT_THAT(left.error().message, HasSubstr("run the device's own network"));
}

struct BadRequest {
  const char* why;
  std::string target;
  std::string body;
  const char* message;
};

TEST_F(ServerTest, BadRequestsGetTheirOwnErrorsAndLeaveItServing) {
  const std::string infer = "/v2/models/emoji/infer";
  const BadRequest cases[] = {
      {"an empty body", kClassify, "", "there is no photo"},
      {"a truncated photo", kClassify, photo_.substr(0, photo_.size() / 2), "400"},
      {"a body over the limit", kClassify, std::string((1 << 20) + 1, 'x'), "413"},
      {"a text", kClassify, "hello", "not a JPEG, PNG or WebP image"},
      {"a negative SLA", kClassify + "?sla_ms=-1", photo_, "sla_ms is -1; allowed"},
      {"an absurd SLA", kClassify + "?sla_ms=1e99", photo_, "sla_ms"},
      {"an unknown family", "/v1/families/cats/classify", photo_, "'cats' is not found"},
      {"an unknown policy", kClassify + "?policy=best", photo_, "policy 'best' is not offered"},
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
    const auto answer = server_.post(target, body);
    ASSERT_FALSE(answer.has_value()) << why;
    EXPECT_THAT(answer.error().message, HasSubstr(message)) << why;
  }
  EXPECT_EQ(classify("").label, "horse face");
}

}  // namespace
}  // namespace cnnselect
