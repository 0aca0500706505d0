// Connections through proxies, over real sockets: who the client is taken to be, and that a proxy's
// round trip is not taken for the client's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "http/http_server.h"
#include "http/testing/fake_handler.h"
#include "net/testing/proxy_header_bytes.h"
#include "net/testing/raw_client.h"

namespace cnnselect {
namespace {

using ::testing::StartsWith;

const std::string kProxied =
    proxy_header(0x21, 0x11, {192, 0, 2, 7, 10, 0, 0, 1, 0x9D, 0x80, 0, 80});

class ProxySession : public ::testing::Test {
 protected:
  std::uint16_t serve(HttpServerOptions options) {
    server_ = HttpServer::start(std::move(options), handler_, clock_).value();
    return server_->port();
  }
  /// What the handler is given of one request.
  HttpRequest ask(RawClient& client, const std::string& bytes) {
    client.send(bytes);
    auto held = handler_.take();
    held.exchange->respond({});
    EXPECT_EQ(client.read().status, 200);
    return held.request;
  }
  HttpServerOptions behind(const std::string& proxies) {
    return {.trusted_proxies = TrustedProxies::parse(proxies).value()};
  }

  WatchedClock clock_;
  HoldingHandler handler_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(ProxySession, ThePeerIsWhoThePROXYHeaderTells) {
  RawClient client(serve({.proxy_protocol = true}));
  const HttpRequest first = ask(client, kProxied + kGet);
  EXPECT_EQ(first.peer, "192.0.2.7:40320");
  EXPECT_FALSE(first.rtt) << "it is the proxy's";
  EXPECT_EQ(ask(client, kGet).peer, "192.0.2.7:40320") << "for the whole connection";
}

TEST_F(ProxySession, BehindBothKindsTheClientItselfSaysNothing) {
  HttpServerOptions options = behind("127.0.0.1, 198.51.100.0/24");
  options.proxy_protocol = true;
  RawClient client(serve(std::move(options)));
  const std::string told = "GET /a HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n";
  EXPECT_EQ(ask(client, kProxied + told).peer, "192.0.2.7:40320") << "who is no trusted proxy";
}

TEST_F(ProxySession, AHeaderInPiecesIsOneToo) {
  RawClient client(serve({.proxy_protocol = true}));
  for (const char byte : kProxied) client.send(std::string(1, byte));
  EXPECT_EQ(ask(client, kGet).peer, "192.0.2.7:40320");
}

TEST_F(ProxySession, AHealthCheckIsTheProxysOwn) {
  RawClient client(serve({.proxy_protocol = true}));
  const HttpRequest check = ask(client, proxy_header(0x20, 0, {}) + kGet);
  EXPECT_THAT(check.peer, StartsWith("127.0.0.1:"));
  EXPECT_TRUE(check.rtt);
}

TEST_F(ProxySession, WithoutAHeaderTheConnectionIsClosed) {
  const auto port = serve({.proxy_protocol = true});
  for (const std::string& bytes :
       {kGet, std::string("PROXY TCP4 192.0.2.7 10.0.0.1 1 2\r\n") + kGet,
        proxy_header(0x21, 0x12, std::vector<int>(12, 0)) + kGet}) {
    RawClient client(port);
    client.send(bytes);
    EXPECT_TRUE(client.closed());
  }
  RawClient well(port);
  EXPECT_EQ(ask(well, kProxied + kGet).peer, "192.0.2.7:40320") << "it goes on serving";
}

TEST_F(ProxySession, AHeaderThatDoesNotComeIsNotWaitedForForEver) {
  RawClient client(
      serve({.header_timeout = std::chrono::milliseconds(50), .proxy_protocol = true}));
  client.send(kProxied.substr(0, 20));
  EXPECT_TRUE(client.closed());
}

TEST_F(ProxySession, NotAskedForAHeaderIsNoRequest) {
  RawClient client(serve({}));
  client.send(kProxied + kGet);
  EXPECT_EQ(client.read().status, 400);
}

TEST_F(ProxySession, ATrustedProxyTellsTheClientOfEachRequest) {
  RawClient client(serve(behind("127.0.0.0/8")));
  const auto get = [](const std::string& list) {
    return "GET /a HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: " + list + "\r\n\r\n";
  };
  const HttpRequest first = ask(client, get("1.1.1.1, 203.0.113.9"));
  EXPECT_EQ(first.peer, "203.0.113.9");
  EXPECT_FALSE(first.rtt);
  EXPECT_EQ(ask(client, get("2001:db8::7")).peer, "2001:db8::7");
  const HttpRequest garbage = ask(client, get("me"));
  EXPECT_THAT(garbage.peer, StartsWith("127.0.0.1:"));
  EXPECT_FALSE(garbage.rtt) << "whoever it was for, a proxy sent it";
  const HttpRequest own = ask(client, kGet);
  EXPECT_THAT(own.peer, StartsWith("127.0.0.1:"));
  EXPECT_TRUE(own.rtt);
}

TEST_F(ProxySession, NobodyElsesWordCounts) {
  RawClient client(serve(behind("10.0.0.0/8")));
  const HttpRequest request =
      ask(client, "GET /a HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n");
  EXPECT_THAT(request.peer, StartsWith("127.0.0.1:"));
  EXPECT_TRUE(request.rtt);
}

}  // namespace
}  // namespace cnnselect
