#include "net/oip_repository.h"

#include <gtest/gtest.h>

#include <vector>

namespace cnnselect::net {
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

}  // namespace
}  // namespace cnnselect::net
