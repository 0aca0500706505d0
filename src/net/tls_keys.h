// TlsKeys: certificate and key of a listener and, for mutual TLS, the authorities of its clients.
// They are read from PEM files, and again on request; connections keep what they began with.
//
// TLS 1.2 and later, no compression, no renegotiation. Thread-safe.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "cnnselect/result.h"

namespace boost::asio::ssl {
class context;  // NOLINT(readability-identifier-naming): the library's name
}

namespace cnnselect {

struct TlsFiles {
  std::filesystem::path certificate;  ///< with the chain up to, without, the root
  std::filesystem::path key;          ///< without a passphrase
  std::filesystem::path client_ca;    ///< empty: clients need no certificate
};

/// What a listener speaks inside TLS, for the negotiation of it (ALPN, RFC 7301).
enum class TlsFor { kHttp, kGrpc };

class TlsKeys {
 public:
  /// Errors: kInvalidArgument, naming the file and what is wrong with it: no PEM, no such file, a
  /// key with a passphrase or of another certificate.
  static Result<std::unique_ptr<TlsKeys>> read(TlsFiles files, TlsFor purpose);

  /// Reads the files again, for connections from now on. On an error nothing changes.
  Status reload() CNNSELECT_EXCLUDES(mutex_);

  std::shared_ptr<boost::asio::ssl::context> context() const CNNSELECT_EXCLUDES(mutex_);
  /// When the certificate ceases to be valid.
  std::chrono::system_clock::time_point expires() const CNNSELECT_EXCLUDES(mutex_);

 private:
  struct Loaded {
    std::shared_ptr<boost::asio::ssl::context> context;
    std::chrono::system_clock::time_point expires;
  };

  TlsKeys(TlsFiles files, TlsFor purpose) : files_(std::move(files)), purpose_(purpose) {}
  Result<Loaded> load() const;

  const TlsFiles files_;
  const TlsFor purpose_;
  mutable Mutex mutex_;
  Loaded loaded_ CNNSELECT_GUARDED_BY(mutex_);
};

}  // namespace cnnselect
