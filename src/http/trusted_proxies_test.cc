#include "http/trusted_proxies.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using boost::asio::ip::make_address;

HttpRequest forwarded(const std::vector<std::string>& lists) {
  HttpRequest request;
  for (const auto& list : lists) request.headers.emplace_back("x-forwarded-for", list);
  return request;
}

TEST(TrustedProxies, ContainsItsNetworksAndAddresses) {
  const auto proxies = TrustedProxies::parse("10.1.0.0/15, 192.0.2.7,2001:db8::/33 ,::1").value();
  const std::pair<const char*, bool> cases[] = {{"10.1.2.3", true},
                                                {"10.0.255.255", true},
                                                {"10.2.0.0", false},
                                                {"192.0.2.7", true},
                                                {"192.0.2.6", false},
                                                {"::ffff:10.1.0.1", true},
                                                {"2001:db8:7fff::1", true},
                                                {"2001:db8:8000::1", false},
                                                {"::1", true},
                                                {"2001:db8::1%1", true},
                                                {"::2", false}};
  for (const auto& [address, inside] : cases) {
    EXPECT_EQ(proxies.contains(make_address(address)), inside) << address;
  }
  EXPECT_TRUE(TrustedProxies::parse("0.0.0.0/0")->contains(make_address("203.0.113.9")));
  EXPECT_FALSE(TrustedProxies::parse("0.0.0.0/0")->contains(make_address("::1")));
  EXPECT_FALSE(TrustedProxies::parse(" ")->contains(make_address("10.1.2.3")));
}

TEST(TrustedProxies, NamesWhatIsNoNetwork) {
  for (const std::string text : {"10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0",
                                 "proxy.example", "10.0.0.0/8x", "::ffff:10.0.0.0/104", "/8", ""}) {
    const auto proxies = TrustedProxies::parse("::1," + text);
    ASSERT_FALSE(proxies) << text;
    EXPECT_EQ(proxies.error().message,
              "'" + text + "' is not an address or a network such as 10.0.0.0/8");
  }
}

TEST(TrustedProxies, TheClientIsTheRightMostWhoIsNoProxy) {
  const auto proxies = TrustedProxies::parse("10.0.0.0/8").value();
  const struct {
    const char* why;
    std::vector<std::string> lists;
    std::optional<std::string> client;
  } cases[] = {
      {"one proxy", {"203.0.113.9"}, "203.0.113.9"},
      {"what the client itself claims is not believed", {"1.1.1.1, 203.0.113.9"}, "203.0.113.9"},
      {"not even read", {"<script>, 203.0.113.9"}, "203.0.113.9"},
      {"a chain of proxies", {"203.0.113.9, 10.0.0.2,10.0.0.3"}, "203.0.113.9"},
      {"in several headers", {"1.1.1.1,203.0.113.9", "10.0.0.2"}, "203.0.113.9"},
      {"IPv6", {"2001:db8::7"}, "2001:db8::7"},
      {"IPv4 as IPv6", {"::ffff:203.0.113.9"}, "203.0.113.9"},
      {"nobody but proxies: the first", {"10.0.0.2, 10.0.0.3"}, "10.0.0.2"},
      {"a name", {"unknown"}, std::nullopt},
      {"a port", {"203.0.113.9:80"}, std::nullopt},
      {"nothing", {""}, std::nullopt},
      {"nothing behind a proxy", {"203.0.113.9,,10.0.0.2"}, std::nullopt},
  };
  for (const auto& [why, lists, client] : cases) {
    EXPECT_EQ(proxies.client(forwarded(lists)), client) << why;
  }
}

TEST(TrustedProxies, OnlyTheirWordCounts) {
  const auto proxies = TrustedProxies::parse("10.0.0.0/8").value();
  const auto request = forwarded({"203.0.113.9"});
  EXPECT_TRUE(proxies.forwards(make_address("10.0.0.1"), request));
  EXPECT_FALSE(proxies.forwards(make_address("192.0.2.1"), request)) << "not trusted";
  EXPECT_FALSE(proxies.forwards(make_address("10.0.0.1"), {})) << "says nothing";
  EXPECT_FALSE(TrustedProxies().forwards(make_address("10.0.0.1"), request)) << "nobody is";
}

}  // namespace
}  // namespace cnnselect
