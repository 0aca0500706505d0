#include "load/dialer.h"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <utility>

namespace cnnselect {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr Duration kLongestRefusal = std::chrono::seconds(2);

/// The other side ended the connection, with or without goodbye.
bool is_closed(const error_code& error) {
  return error == http::error::end_of_stream || error == http::error::partial_message ||
         error == asio::error::eof || error == asio::error::connection_reset ||
         error == asio::error::broken_pipe || error == asio::ssl::error::stream_truncated;
}

/// Sends the name (for servers of several) and checks the certificate against it.
void expect_name(SSL* connection, const std::string& name) {
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), name.c_str()) == 1) return;
  SSL_set1_host(connection, name.c_str());
  SSL_set_tlsext_host_name(connection, name.c_str());
}

}  // namespace

Result<Dialer> Dialer::find(const ServerUrl& server, const TlsTrust& trust, Duration patience) {
  Dialer dialer;
  dialer.server_ = server;
  dialer.patience_ = patience;
  dialer.name_ = trust.name.empty() ? server.host : trust.name;
  if (server.tls) {
    auto context = client_context(trust);
    if (!context) return std::unexpected(context.error());
    dialer.context_ = *std::move(context);
  }
  asio::io_context lookup;
  error_code failed;
  dialer.endpoints_ = tcp::resolver(lookup).resolve(server.host, server.port, failed);
  if (failed) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("cannot find server {}: {}", server.host, failed.message()));
  }
  return dialer;
}

asio::awaitable<Result<std::unique_ptr<Connection>>> Dialer::connect(asio::any_io_executor executor,
                                                                     TimePoint until) const {
  auto connection = std::make_unique<Connection>(std::move(executor), context_.get());
  connection->stream.expires_at(until);
  const auto [failed, endpoint] = co_await connection->stream.async_connect(endpoints_, kTuple);
  if (failed) co_return std::unexpected(failure(failed));
  error_code ignored;  // a socket that refuses it is only slower
  ignored = connection->stream.socket().set_option(tcp::no_delay(true), ignored);
  if (!connection->tls) co_return connection;
  expect_name(connection->tls->native_handle(), name_);
  const auto [refused] =
      co_await connection->tls->async_handshake(asio::ssl::stream_base::client, kTuple);
  if (refused) co_return std::unexpected(distrust(*connection, refused));
  co_return connection;
}

asio::awaitable<Status> Dialer::attempt(asio::any_io_executor executor, TimePoint now) const {
  auto connected = co_await connect(std::move(executor), now + patience_);
  if (!connected) co_return std::unexpected(connected.error());
  Connection& connection = **connected;
  if (!connection.tls) co_return Status();
  // In TLS 1.3 a server refuses a client's certificate after the client's part of the handshake.
  connection.stream.expires_at(now + std::min(patience_, kLongestRefusal));
  char byte = 0;
  const auto [failed, size] =
      co_await connection.tls->async_read_some(asio::buffer(&byte, 1), kTuple);
  if (failed.category() != asio::error::get_ssl_category()) co_return Status();
  co_return std::unexpected(failure(failed));
}

Error Dialer::distrust(Connection& connection, const error_code& error) const {
  const auto error_with = [&](std::string words) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("server {}: {}", authority_of(server_), words)};
  };
  const long verified = SSL_get_verify_result(connection.tls->native_handle());
  if (verified == X509_V_ERR_HOSTNAME_MISMATCH || verified == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    return error_with(fmt::format("its certificate is not for '{}'", name_));
  }
  if (verified != X509_V_OK) {
    return error_with(
        fmt::format("its certificate is not trusted: {}", X509_verify_cert_error_string(verified)));
  }
  const bool other =
      error.category() == asio::error::get_ssl_category() &&
      ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_WRONG_VERSION_NUMBER;
  if (other || is_closed(error)) return error_with("it does not speak TLS there");
  return failure(error);
}

Error Dialer::failure(const error_code& error) const {
  const std::string server = fmt::format("server {}: ", authority_of(server_));
  if (error == boost::beast::error::timeout) {
    return {ErrorCode::kTimeout,
            server + fmt::format("no answer within {:.1f} s", to_seconds(patience_))};
  }
  if (!is_closed(error)) return {ErrorCode::kUnavailable, server + error.message()};
  // A listener of TLS says nothing to whoever does not speak it.
  return {ErrorCode::kUnavailable,
          server + "it closed the connection without an answer" +
              (tls() ? "" : "; if it speaks TLS, say https:// or grpcs://")};
}

}  // namespace cnnselect
