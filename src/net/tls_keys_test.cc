#include "net/tls_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "net/testing/certificates.h"

namespace cnnselect {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string error_of(const TlsFiles& files) {
  const auto keys = TlsKeys::read(files, TlsFor::kHttp);
  if (keys) return "";
  EXPECT_EQ(keys.error().code, ErrorCode::kInvalidArgument);
  return keys.error().message;
}

TEST(TlsKeys, KnowsUntilWhenTheCertificateIsValid) {
  const TestTls tls;
  const auto keys = TlsKeys::read(tls.files(), TlsFor::kHttp);
  ASSERT_TRUE(keys) << keys.error().message;
  const auto left = (*keys)->expires() - std::chrono::system_clock::now();
  EXPECT_GT(left, std::chrono::hours(24 * 29));
  EXPECT_LT(left, std::chrono::hours(24 * 31));
}

TEST(TlsKeys, NamesTheFileThatIsWrong) {
  const TestTls tls;
  TlsFiles files = tls.files();
  files.certificate = tls.folder().path() / "nowhere.pem";
  EXPECT_THAT(error_of(files), AllOf(HasSubstr("nowhere.pem"), HasSubstr("a certificate in PEM")));

  files = tls.files();
  files.key = tls.folder().write("other.key", tls.authority().issue("other").key);
  EXPECT_THAT(error_of(files), AllOf(HasSubstr("other.key"), HasSubstr("server.pem")))
      << "the key of another certificate";

  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> rsa(EVP_RSA_gen(2048), EVP_PKEY_free);
  files.key = tls.folder().path() / "rsa.key";
  const std::unique_ptr<BIO, decltype(&BIO_free)> file(BIO_new_file(files.key.c_str(), "w"),
                                                       BIO_free);
  PEM_write_bio_PrivateKey(file.get(), rsa.get(), nullptr, nullptr, 0, nullptr, nullptr);
  BIO_flush(file.get());
  EXPECT_THAT(error_of(files), AllOf(HasSubstr("rsa.key"), HasSubstr("server.pem")))
      << "a key of another kind";

  files.key = tls.folder().write("garbage.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n");
  EXPECT_THAT(error_of(files), HasSubstr("garbage.key"));

  files = tls.files(true);
  files.client_ca = tls.folder().write("empty.pem", "");
  EXPECT_THAT(error_of(files), AllOf(HasSubstr("empty.pem"), HasSubstr("certificates in PEM")));
}

TEST(TlsKeys, ReadsAgainAndKeepsWhatItHasWhenThatFails) {
  TestTls tls;
  const auto keys = TlsKeys::read(tls.files(), TlsFor::kHttp);
  ASSERT_TRUE(keys);
  const auto first = (*keys)->context();
  tls.replace_server("second");
  ASSERT_TRUE((*keys)->reload());
  const auto second = (*keys)->context();
  EXPECT_NE(first, second);

  tls.folder().write("server.key", "not a key");
  EXPECT_FALSE((*keys)->reload());
  EXPECT_EQ((*keys)->context(), second);
}

}  // namespace
}  // namespace cnnselect
