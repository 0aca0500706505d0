#include "base/bytes_text.h"

#include <gtest/gtest.h>

#include <string>

namespace cnnselect {
namespace {

TEST(ParseBytes, TakesBytesAndBinaryUnits) {
  EXPECT_EQ(parse_bytes("1000000"), 1'000'000U);
  EXPECT_EQ(parse_bytes("3KiB"), 3'072U);
  EXPECT_EQ(parse_bytes("512MiB"), 536'870'912U);
  EXPECT_EQ(parse_bytes("2GiB"), 2'147'483'648U);
  for (const char* wrong : {"", "0", "-1", "1.5GiB", "2GB", "GiB", "2 GiB", "2GiBs",
                            "99999999999999999999", "2000000GiB"}) {
    const auto bytes = parse_bytes(wrong);
    ASSERT_FALSE(bytes.has_value()) << wrong;
    EXPECT_EQ(bytes.error().message.find("'" + std::string(wrong) + "'; allowed"), 0U);
  }
}

}  // namespace
}  // namespace cnnselect
