// Certificates for tests of TLS, made on the spot: an authority, and what it signs. They are good
// for 127.0.0.1 and localhost.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/testing/temporary_folder.h"
#include "net/tls_keys.h"

namespace cnnselect {

struct Pem {
  std::string certificate;
  std::string key;
};

class TestAuthority {
 public:
  TestAuthority();
  ~TestAuthority();
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  /// Valid from a day ago on; `valid` may be negative: it has expired.
  Pem issue(const std::string& name, std::chrono::hours valid = std::chrono::hours(24 * 30)) const;
  const std::string& certificate() const { return certificate_; }

 private:
  struct Keys;
  std::unique_ptr<Keys> keys_;
  std::string certificate_;
};

/// The files of a server and, for mutual TLS, of its clients.
class TestTls {
 public:
  TestTls() { replace_server("first"); }

  /// Another certificate of that name in the server's files.
  void replace_server(const std::string& name) {
    const Pem pem = authority_.issue(name);
    folder_.write("server.pem", pem.certificate);
    folder_.write("server.key", pem.key);
    folder_.write("ca.pem", authority_.certificate());
  }
  TlsFiles files(bool mutual = false) const {
    return {.certificate = folder_.path() / "server.pem",
            .key = folder_.path() / "server.key",
            .client_ca = mutual ? folder_.path() / "ca.pem" : std::filesystem::path()};
  }
  std::filesystem::path authority_file() const { return folder_.path() / "ca.pem"; }
  const TestAuthority& authority() const { return authority_; }
  const TemporaryFolder& folder() const { return folder_; }

 private:
  TestAuthority authority_;
  TemporaryFolder folder_;
};

}  // namespace cnnselect
