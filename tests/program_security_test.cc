// The program with certificates, API keys and a listener for administrators: real sockets, real
// TLS, a real SIGHUP.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "net/testing/certificates.h"
#include "net/testing/raw_client.h"
#include "program.h"
#include "proto/open_inference.grpc.pb.h"
#include "tests/secured_server.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

std::string get(const std::string& path, const std::string& key = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: h\r\n" +
         (key.empty() ? "" : "Authorization: Bearer " + key + "\r\n") + "\r\n";
}

std::string post(const std::string& path, const std::string& body, const std::string& key) {
  return fmt::format("POST {} HTTP/1.1\r\nHost: h\r\nX-Api-Key: {}\r\nContent-Length: {}\r\n\r\n{}",
                     path, key, body.size(), body);
}

bool soon(const std::function<bool()>& done) {
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (!done()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

class ProgramSecurity : public testing::Test {
 protected:
  ClientTls client() const { return {.authority = tls_.authority_file()}; }

  std::string peer_name(std::uint16_t port) const {
    const RawClient client(port, this->client());
    return client.connected() ? client.peer_name() : "nobody";
  }
  grpc::Status live(std::uint16_t port, const std::shared_ptr<grpc::ChannelCredentials>& how,
                    const std::string& key = "") const {
    const auto stub = inference::GRPCInferenceService::NewStub(
        grpc::CreateChannel(fmt::format("127.0.0.1:{}", port), how));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + 10s);
    if (!key.empty()) context.AddMetadata("authorization", "Bearer " + key);
    inference::ServerMetadataResponse response;
    return stub->ServerMetadata(&context, {}, &response);
  }
  std::shared_ptr<grpc::ChannelCredentials> believing() const {
    return grpc::SslCredentials({.pem_root_certs = tls_.authority().certificate()});
  }

  TestTls tls_;
};

TEST_F(ProgramSecurity, BothProtocolsSpeakTlsAndTakeANewCertificateOnSighup) {
  Serving serving(serve_with_tls(tls_.files()));
  ASSERT_NE(serving.tls_port, 0) << serving.program.output();
  EXPECT_EQ(peer_name(serving.tls_port), "first");
  EXPECT_TRUE(live(serving.tls_grpc_port, believing()).ok());
  EXPECT_FALSE(live(serving.tls_grpc_port, grpc::InsecureChannelCredentials()).ok());

  RawClient kept(serving.tls_port, client());
  tls_.replace_server("second");
  serving.program.signal(SIGHUP);
  EXPECT_TRUE(soon([&] { return peer_name(serving.tls_port) == "second"; }));
  EXPECT_TRUE(soon([&] { return peer_name(serving.tls_grpc_port) == "second"; }));
  kept.send(get("/v2"));
  EXPECT_EQ(kept.read().status, 200) << "a connection keeps what it began with";
  EXPECT_TRUE(live(serving.tls_grpc_port, believing()).ok());

  tls_.folder().write("server.key", "no key");
  serving.program.signal(SIGHUP);
  EXPECT_TRUE(soon(
      [&] { return serving.program.errors().contains("the certificates for gRPC stay as they"); }));
  EXPECT_EQ(peer_name(serving.tls_port), "second");

  serving.program.signal(SIGTERM);
  EXPECT_EQ(serving.program.wait(kLimit), 0) << serving.program.errors();
}

TEST_F(ProgramSecurity, WhatCannotBeReadIsNamedAtTheStart) {
  const auto files = tls_.files();
  const Finished alone = serve(kRepository, {"--tls-key", files.key.string()});
  EXPECT_EQ(alone.status, 1);
  EXPECT_THAT(alone.errors, HasSubstr("--tls-certificate and --tls-key go together"));
  const Finished check = serve(kRepository, {"--check", "--api-keys", files.key.string()});
  EXPECT_EQ(check.status, 1);
  EXPECT_THAT(check.errors, HasSubstr("--api-keys: " + files.key.string() + ":1"));
}

TEST_F(ProgramSecurity, CallsNeedAKeyAndNoKeyIsShown) {
  const auto file = tls_.folder().write(
      "keys.toml", key_entry("phone", "phone-secret", "requests_per_second = 0.001\nburst = 3") +
                       key_entry("ops", "ops-secret", "admin = true"));
  Serving serving({"serve", "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--admin",
                   "127.0.0.1:0", "--api-keys", file.string()});
  RawClient http(serving.port);
  http.send(get("/v2/health/ready"));
  EXPECT_EQ(http.read().status, 200);
  http.send(get("/v2"));
  EXPECT_EQ(http.read().status, 401);
  http.send(get("/v2", "guessed-secret"));
  EXPECT_EQ(http.read().status, 401);
  http.send(get("/v2", "phone-secret"));
  EXPECT_EQ(http.read().status, 200);

  const auto plain = grpc::InsecureChannelCredentials();
  EXPECT_EQ(live(serving.grpc_port, plain).error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_TRUE(live(serving.grpc_port, plain, "phone-secret").ok());
  EXPECT_TRUE(live(serving.grpc_port, plain, "phone-secret").ok());
  EXPECT_EQ(live(serving.grpc_port, plain, "phone-secret").error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED)
      << "three at once, whatever the protocol";
  http.send(get("/v2", "phone-secret"));
  const auto limited = http.read();
  EXPECT_EQ(limited.status, 429);
  EXPECT_THAT(limited.head, HasSubstr("\r\nRetry-After: 1\r\n"));

  http.send(get("/metrics", "ops-secret"));
  const std::string metrics = http.read().body;
  EXPECT_THAT(metrics,
              HasSubstr(R"(cnnselect_key_requests_total{key="phone",outcome="admitted"} 3)"));
  EXPECT_THAT(metrics, HasSubstr(R"(cnnselect_key_requests_total{key="",outcome="unknown"} 3)"));
  for (const std::string& text : {metrics, serving.program.errors(), serving.program.output()}) {
    EXPECT_THAT(text, Not(HasSubstr("-secret")));
  }
}

TEST_F(ProgramSecurity, OnlyTheAdministratorsListenerChangesThings) {
  const auto file =
      tls_.folder().write("keys.toml", key_entry("ops", "ops-secret", "admin = true") +
                                           key_entry("app", "app-secret", ""));
  Serving serving({"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--admin", "127.0.0.1:0",
                   "--api-keys", file.string()});
  ASSERT_NE(serving.admin_port, 0);
  RawClient everybody(serving.port);
  RawClient admin(serving.admin_port);
  const std::string unload = "/v2/repository/models/resnet_64_192/unload";
  everybody.send(post(unload, "", "ops-secret"));
  EXPECT_EQ(everybody.read().status, 503) << "not on this listener, whoever asks";
  everybody.send(get("/v2", "app-secret"));
  EXPECT_THAT(everybody.read().body, Not(HasSubstr("model_repository")));

  admin.send(get("/v2", "app-secret"));
  EXPECT_THAT(admin.read().body, HasSubstr("model_repository"));
  admin.send(post(unload, "", "app-secret"));
  EXPECT_EQ(admin.read().status, 403);
  admin.send(post(unload, "", "ops-secret"));
  EXPECT_EQ(admin.read().status, 200);
  admin.send(post("/v2/logging", R"({"log_verbose_level":1})", "ops-secret"));
  EXPECT_EQ(admin.read().status, 200);

  tls_.folder().write("keys.toml", key_entry("ops", "new-secret", "admin = true"));
  serving.program.signal(SIGHUP);
  EXPECT_TRUE(soon([&] {
    admin.send(get("/v2", "new-secret"));
    return admin.read().status == 200;
  }));
  admin.send(get("/v2", "ops-secret"));
  EXPECT_EQ(admin.read().status, 401);
}

TEST_F(ProgramSecurity, BehindAProxyTheConnectionSaysWhoseItIs) {
  Serving serving({"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--proxy-protocol"});
  RawClient stranger(serving.port);
  stranger.send(get("/v2"));
  EXPECT_TRUE(stranger.closed());
  RawClient check(serving.port);  // version 2, LOCAL, nothing more: a proxy's own question
  check.send(std::string("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", 16) + get("/v2"));
  EXPECT_EQ(check.read().status, 200);

  const Finished wrong = serve(kRepository, {"--check", "--trusted-proxies", "10.0.0.0/8,nowhere"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_THAT(wrong.errors, HasSubstr("--trusted-proxies: 'nowhere'"));
}

TEST_F(ProgramSecurity, SighupTakesOverSettingsThatMayChange) {
  const auto& folder = tls_.folder();
  const auto file = folder.write("serve.toml", "policy = 'fastest'\nworkers = 1\n");
  Serving serving({"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--late", "reject",
                   "--config", file.string()});
  const auto reason = [&] {
    RawClient client(serving.port);
    const std::string photo = read_file(kRepository / "../pictures/phone/lemon_3.6mp.jpg");
    client.send(post("/v1/families/emoji/classify?sla_ms=30000", photo, "none"));
    return client.read().body;
  };
  EXPECT_THAT(reason(), AllOf(HasSubstr(R"("model":"mobilenet_025_)"), HasSubstr("fixed")));
  folder.write("serve.toml", "policy = 'most-accurate'\nworkers = 2\nlog_level = 'debug'\n");
  serving.program.signal(SIGHUP);
  EXPECT_TRUE(soon([&] { return reason().contains(R"("model":"resnet_64_192")"); }));
  EXPECT_THAT(serving.program.errors(), HasSubstr("setting 'policy' was changed"));
  EXPECT_THAT(serving.program.errors(), HasSubstr("'workers' has changed"));

  folder.write("serve.toml", "policy = 'fastest'\nlog_level = 'loud'\n");
  serving.program.signal(SIGHUP);
  EXPECT_TRUE(soon([&] {
    return serving.program.errors().contains("the settings stay as they were: log level 'loud'");
  }));
  EXPECT_THAT(reason(), HasSubstr(R"("model":"resnet_64_192")")) << "all or nothing";

  folder.write("serve.toml", "policy = 'best'\n");
  serving.program.signal(SIGHUP);
  EXPECT_TRUE(soon([&] {
    return serving.program.errors().contains("the settings stay as they were: default policy");
  }));
  EXPECT_THAT(reason(), HasSubstr(R"("model":"resnet_64_192")"));
}

}  // namespace
}  // namespace cnnselect
