#include "load/tls_trust.h"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <string_view>

namespace cnnselect {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

std::unexpected<Error> refused(const std::filesystem::path& file, std::string_view wanted,
                               const error_code& error) {
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{} is not {}: {}", file.string(), wanted, error.message()));
}

Status show(ssl::context& context, const TlsTrust& trust) {
  if (trust.certificate.empty() != trust.key.empty()) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("a client's certificate and its key go together; given: only {}",
                            (trust.key.empty() ? trust.certificate : trust.key).string()));
  }
  if (trust.key.empty()) return {};
  error_code error;
  // Else OpenSSL would ask for the passphrase at the terminal.
  error = context.set_password_callback(
      [](std::size_t, ssl::context::password_purpose) { return ""; }, error);
  if (context.use_certificate_chain_file(trust.certificate.string(), error)) {
    return refused(trust.certificate, "a certificate in PEM", error);
  }
  const std::string wanted =
      fmt::format("the private key of {}, in PEM without a passphrase", trust.certificate.string());
  if (context.use_private_key_file(trust.key.string(), ssl::context::pem, error)) {
    return refused(trust.key, wanted, error);
  }
  // A key of another kind (RSA, EC) than the certificate's was compared with nothing so far.
  if (SSL_CTX_check_private_key(context.native_handle()) != 1) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} is not {}", trust.key.string(), wanted));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<ssl::context>> client_context(const TlsTrust& trust) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  error_code error;
  error = context->set_verify_mode(ssl::verify_peer, error);
  if (trust.authorities.empty()) {
    error = context->set_default_verify_paths(error);
  } else if (context->load_verify_file(trust.authorities.string(), error)) {
    return refused(trust.authorities, "a file of certificates in PEM", error);
  }
  if (const Status shown = show(*context, trust); !shown) return std::unexpected(shown.error());
  return context;
}

}  // namespace cnnselect
