// `classify` and `load` against the program's own server: over TLS, with keys, over gRPC, and what
// they say of a server that they cannot use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "net/testing/certificates.h"
#include "tests/program.h"
#include "tests/secured_server.h"

namespace cnnselect {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kTable =
    (std::filesystem::path(CNNSELECT_SOURCE_DIR) / "data" / "paper" / "table5.csv").string();
const std::filesystem::path kPhotos =
    std::filesystem::path(CNNSELECT_SOURCE_DIR) / "zoo" / "pictures";

std::string local(const std::string& scheme, std::uint16_t port) {
  return scheme + "://127.0.0.1:" + std::to_string(port);
}

Finished classify(const std::string& server, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {
      "classify", (kPhotos / "phone" / "horse_face_12.0mp.jpg").string(), "--server", server};
  std::ranges::move(more, std::back_inserter(arguments));
  return run(arguments);
}

Finished load(const std::string& server, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"load",
                                        "--server",
                                        server,
                                        "--images",
                                        (kPhotos / "test").string(),
                                        "--labels",
                                        (kPhotos / "test" / "labels.tsv").string(),
                                        "--sla",
                                        "60s",
                                        "--rate",
                                        "100",
                                        "--requests",
                                        "20",
                                        "--network",
                                        "constant(5)"};
  std::ranges::move(more, std::back_inserter(arguments));
  return run(arguments);
}

/// One line on standard error that says this, and exit status 1.
void expect_one_line(const Finished& refused, const std::string& words) {
  EXPECT_EQ(refused.status, 1) << refused.output;
  EXPECT_THAT(refused.errors, HasSubstr(words));
  EXPECT_EQ(std::ranges::count(refused.errors, '\n'), 1) << refused.errors;
  EXPECT_EQ(refused.output, "");
}

class ProgramClients : public testing::Test {
 protected:
  std::string ca() const { return tls_.authority_file().string(); }
  std::string file(const std::string& name, const std::string& text) const {
    return tls_.folder().write(name, text).string();
  }

  TestTls tls_;
};

TEST_F(ProgramClients, BothProtocolsAreSpokenInTheOpen) {
  const Serving serving({"serve", "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"});
  for (const auto& url : {local("http", serving.port), local("grpc", serving.grpc_port)}) {
    const Finished table = classify(url, {"--sla", "60s"});
    EXPECT_EQ(table.status, 0) << table.errors;
    EXPECT_THAT(table.output,
                AllOf(HasSubstr("horse face"), HasSubstr("1 of 1 photos answered within")))
        << url;
    const Finished json = classify(url, {"--json", "--policy", "fastest"});
    EXPECT_THAT(json.output, AllOf(HasSubstr(R"("label":"horse face")"),
                                   HasSubstr(R"("model":"mobilenet_025_)")))
        << url << json.errors;
    const Finished many = load(url);
    EXPECT_EQ(many.status, 0) << many.errors;
    EXPECT_THAT(many.output, AllOf(HasSubstr("100.0"), Not(HasSubstr("first error")))) << url;
    expect_one_line(classify(url, {"--family", "cats"}), "'cats'");
    expect_one_line(classify(url, {"--tls-ca", ca()}), "--tls-ca is for servers of https://");
  }
}

TEST_F(ProgramClients, TheWayThereIsMeasuredByTheServerOverGrpcToo) {
  const Serving serving({"serve", "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"});
  const Finished json =
      classify(local("grpc", serving.grpc_port), {"--json", "--network", "constant(300)"});
  const auto at = json.output.find("\"t_input_ms\":");
  ASSERT_NE(at, std::string::npos) << json.output << json.errors;
  EXPECT_GE(std::stod(json.output.substr(at + 13)), 200) << json.output;
}

TEST_F(ProgramClients, TlsAndKeysAreSpokenWhereTheServerWantsThem) {
  const auto keys = file("keys.toml", key_entry("phone", "phone-secret"));
  const auto key = file("key", "phone-secret\n");
  const Serving serving(serve_with_tls(tls_.files(true), {"--api-keys", keys}));
  const Pem own = tls_.authority().issue("a phone");
  const std::vector<std::string> shown = {"--tls-ca",          ca(),
                                          "--tls-certificate", file("own.pem", own.certificate),
                                          "--tls-key",         file("own.key", own.key)};
  for (const auto& url :
       {local("https", serving.tls_port), local("grpcs", serving.tls_grpc_port)}) {
    auto with_key = shown;
    with_key.insert(with_key.end(), {"--api-key-file", key});
    const Finished one = classify(url, with_key);
    EXPECT_EQ(one.status, 0) << url << one.errors;
    EXPECT_THAT(one.output, HasSubstr("horse face"));
    const Finished many = load(url, with_key);
    EXPECT_EQ(many.status, 0) << url << many.errors;
    EXPECT_THAT(many.output, Not(HasSubstr("first error")));

    expect_one_line(classify(url, shown), "API key");
    ::setenv("CNNSELECT_API_KEY", "phone-secret", 1);
    EXPECT_EQ(classify(url, shown).status, 0) << url;
    ::setenv("CNNSELECT_API_KEY", "another-secret", 1);
    const Finished wrong = load(url, shown);
    expect_one_line(wrong, "API key");
    EXPECT_THAT(wrong.errors, Not(HasSubstr("another-secret")));
    ::unsetenv("CNNSELECT_API_KEY");

    expect_one_line(classify(url, {"--tls-ca", ca()}), "certificate");
  }
}

TEST_F(ProgramClients, AServerThatIsNotBelievedIsOneLine) {
  const Serving serving(serve_with_tls(tls_.files()));
  const auto other = file("other.pem", TestAuthority().certificate());
  const auto https = local("https", serving.tls_port);
  const auto grpcs = local("grpcs", serving.tls_grpc_port);
  for (const auto& url : {https, grpcs}) {
    EXPECT_EQ(classify(url, {"--tls-ca", ca(), "--tls-name", "localhost"}).status, 0) << url;
    expect_one_line(classify(url), "its certificate is not trusted: ");
    expect_one_line(load(url, {"--tls-ca", other}), "its certificate is not trusted: ");
    expect_one_line(classify(url, {"--tls-ca", ca(), "--tls-name", "example.test"}),
                    "its certificate is not for 'example.test'");
    expect_one_line(classify(url, {"--tls-ca", file("no.pem", "none")}),
                    "no.pem is not a file of certificates in PEM");
  }
  expect_one_line(classify(local("http", serving.tls_port)), "if it speaks TLS, say https://");
  expect_one_line(classify(local("grpc", serving.tls_grpc_port)), "if it speaks TLS, say grpcs://");
}

TEST_F(ProgramClients, AServerThatIsNotThereIsOneLine) {
  std::uint16_t port = 0;
  {
    const Serving serving({"serve", "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"});
    port = serving.port;
    expect_one_line(classify(local("https", port)), "it does not speak TLS there");
    expect_one_line(classify(local("grpcs", serving.grpc_port)), "it does not speak TLS there");
  }
  for (const std::string scheme : {"http", "https", "grpc", "grpcs"}) {
    expect_one_line(load(local(scheme, port)),
                    "server 127.0.0.1:" + std::to_string(port) + ": Connection refused");
    expect_one_line(classify(scheme + "://no.such.host.invalid:1"),
                    "cannot find server no.such.host.invalid");
  }
  expect_one_line(classify("ftp://127.0.0.1:1"), "allowed: http, https, grpc, grpcs");
}

TEST_F(ProgramClients, AFamilyOrPolicyThatThereIsNotEndsTheCommandAtOnce) {
  const Serving serving({"serve", "--http", "127.0.0.1:0", "--grpc", "off"});
  const std::string there = local("http", serving.port);
  expect_one_line(classify(there, {"--family", "pets"}), "--family chooses one");
  expect_one_line(load(there, {"--family", "pets"}), "there are: emoji");
  const Finished wrong = load(there, {"--policy", "ontme"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_THAT(wrong.errors, AllOf(HasSubstr("none of the first "), HasSubstr("ontme")));
  EXPECT_EQ(wrong.output, "");
}

TEST_F(ProgramClients, AKeyIsOneLineOfVisibleLetters) {
  expect_one_line(classify("http://127.0.0.1:1", {"--api-key-file", "/nowhere"}), "/nowhere");
  expect_one_line(classify("http://127.0.0.1:1", {"--api-key-file", file("empty", "\n")}),
                  "holds nothing");
  expect_one_line(classify("http://127.0.0.1:1", {"--api-key-file", file("two", "a b\n")}),
                  "holds blanks or other bytes");
}

TEST_F(ProgramClients, LoadAndSimulateWriteARowPerRequest) {
  const Serving serving;
  const std::string trace = file("trace.csv", "t_ms,requests\n0,10\n50,10\n");
  const std::string rows = (tls_.folder().path() / "rows.csv").string();
  const Finished live = load(local("http", serving.port), {"--rows", rows, "--arrivals", trace});
  EXPECT_EQ(live.status, 0) << live.errors;
  const std::string sent = tls_.folder().read("rows.csv");
  EXPECT_EQ(std::ranges::count(sent, '\n'), 21) << sent;
  EXPECT_THAT(sent, HasSubstr("\ndefault,60000,19,"));
  EXPECT_THAT(sent, HasSubstr(",5,5,in_time,"));

  const Finished simulated =
      run({"simulate", "--profile", kTable, "--network", "constant(5)", "--sla", "60s,1s",
           "--policy", "ontime,fastest", "--requests", "20", "--arrivals", trace, "--rows", rows});
  EXPECT_EQ(simulated.status, 0) << simulated.errors;
  const std::string drawn = tls_.folder().read("rows.csv");
  EXPECT_EQ(std::ranges::count(drawn, '\n'), 81);
  EXPECT_THAT(drawn, HasSubstr("\nfastest,1000,19,"));
  constexpr std::string_view kCommon = "policy,sla_ms,request,sent_ms,input_ms,output_ms,outcome";
  EXPECT_TRUE(sent.starts_with(kCommon));
  EXPECT_TRUE(drawn.starts_with(kCommon));

  expect_one_line(load(local("http", serving.port), {"--rows", "/nowhere/at/all.csv"}),
                  "/nowhere/at/all.csv: cannot be written");
}

}  // namespace
}  // namespace cnnselect
