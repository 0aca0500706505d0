// Credentials: the certificates and API keys by which `serve` and its clients know each other; read
// at the start, and again while it serves.
#pragma once

#include <memory>
#include <string>

#include "access/key_ring.h"
#include "net/tls_keys.h"
#include "serve_flags.h"

namespace cnnselect {

class Credentials {
 public:
  /// Errors name the option and the file.
  static Result<Credentials> read(const ServeFlags& flags);

  /// That the certificate expires soon.
  std::vector<std::string> doubts() const;
  /// Reads all files again. What cannot be read stays as it was, and is said in the log.
  void reload();

  /// Null: plain connections.
  const TlsKeys* http_tls() const { return http_tls_.get(); }
  const TlsKeys* grpc_tls() const { return grpc_tls_.get(); }
  /// Null: everybody may call.
  KeyRing* keys() const { return keys_.get(); }

  /// Prometheus text of what they let in and kept out, and of when the certificate expires.
  std::string metrics() const;

 private:
  std::unique_ptr<TlsKeys> http_tls_;
  std::unique_ptr<TlsKeys> grpc_tls_;
  std::unique_ptr<KeyRing> keys_;
};

}  // namespace cnnselect
