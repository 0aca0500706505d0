// openapi.json against what the server does: its operations, its statuses, its classify answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>
#include <string>

#include "api/operations.h"
#include "cnnselect/result.h"
#include "cnnselect/selector.h"
#include "http/http_error.h"
#include "routes/classify_json.h"
#include "routes/openapi_text.h"

namespace cnnselect {
namespace {

namespace json = boost::json;

const json::object& document() {
  static const json::object read = json::parse(openapi_text()).as_object();
  return read;
}

const json::object& schema(const char* name) {
  return document().at("components").at("schemas").at(name).as_object();
}

std::set<std::string> keys(const json::object& object) {
  std::set<std::string> all;
  for (const auto& member : object) all.emplace(member.key());
  return all;
}

std::string reference(const json::value& value) {
  return std::string(value.at("$ref").as_string());
}

TEST(OpenApi, HasEveryOperationOfTheTableAndNoOther) {
  std::set<std::string> table;
  for (const OperationFacts& facts : kOperations) {
    for (const std::string_view path : facts.paths) {
      if (!path.empty()) {
        table.insert((facts.verb == Verb::kGet ? "get " : "post ") + std::string(path));
      }
    }
  }
  std::set<std::string> described;
  for (const auto& [path, verbs] : document().at("paths").as_object()) {
    for (const auto& verb : verbs.as_object()) {
      described.insert(std::string(verb.key()) + " " + std::string(path));
    }
  }
  EXPECT_EQ(described, table);
}

TEST(OpenApi, SaysWhoNeedsAKeyAndWhatALackOfItIs) {
  for (const OperationFacts& facts : kOperations) {
    for (const std::string_view path : facts.paths) {
      if (path.empty()) continue;
      const auto& described =
          document().at("paths").at(path).at(facts.verb == Verb::kGet ? "get" : "post").as_object();
      const auto& responses = described.at("responses").as_object();
      EXPECT_EQ(described.contains("security"), !facts.access.has_value()) << path;
      EXPECT_EQ(responses.contains("401"), facts.access.has_value()) << path;
      EXPECT_EQ(responses.contains("403"), facts.access == Access::kAdmin) << path;
      EXPECT_TRUE(facts.right == Right::kNone || responses.contains("503")) << path;
      std::set<std::string> named;
      if (described.contains("parameters")) {
        for (const auto& parameter : described.at("parameters").as_array()) {
          named.insert(reference(parameter).substr(reference(parameter).rfind('/') + 1));
        }
      }
      for (const char* const name : {"model", "family", "version", "repository", "region"}) {
        EXPECT_EQ(named.contains(name), path.contains("{" + std::string(name) + "}"))
            << path << ' ' << name;
      }
    }
  }
}

TEST(OpenApi, EveryReferenceLeadsSomewhere) {
  const json::value whole = document();
  const auto visit = [&whole](const auto& self, const json::value& value) -> void {
    if (const auto* const object = value.if_object()) {
      for (const auto& [key, inner] : *object) {
        if (key != "$ref") {
          self(self, inner);
          continue;
        }
        const std::string pointer = std::string(inner.as_string()).substr(1);
        boost::system::error_code missing;
        EXPECT_NE(whole.find_pointer(pointer, missing), nullptr) << pointer;
      }
    } else if (const auto* const array = value.if_array()) {
      for (const json::value& inner : *array) self(self, inner);
    }
  };
  visit(visit, whole);
}

TEST(OpenApi, TheClassifyAnswerHasItsFieldsAndNoOthers) {
  ClassifyResponse response{.id = "7", .family = "f", .model = "m"};
  response.top.push_back({.label = "cat", .index = 3, .confidence = 0.5});
  const json::object answer = json::parse(classify_json(response)).as_object();
  const json::object& described = schema("Classification");
  EXPECT_EQ(keys(answer), keys(described.at("properties").as_object()));
  EXPECT_EQ(described.at("required").as_array().size(), answer.size()) << "always all of them";
  EXPECT_EQ(keys(answer.at("timing").as_object()),
            keys(described.at("properties").at("timing").at("properties").as_object()));
}

TEST(OpenApi, HasEveryReason) {
  const auto texts = [](const json::value& list) {
    std::set<std::string> all;
    for (const json::value& text : list.as_array()) all.emplace(text.as_string());
    return all;
  };
  std::set<std::string> answered;
  for (const Reason reason :
       {Reason::kFastestFallback, Reason::kBaseOnly, Reason::kExplored, Reason::kFixed}) {
    answered.emplace(to_string(reason));
  }
  const auto& classification = schema("Classification").at("properties");
  EXPECT_EQ(texts(classification.at("reason").at("oneOf").at(0).at("enum")), answered);
  EXPECT_EQ(texts(schema("Explanation").at("properties").at("reason").at("enum")), answered);
  EXPECT_EQ(texts(schema("Error").at("properties").at("reason").at("enum")),
            (std::set{std::string(why_given_up(ErrorCode::kTooLate)),
                      std::string(why_given_up(ErrorCode::kUseDevice))}));
}

TEST(OpenApi, HasTheStatusOfEveryErrorThatClassifyMayGive) {
  const auto& responses =
      document().at("paths").at("/v1/families/{family}/classify").at("post").at("responses");
  for (const ErrorCode code :
       {ErrorCode::kInvalidArgument, ErrorCode::kUnauthenticated, ErrorCode::kNotFound,
        ErrorCode::kTimeout, ErrorCode::kTooLarge, ErrorCode::kUnsupportedMedia,
        ErrorCode::kTooMany, ErrorCode::kCancelled, ErrorCode::kInternal, ErrorCode::kUnsupported,
        ErrorCode::kTimedOut, ErrorCode::kUnavailable, ErrorCode::kTooLate,
        ErrorCode::kUseDevice}) {
    EXPECT_TRUE(responses.as_object().contains(std::to_string(status_of(code)))) << status_of(code);
  }
}

}  // namespace
}  // namespace cnnselect
