#include "credentials.h"

#include <fmt/chrono.h>

#include <chrono>
#include <utility>

#include "base/log.h"
#include "base/wall_clock.h"
#include "service/key_metrics.h"

namespace cnnselect {
namespace {

constexpr auto kSoon = std::chrono::hours(24 * 14);

/// Both, or neither and no authority of clients either.
Status check_options(const ServeFlags& flags) {
  if (flags.tls_certificate.empty() != flags.tls_key.empty()) {
    return fail(ErrorCode::kInvalidArgument,
                "--tls-certificate and --tls-key go together: only one of them is given");
  }
  if (!flags.tls_client_ca.empty() && flags.tls_key.empty()) {
    return fail(ErrorCode::kInvalidArgument,
                "--tls-client-ca needs --tls-certificate and --tls-key");
  }
  return {};
}

}  // namespace

Result<Credentials> Credentials::read(const ServeFlags& flags) {
  if (const Status legal = check_options(flags); !legal) return std::unexpected(legal.error());
  Credentials credentials;
  if (!flags.tls_key.empty()) {
    const TlsFiles files{.certificate = flags.tls_certificate,
                         .key = flags.tls_key,
                         .client_ca = flags.tls_client_ca};
    auto http = TlsKeys::read(files, TlsFor::kHttp);
    if (!http) return std::unexpected(http.error().within("--tls-certificate, --tls-key"));
    auto grpc = TlsKeys::read(files, TlsFor::kGrpc);
    if (!grpc) return std::unexpected(grpc.error().within("--tls-certificate, --tls-key"));
    credentials.http_tls_ = *std::move(http);
    credentials.grpc_tls_ = *std::move(grpc);
  }
  if (!flags.api_keys.empty()) {
    auto keys = KeyRing::read(flags.api_keys);
    if (!keys) return std::unexpected(keys.error().within("--api-keys"));
    credentials.keys_ = *std::move(keys);
  }
  return credentials;
}

void Credentials::reload() {
  const auto again = [](const char* what, auto* files) {
    if (files == nullptr) return;
    if (const Status read = files->reload(); !read) {
      spdlog::warn("{} stay as they were: {}", what, read.error().message);
    } else {
      spdlog::info("{} were read again", what);
    }
  };
  again("the certificates for HTTP", http_tls_.get());
  again("the certificates for gRPC", grpc_tls_.get());
  again("the API keys", keys_.get());
  for (const std::string& doubt : doubts()) spdlog::warn("{}", doubt);
}

std::vector<std::string> Credentials::doubts() const {
  if (http_tls_ == nullptr) return {};
  const auto expires = http_tls_->expires();
  if (expires - wall_now() > kSoon) return {};
  return {fmt::format("the certificate is valid until {:%F %T} UTC only",
                      fmt::gmtime(std::chrono::system_clock::to_time_t(expires)))};
}

std::string Credentials::metrics() const {
  std::string text = keys_ == nullptr ? "" : key_metrics(*keys_);
  if (http_tls_ != nullptr) {
    text += fmt::format(
        "# HELP cnnselect_tls_certificate_expires_timestamp_seconds When the certificate ceases to "
        "be valid, Unix time\n"
        "# TYPE cnnselect_tls_certificate_expires_timestamp_seconds gauge\n"
        "cnnselect_tls_certificate_expires_timestamp_seconds {}\n",
        std::chrono::system_clock::to_time_t(http_tls_->expires()));
  }
  return text;
}

}  // namespace cnnselect
