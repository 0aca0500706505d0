#include "json/readable.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <simdjson.h>

#include <string>

namespace cnnselect {
namespace {

TEST(Readable, TextStaysAsItIs) {
  EXPECT_EQ(readable(""), "");
  EXPECT_EQ(readable("two\n\tlines"), "two\n\tlines");
  EXPECT_EQ(readable("a 'b' \\ \"c\""), "a 'b' \\ \"c\"");
  EXPECT_EQ(readable("caf\xc3\xa9 \xf0\x9f\x99\x82"), "caf\xc3\xa9 \xf0\x9f\x99\x82");
}

TEST(Readable, OtherBytesAreNamed) {
  EXPECT_EQ(readable("a\xff\r"), "a\\xff\\x0d");
  EXPECT_EQ(readable("\xc3"), "\\xc3") << "half a character";
  EXPECT_EQ(readable("\xc3\xa9\xa9\x7f"), "\xc3\xa9\\xa9\\x7f");
  EXPECT_EQ(readable(std::string_view("\0", 1)), "\\x00");
}

TEST(Readable, WhateverComesIsUtf8Afterwards) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    const std::string text = readable(bytes);
    RC_ASSERT(simdjson::validate_utf8(text));
    RC_ASSERT(readable(text) == text);
  }));
}

}  // namespace
}  // namespace cnnselect
