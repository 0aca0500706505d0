#include "json/json_writer.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace cnnselect {
namespace {

std::string written(std::string_view text) {
  std::string out;
  JsonWriter(out).string(text);
  return out;
}

TEST(JsonWriter, PutsTheCommas) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("a").begin_array().end_array();
  json.key("b").begin_array().number(1.0).number(0.5F).null().end_array();
  json.key("c").begin_object().key("d").boolean(true).key("e").boolean(false).end_object();
  json.key("f").begin_array().begin_object().end_object().begin_array().end_array().end_array();
  json.end_object();
  EXPECT_EQ(out, R"({"a":[],"b":[1,0.5,null],"c":{"d":true,"e":false},"f":[{},[]]})");
}

TEST(JsonWriter, WritesTheShortestNumberThatReadsBackTheSame) {
  std::string out;
  JsonWriter json(out);
  json.begin_array().number(0.1F).number(0.1).number(1.0 / 3).number(1e-7).number(123456789.0);
  json.integer(std::numeric_limits<std::int64_t>::min());
  json.integer(std::numeric_limits<std::uint64_t>::max()).end_array();
  EXPECT_EQ(out,
            "[0.1,0.1,0.3333333333333333,1e-07,123456789,-9223372036854775808,"
            "18446744073709551615]");
}

TEST(JsonWriter, WritesNullForWhatJsonHasNoWordFor) {
  std::string out;
  JsonWriter json(out);
  json.begin_array().number(std::numeric_limits<double>::infinity());
  json.number(std::numeric_limits<float>::quiet_NaN()).number(std::optional<double>());
  json.boolean(std::optional<bool>()).boolean(std::optional(true)).end_array();
  EXPECT_EQ(out, "[null,null,null,null,true]");
}

TEST(JsonWriter, EscapesText) {
  EXPECT_EQ(written("plain"), R"("plain")");
  EXPECT_EQ(written("q\"b\\"), R"("q\"b\\")");
  EXPECT_EQ(written("\n\r\t"), R"("\n\r\t")");
  EXPECT_EQ(written(std::string_view("\0\x1f\x7f", 3)), "\"\\u0000\\u001f\x7f\"");
  EXPECT_EQ(written("caf\xc3\xa9 \xf0\x9f\x99\x82"), "\"caf\xc3\xa9 \xf0\x9f\x99\x82\"");
}

TEST(JsonWriter, ReplacesBytesThatAreNotUtf8) {
  const std::string mark = "\xef\xbf\xbd";
  EXPECT_EQ(written("a\xff"), "\"a" + mark + "\"");
  EXPECT_EQ(written("\xc3"), "\"" + mark + "\"");
  EXPECT_EQ(written("\xc3\xa9\xa9"), "\"\xc3\xa9" + mark + "\"");
  EXPECT_EQ(written("\xf0\x9f\x99"), "\"" + mark + mark + mark + "\"");
}

}  // namespace
}  // namespace cnnselect
