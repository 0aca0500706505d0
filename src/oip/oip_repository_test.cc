#include "oip/oip_repository.h"

#include <gtest/gtest.h>

#include <vector>

namespace cnnselect {
namespace {

TEST(OipRepository, TheIndexHasAReasonOnlyWhereThereIsOne) {
  const std::vector<RepositoryEntry> entries = {
      {.name = "a", .version = "1", .state = ModelState::kReady, .reason = ""},
      {.name = "b", .version = "2", .state = ModelState::kLoading, .reason = ""},
      {.name = "c", .version = "1", .state = ModelState::kUnavailable, .reason = "unloaded"}};
  EXPECT_EQ(repository_index_json(entries),
            R"([{"name":"a","version":"1","state":"READY"},)"
            R"({"name":"b","version":"2","state":"LOADING"},)"
            R"({"name":"c","version":"1","state":"UNAVAILABLE","reason":"unloaded"}])");
  EXPECT_EQ(repository_index_json({}), "[]");
}

TEST(OipRepository, TheIndexMayBeAskedForTheReadyOnesOnly) {
  EXPECT_EQ(parse_index_request("").value(), false);
  EXPECT_EQ(parse_index_request("{}").value(), false);
  EXPECT_EQ(parse_index_request(R"({"ready":false,"more":[1]})").value(), false);
  EXPECT_EQ(parse_index_request(R"({"ready":true})").value(), true);
}

TEST(OipRepository, AWrongBodyIsNamed) {
  EXPECT_EQ(parse_index_request(R"({"ready":1})").error(),
            (Error{ErrorCode::kInvalidArgument, "ready is 1; want true or false"}));
  EXPECT_EQ(parse_index_request("[]").error().message,
            R"(request is not a JSON object; want {"ready":true})");
  for (const char* text : {"{", R"({"ready")", "nul", "{} {}"}) {
    EXPECT_EQ(parse_index_request(text).error().code, ErrorCode::kInvalidArgument) << text;
  }
}

TEST(OipRepository, ALoadBringsNoModelAlong) {
  EXPECT_TRUE(check_load_request(""));
  EXPECT_TRUE(check_load_request("{}"));
  EXPECT_TRUE(check_load_request(R"({"parameters":null})"));
  EXPECT_TRUE(check_load_request(R"({"parameters":{"unload_dependents":true}})"));
  for (const char* key : {"config", "file:1/model.onnx"}) {
    const auto refused =
        check_load_request(R"({"parameters":{")" + std::string(key) + R"(":"x"}})");
    ASSERT_FALSE(refused) << key;
    EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
    EXPECT_NE(refused.error().message.find(key), std::string::npos);
  }
  EXPECT_EQ(check_load_request(R"({"parameters":1})").error().message,
            "parameters is 1; want an object");
}

}  // namespace
}  // namespace cnnselect
