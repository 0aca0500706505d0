#include "net/proxy_header.h"

#include <gtest/gtest.h>

#include <sstream>

#include "net/testing/proxy_header_bytes.h"

namespace cnnselect {
namespace {

/// The client, or "none", or what is wrong; `rest` must be left over.
std::string read(const std::string& header, const std::string& rest = "GET ") {
  ProxyHeaderParser parser;
  const std::string bytes = header + rest;
  const auto taken = parser.take(bytes);
  if (!taken) return taken.error().message;
  EXPECT_EQ(*taken, header.size());
  if (parser.wanted() > 0) return "unfinished";
  if (!parser.client()) return "none";
  std::ostringstream text;
  text << *parser.client();
  return text.str();
}

const std::string kTcp4 = proxy_header(0x21, 0x11, {192, 0, 2, 7, 10, 0, 0, 1, 0x9D, 0x80, 0, 80});

TEST(ProxyHeader, TellsTheClient) {
  EXPECT_EQ(read(kTcp4), "192.0.2.7:40320");
  std::vector<int> addresses(36, 0);
  addresses[0] = 0x20;
  addresses[1] = 0x01;
  addresses[15] = 9;
  addresses[33] = 7;
  EXPECT_EQ(read(proxy_header(0x21, 0x21, addresses)), "[2001::9]:7");
}

TEST(ProxyHeader, WhatAProxyAddsIsSkipped) {
  EXPECT_EQ(read(proxy_header(0x21, 0x11,
                              {192, 0, 2, 7, 10, 0, 0, 1, 0, 1, 0, 2, 0x04, 0, 3, 'a', 'b', 'c'})),
            "192.0.2.7:1");
}

TEST(ProxyHeader, AHealthCheckAndWhatIsNotTcpTellNobody) {
  EXPECT_EQ(read(proxy_header(0x20, 0x00, {})), "none");
  EXPECT_EQ(read(proxy_header(0x20, 0x11, {1, 2, 3})), "none") << "LOCAL: addresses are nothing";
  EXPECT_EQ(read(proxy_header(0x21, 0x00, {1, 2, 3})), "none");
  EXPECT_EQ(read(proxy_header(0x21, 0x31, std::vector<int>(216, 'x'))), "none");
}

TEST(ProxyHeader, ComesInAnyPieces) {
  const std::string bytes = kTcp4 + "GET ";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    ProxyHeaderParser parser;
    std::size_t at = 0;
    while (parser.wanted() > 0) {
      const auto taken = parser.take(std::string_view(bytes).substr(at, piece));
      ASSERT_TRUE(taken) << taken.error().message;
      at += *taken;
    }
    EXPECT_EQ(at, kTcp4.size());
    EXPECT_EQ(parser.client()->port(), 40320);
  }
}

TEST(ProxyHeader, WhoReadsWhatIsWantedReadsNothingBehindIt) {
  ProxyHeaderParser parser;
  EXPECT_EQ(parser.wanted(), 16U);
  ASSERT_TRUE(parser.take(kTcp4.substr(0, 16)));
  EXPECT_EQ(parser.wanted(), 12U);
  ASSERT_TRUE(parser.take(kTcp4.substr(16)));
  EXPECT_EQ(parser.wanted(), 0U);
}

TEST(ProxyHeader, SaysWhatIsWrong) {
  const struct {
    const char* why;
    std::string bytes;
    const char* message;
  } cases[] = {
      {"plain HTTP", "GET / HTTP/1.1\r\n\r\n",
       "the connection does not begin with a PROXY header of version 2"},
      {"one wrong byte", kTcp4.substr(0, 11) + "X" + kTcp4.substr(12),
       "the connection does not begin with a PROXY header of version 2"},
      {"almost version 1", "PROXX TCP4 1.2.3.4",
       "the connection does not begin with a PROXY header of version 2"},
      {"version 1", "PROXY TCP4 192.0.2.7 10.0.0.1 40320 80\r\n",
       "a PROXY header of version 1, which is text; want version 2"},
      {"the shortest of version 1", "PROXY UNKNOWN\r\n",
       "a PROXY header of version 1, which is text; want version 2"},
      {"version 3", proxy_header(0x31, 0x11, std::vector<int>(12, 0)), "PROXY version 3; want 2"},
      {"an unknown command", proxy_header(0x22, 0x11, std::vector<int>(12, 0)),
       "PROXY command 2; allowed: 0 (LOCAL), 1 (PROXY)"},
      {"UDP", proxy_header(0x21, 0x12, std::vector<int>(12, 0)),
       "PROXY transport 0x12; allowed: 0x00, 0x11 (TCP over IPv4), 0x21 (TCP over IPv6), 0x31 (a "
       "Unix socket)"},
      {"addresses cut short", proxy_header(0x21, 0x21, std::vector<int>(35, 0)),
       "a PROXY header with 35 bytes of addresses; want 36"},
      {"longer than anything sensible", proxy_header(0x21, 0x11, std::vector<int>(4081, 0)),
       "a PROXY header of 4097 bytes; allowed: 4096"},
  };
  for (const auto& row : cases) EXPECT_EQ(read(row.bytes, ""), row.message) << row.why;
}

TEST(ProxyHeader, WaitsForWhatMayStillBecomeOne) {
  EXPECT_EQ(read("\r\n\r\n", ""), "unfinished");
  EXPECT_EQ(read("PROX", ""), "unfinished") << "which version, the next byte tells";
  EXPECT_EQ(read(kTcp4.substr(0, 20), ""), "unfinished");
}

}  // namespace
}  // namespace cnnselect
