#include "load/url.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

TEST(ServerUrl, TakesHostAndPort) {
  const auto url = parse_server_url("http://127.0.0.1:8000/");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->host, "127.0.0.1");
  EXPECT_EQ(url->port, "8000");
  EXPECT_EQ(parse_server_url("http://example.test")->port, "80");
  EXPECT_EQ(parse_server_url("http://[::1]:9")->host, "::1");
  EXPECT_EQ(authority_of(*parse_server_url("http://[::1]:9")), "[::1]:9");
}

TEST(ServerUrl, TheSchemeSaysWhatIsSpoken) {
  const auto https = parse_server_url("https://example.test").value();
  EXPECT_TRUE(https.tls);
  EXPECT_EQ(https.port, "443");
  EXPECT_EQ(https.protocol, WireProtocol::kHttp);
  const auto grpc = parse_server_url("grpc://example.test:8001").value();
  EXPECT_FALSE(grpc.tls);
  EXPECT_EQ(grpc.protocol, WireProtocol::kGrpc);
  EXPECT_TRUE(parse_server_url("grpcs://example.test:8001")->tls);
  EXPECT_FALSE(parse_server_url("grpc://example.test")) << "gRPC has no port of its own";
}

TEST(ServerUrl, NamesWhatItCannotUse) {
  for (const auto* text : {"", "localhost:8000", "ftp://localhost", "http://", "http://h/path",
                           "http://h:port", "http://h?x=1"}) {
    const auto url = parse_server_url(text);
    ASSERT_FALSE(url.has_value()) << text;
    EXPECT_NE(url.error().message.find(std::string("'") + text + "'"), std::string::npos);
  }
}

}  // namespace
}  // namespace cnnselect
