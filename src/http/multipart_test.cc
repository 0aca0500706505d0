#include "http/multipart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

namespace cnnselect {
namespace {

using ::testing::HasSubstr;

const std::string kType = "multipart/form-data; boundary=XX";

std::string part(const std::string& header, const std::string& content) {
  return "--XX\r\n" + header + "\r\n\r\n" + content + "\r\n";
}

std::string field(const std::string& name, const std::string& content) {
  return part("Content-Disposition: form-data; name=\"" + name + "\"", content);
}

TEST(ParseForm, GivesThePartsInOrder) {
  const std::string body =
      field("sla_ms", "150") +
      part(
          "Content-Disposition: form-data; name=\"file\"; filename=\"cat \\\"1\\\".jpg\"\r\n"
          "Content-Type: image/jpeg",
          std::string("\xff\xd8\0\r\n--X\r\n", 10)) +
      "--XX--\r\n";
  const auto parts = parse_form(kType, body);
  ASSERT_TRUE(parts) << parts.error().message;
  ASSERT_EQ(parts->size(), 2U);
  EXPECT_EQ((*parts)[0].name, "sla_ms");
  EXPECT_EQ((*parts)[0].content, "150");
  EXPECT_EQ((*parts)[0].filename, "");
  EXPECT_EQ((*parts)[1].name, "file");
  EXPECT_EQ((*parts)[1].filename, "cat \"1\".jpg");
  EXPECT_EQ((*parts)[1].content_type, "image/jpeg");
  EXPECT_EQ((*parts)[1].content, std::string_view("\xff\xd8\0\r\n--X\r\n", 10));
}

TEST(ParseForm, ContentPointsIntoTheBody) {
  const std::string body = field("file", "photo") + "--XX--";
  const auto parts = parse_form(kType, body);
  ASSERT_TRUE(parts);
  EXPECT_EQ((*parts)[0].content.data(), body.data() + body.find("photo"));
}

struct TypeRow {
  const char* sentence;
  std::string content_type;
};

TEST(ParseForm, ReadsTheBoundaryHoweverItIsWritten) {
  const std::vector<TypeRow> rows = {
      {"bare", "multipart/form-data; boundary=XX"},
      {"quoted", "multipart/form-data; boundary=\"XX\""},
      {"upper case, no space", "Multipart/Form-Data;BOUNDARY=XX"},
      {"behind another parameter", "multipart/form-data; charset=\"a;b\"; boundary=XX"},
      {"before another parameter", "multipart/form-data; boundary=XX ; charset=utf-8"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.sentence);
    const auto parts = parse_form(row.content_type, field("a", "b") + "--XX--");
    ASSERT_TRUE(parts) << parts.error().message;
    EXPECT_EQ(parts->size(), 1U);
  }
}

struct GoodRow {
  const char* sentence;
  std::string body;
  std::vector<std::string> contents;
};

TEST(ParseForm, ReadsWhatClientsSend) {
  const std::vector<GoodRow> rows = {
      {"no parts at all", "--XX--\r\n", {}},
      {"an empty part", field("a", "") + "--XX--", {""}},
      {"a preamble and an epilogue", "hello\r\n" + field("a", "b") + "--XX--\r\nbye", {"b"}},
      {"blanks behind the boundary",
       "--XX \t\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--XX--",
       {"b"}},
      {"a longer word that begins like the boundary is content",
       field("a", "x\r\n--XXY\r\ny") + "--XX--",
       {"x\r\n--XXY\r\ny"}},
      {"two parts of one name", field("a", "1") + field("a", "2") + "--XX--", {"1", "2"}},
      {"a header that nobody knows",
       part("X-Odd: 1\r\nContent-Disposition: form-data; name=a", "b") + "--XX--",
       {"b"}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.sentence);
    const auto parts = parse_form(kType, row.body);
    ASSERT_TRUE(parts) << parts.error().message;
    std::vector<std::string> contents;
    for (const auto& found : *parts) contents.emplace_back(found.content);
    EXPECT_EQ(contents, row.contents);
  }
}

struct BadRow {
  const char* sentence;
  std::string content_type;
  std::string body;
  ErrorCode code;
  std::string message;
};

TEST(ParseForm, SaysWhatIsWrong) {
  const std::string good = field("a", "b") + "--XX--";
  const std::string long_boundary = std::string(71, 'x');
  std::string many;
  for (std::size_t i = 0; i <= kMaxFormParts; ++i) many += field("a", "b");
  const std::vector<BadRow> rows = {
      {"another media type", "image/jpeg", good, ErrorCode::kUnsupportedMedia, "'image/jpeg'"},
      {"another kind of multipart", "multipart/mixed; boundary=XX", good,
       ErrorCode::kUnsupportedMedia, "'multipart/mixed'"},
      {"no boundary", "multipart/form-data", good, ErrorCode::kInvalidArgument, "boundary"},
      {"an empty boundary", "multipart/form-data; boundary=\"\"", good, ErrorCode::kInvalidArgument,
       "boundary"},
      {"a quote that never closes", "multipart/form-data; boundary=\"XX", good,
       ErrorCode::kInvalidArgument, "boundary"},
      {"an overlong boundary", "multipart/form-data; boundary=" + long_boundary, good,
       ErrorCode::kInvalidArgument, "71 characters"},
      {"an empty body", kType, "", ErrorCode::kInvalidArgument, "no line '--XX'"},
      {"another boundary in the body", kType, "--YY\r\n\r\nb\r\n--YY--",
       ErrorCode::kInvalidArgument, "no line '--XX'"},
      {"cut off before the closing boundary", kType, field("a", "b"), ErrorCode::kInvalidArgument,
       "no closing line '--XX--'"},
      {"no blank line", kType, "--XX\r\nContent-Disposition: form-data; name=a\r\n--XX--",
       ErrorCode::kInvalidArgument, "blank line"},
      {"no disposition", kType, part("Content-Type: text/plain", "b") + "--XX--",
       ErrorCode::kInvalidArgument, "Content-Disposition"},
      {"a disposition that is none of a form", kType,
       part("Content-Disposition: attachment; name=a", "b") + "--XX--", ErrorCode::kInvalidArgument,
       "'attachment'"},
      {"no name", kType, part("Content-Disposition: form-data", "b") + "--XX--",
       ErrorCode::kInvalidArgument, "no name"},
      {"a header line without a colon", kType, part("nonsense", "b") + "--XX--",
       ErrorCode::kInvalidArgument, "no colon"},
      {"too many parts", kType, many + "--XX--", ErrorCode::kTooLarge, "more than 64 parts"},
      {"a header without end", kType,
       part("X-Long: " + std::string(kMaxPartHeaderBytes, 'x'), "b") + "--XX--",
       ErrorCode::kTooLarge, "8192 bytes"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.sentence);
    const auto parts = parse_form(row.content_type, row.body);
    ASSERT_FALSE(parts);
    EXPECT_EQ(parts.error().code, row.code);
    EXPECT_THAT(parts.error().message, HasSubstr(row.message));
  }
}

TEST(ParseForm, GivesBackAnyContentWithoutTheBoundary) {
  EXPECT_TRUE(rc::check([](const std::vector<std::string>& contents) {
    RC_PRE(contents.size() <= kMaxFormParts);
    std::string body;
    for (const auto& content : contents) {
      RC_PRE(content.find("--XX") == std::string::npos);
      body += field("f", content);
    }
    body += "--XX--\r\n";
    const auto parts = parse_form(kType, body);
    RC_ASSERT(parts.has_value());
    RC_ASSERT(parts->size() == contents.size());
    for (std::size_t i = 0; i < contents.size(); ++i) RC_ASSERT((*parts)[i].content == contents[i]);
  }));
}

TEST(ParseForm, ReadsNothingBeyondABodyCutAnywhere) {
  const std::string whole = field("a", "1") + field("file", "photo") + "--XX--";
  for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
    EXPECT_FALSE(parse_form(kType, std::string(whole, 0, size))) << size;
  }
}

}  // namespace
}  // namespace cnnselect
