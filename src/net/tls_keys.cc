#include "net/tls_keys.h"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <boost/asio/ssl/context.hpp>
#include <ctime>
#include <string_view>
#include <utility>

namespace cnnselect {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using SystemTime = std::chrono::system_clock::time_point;

// Each a length and so many letters, as on the wire.
constexpr std::string_view kHttp1 = "\x08http/1.1";
constexpr std::string_view kHttp2 = "\x02h2";

std::string_view protocol_of(TlsFor purpose) { return purpose == TlsFor::kGrpc ? kHttp2 : kHttp1; }

/// Picks ours from what the client offers. One that offers others only is turned away where it
/// could not be understood; over HTTP it may still speak plain HTTP/1.1.
int choose_protocol(SSL* /*connection*/, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned int offered_size, void* purpose) {
  const bool grpc = *static_cast<const TlsFor*>(purpose) == TlsFor::kGrpc;
  const std::string_view ours = protocol_of(grpc ? TlsFor::kGrpc : TlsFor::kHttp);
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, size, reinterpret_cast<const unsigned char*>(ours.data()),
                            static_cast<unsigned int>(ours.size()), offered,
                            offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return grpc ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_NOACK;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

std::unexpected<Error> refused(const std::filesystem::path& file, std::string_view wanted,
                               const error_code& error) {
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{} is not {}: {}", file.string(), wanted, error.message()));
}

SystemTime expiry_of(SSL_CTX* context) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(context)), &parts) != 1) {
    return SystemTime::max();
  }
  return std::chrono::system_clock::from_time_t(timegm(&parts));
}

Status trust_clients_of(ssl::context& context, const std::filesystem::path& authorities) {
  error_code error;
  if (context.load_verify_file(authorities.string(), error)) {
    return refused(authorities, "a file of certificates in PEM", error);
  }
  SSL_CTX_set_client_CA_list(context.native_handle(), SSL_load_client_CA_file(authorities.c_str()));
  error = context.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert, error);
  return {};
}

}  // namespace

Result<std::unique_ptr<TlsKeys>> TlsKeys::read(TlsFiles files, TlsFor purpose) {
  std::unique_ptr<TlsKeys> keys(new TlsKeys(std::move(files), purpose));
  if (const Status loaded = keys->reload(); !loaded) return std::unexpected(loaded.error());
  return keys;
}

Status TlsKeys::reload() {
  auto loaded = load();
  if (!loaded) return std::unexpected(loaded.error());
  const MutexLock lock(mutex_);
  loaded_ = *std::move(loaded);
  return {};
}

Result<TlsKeys::Loaded> TlsKeys::load() const {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  // Without a name of its own a session of a client with a certificate could not be resumed.
  static constexpr std::string_view kSessions = "cnnselect";
  SSL_CTX_set_session_id_context(native, reinterpret_cast<const unsigned char*>(kSessions.data()),
                                 kSessions.size());
  SSL_CTX_set_alpn_select_cb(native, choose_protocol, const_cast<TlsFor*>(&purpose_));

  error_code error;
  // Else OpenSSL would ask for the passphrase at the terminal.
  error = context->set_password_callback(
      [](std::size_t, ssl::context::password_purpose) { return ""; }, error);
  if (context->use_certificate_chain_file(files_.certificate.string(), error)) {
    return refused(files_.certificate, "a certificate in PEM", error);
  }
  if (context->use_private_key_file(files_.key.string(), ssl::context::pem, error)) {
    return refused(files_.key,
                   fmt::format("the private key of {}, in PEM without a passphrase",
                               files_.certificate.string()),
                   error);
  }
  // A key of another kind (RSA, EC) than the certificate's was compared with nothing so far.
  if (SSL_CTX_check_private_key(native) != 1) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} is not the private key of {}", files_.key.string(),
                            files_.certificate.string()));
  }
  if (!files_.client_ca.empty()) {
    const Status trusted = trust_clients_of(*context, files_.client_ca);
    if (!trusted) return std::unexpected(trusted.error());
  }
  return Loaded{.context = std::move(context), .expires = expiry_of(native)};
}

std::shared_ptr<ssl::context> TlsKeys::context() const {
  const MutexLock lock(mutex_);
  return loaded_.context;
}

SystemTime TlsKeys::expires() const {
  const MutexLock lock(mutex_);
  return loaded_.expires;
}

}  // namespace cnnselect
