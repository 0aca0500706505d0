// What is different about a connection inside TLS, over real sockets on loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "http/http_server.h"
#include "http/testing/fake_handler.h"
#include "net/testing/certificates.h"
#include "net/testing/raw_client.h"

namespace cnnselect {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

std::string post(std::size_t size) {
  return "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
         std::string(size, 'b');
}

class TlsSession : public ::testing::Test {
 protected:
  std::uint16_t serve(HttpHandler& handler, HttpServerOptions options = {}, bool mutual = false) {
    keys_ = TlsKeys::read(files_.files(mutual), TlsFor::kHttp).value();
    options.tls = keys_.get();
    server_ = HttpServer::start(std::move(options), handler, clock_).value();
    return server_->port();
  }
  ClientTls client() const { return {.authority = files_.authority_file()}; }
  ClientTls client_of(const TestAuthority& authority) const {
    const Pem pem = authority.issue("client");
    ClientTls tls = client();
    tls.certificate = files_.folder().write("client.pem", pem.certificate);
    tls.key = files_.folder().write("client.key", pem.key);
    return tls;
  }

  TestTls files_;
  RealClock clock_;
  EchoHandler echo_;
  HoldingHandler holding_;
  std::unique_ptr<TlsKeys> keys_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(TlsSession, AnswersOverBothVersions) {
  const auto port = serve(echo_);
  for (const auto& [version, name] :
       {std::pair(0, "TLSv1.3"), std::pair(TLS1_2_VERSION, "TLSv1.2")}) {
    ClientTls tls = client();
    tls.max_version = version;
    RawClient client(port, tls);
    ASSERT_TRUE(client.connected()) << name;
    EXPECT_EQ(client.tls_version(), name);
    for (int i = 0; i < 3; ++i) {
      client.send(kGet);
      EXPECT_EQ(client.read().body, "GET /a 0");
    }
  }
}

TEST_F(TlsSession, OlderVersionsAreRefused) {
  ClientTls tls = client();
  tls.max_version = TLS1_1_VERSION;
  EXPECT_FALSE(RawClient(serve(echo_), tls).connected());
}

TEST_F(TlsSession, ReadsBodiesOfEverySize) {
  RawClient client(serve(echo_), this->client());
  for (const std::size_t size : {1UL, 16384UL, 16385UL, 327'000UL, 5'000'000UL}) {
    client.send(post(size));
    EXPECT_EQ(client.read().body, "POST / " + std::to_string(size));
  }
}

TEST_F(TlsSession, WritesAnswersOfEverySize) {
  const auto port = serve(holding_);
  RawClient client(port, this->client());
  for (const std::size_t size : {0UL, 16000UL, 16384UL, 1'000'000UL}) {
    client.send(kGet);
    auto held = holding_.take();
    ASSERT_NE(held.exchange, nullptr);
    held.exchange->respond({200, {}, std::string(size, 'x')});
    EXPECT_EQ(client.read().body.size(), size);
  }
}

TEST_F(TlsSession, ThePipelineGoesOnAfterAnAnswerThatCameLate) {
  RawClient client(serve(holding_), this->client());
  for (int i = 0; i < 20; ++i) {
    client.send(post(100'000) + post(10));  // the second comes while the first is worked on
    holding_.take().exchange->respond({200, {}, "first"});
    EXPECT_EQ(client.read().body, "first");
    holding_.take().exchange->respond({200, {}, "second"});
    EXPECT_EQ(client.read().body, "second");
  }
}

TEST_F(TlsSession, AClientThatLeavesIsNoticed) {
  const auto port = serve(holding_);
  for (const bool politely : {true, false}) {
    RawClient client(port, this->client());
    client.send(kGet);
    auto held = holding_.take();
    ASSERT_NE(held.exchange, nullptr);
    Signal gone;
    held.exchange->on_disconnect([&] { gone.raise(); });
    politely ? client.close() : client.reset();
    EXPECT_TRUE(gone.wait_for(1)) << politely;
  }
}

TEST_F(TlsSession, AClientThatOnlyStoppedSendingGetsItsAnswer) {
  RawClient client(serve(holding_), this->client());
  client.send(kGet);
  client.finish_sending();  // close_notify and FIN
  auto held = holding_.take();
  ASSERT_NE(held.exchange, nullptr);
  Signal gone;
  held.exchange->on_disconnect([&] { gone.raise(); });
  EXPECT_EQ(client.read().status, 100);
  held.exchange->respond({200, {}, "anyway"});
  EXPECT_EQ(client.read().body, "anyway");
  EXPECT_EQ(gone.count(), 0);
}

TEST_F(TlsSession, PlainHttpIsNotAnswered) {
  RawClient client(serve(echo_));
  client.send(kGet);
  EXPECT_EQ(client.read().status, 0);
}

TEST_F(TlsSession, WhoNeverShakesHandsIsCutOff) {
  RawClient client(serve(echo_, {.header_timeout = milliseconds(50)}));
  EXPECT_TRUE(client.closed());
}

TEST_F(TlsSession, OneConnectionTooManyIsToldSo) {
  const auto port = serve(echo_, {.max_connections = 1});
  RawClient first(port, client());
  first.send(kGet);
  EXPECT_EQ(first.read().status, 200);
  RawClient second(port, client());
  EXPECT_EQ(second.read().status, 503);
}

TEST_F(TlsSession, AsksForACertificateWhereItIsWanted) {
  const auto port = serve(echo_, {}, true);
  RawClient known(port, client_of(files_.authority()));
  known.send(kGet);
  EXPECT_EQ(known.read().status, 200);

  // Under TLS 1.3 a client learns of the refusal with its first read.
  RawClient without(port, client());
  if (without.connected()) without.send(kGet);
  EXPECT_EQ(without.connected() ? without.read().status : 0, 0);

  const TestAuthority other;
  RawClient stranger(port, client_of(other));
  if (stranger.connected()) stranger.send(kGet);
  EXPECT_EQ(stranger.connected() ? stranger.read().status : 0, 0);
}

TEST_F(TlsSession, ANewCertificateIsForNewConnections) {
  const auto port = serve(echo_);
  RawClient before(port, client());
  EXPECT_EQ(before.peer_name(), "first");
  files_.replace_server("second");
  ASSERT_TRUE(keys_->reload());
  RawClient after(port, client());
  EXPECT_EQ(after.peer_name(), "second");
  for (RawClient* each : {&before, &after}) {
    each->send(kGet);
    EXPECT_EQ(each->read().status, 200);
  }
}

TEST_F(TlsSession, NegotiatesWhatItSpeaks) {
  const auto port = serve(echo_);
  ClientTls tls = client();
  tls.alpn = "http/1.1";
  EXPECT_EQ(RawClient(port, tls).alpn(), "http/1.1");
  tls.alpn = "h2";
  EXPECT_EQ(RawClient(port, tls).alpn(), "") << "and it may try HTTP/1.1 all the same";
}

TEST_F(TlsSession, StopsWithinTheBoundWhoeverIsConnected) {
  const auto port = serve(holding_);
  RawClient idle(port, client());
  const RawClient silent(port);  // no handshake
  RawClient busy(port, client());
  busy.send(kGet);
  auto held = holding_.take();
  std::jthread answering([&] { held.exchange->respond({200, {}, "done"}); });
  EXPECT_TRUE(server_->shut_down(clock_.now() + std::chrono::seconds(5)));
  EXPECT_EQ(busy.read().body, "done");
  EXPECT_TRUE(idle.closed());
}

}  // namespace
}  // namespace cnnselect
