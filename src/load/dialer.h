// Dialer: connects to one server, in the open or inside TLS, and words what goes wrong there. Used
// on its executor's thread. Private to src/load.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cnnselect/result.h"
#include "cnnselect/time.h"
#include "load/tls_trust.h"
#include "load/url.h"

namespace cnnselect {

/// One connection; what is read ahead of its parser stays in `buffer`.
struct Connection {
  Connection(boost::asio::any_io_executor executor, boost::asio::ssl::context* context)
      : stream(std::move(executor)) {
    if (context != nullptr) tls.emplace(stream, *context);
  }
  boost::beast::tcp_stream stream;
  std::optional<boost::asio::ssl::stream<boost::beast::tcp_stream&>> tls;
  boost::beast::flat_buffer buffer;
};

class Dialer {
 public:
  /// Looks the name up and reads the files of `trust`. `patience` is for the words of a timeout.
  /// Errors: kUnavailable when there is no such host, kInvalidArgument as client_context().
  static Result<Dialer> find(const ServerUrl& server, const TlsTrust& trust, Duration patience);

  /// Nothing on the connection lasts beyond `until`. Errors: kUnavailable and kTimeout, naming the
  /// server and the reason: refused, not trusted, another name, no TLS.
  boost::asio::awaitable<Result<std::unique_ptr<Connection>>> connect(
      boost::asio::any_io_executor executor, TimePoint until) const;

  /// Why the server takes no connection of ours, if it takes none: an attempt, whose connection is
  /// given up.
  boost::asio::awaitable<Status> attempt(boost::asio::any_io_executor executor,
                                         TimePoint now) const;

  /// In a user's words, with the server before them.
  Error failure(const boost::system::error_code& error) const;

  const ServerUrl& server() const { return server_; }
  bool tls() const { return context_ != nullptr; }
  /// Expected in the server's certificate.
  const std::string& name() const { return name_; }

 private:
  Dialer() = default;
  Error distrust(Connection& connection, const boost::system::error_code& error) const;

  ServerUrl server_;
  Duration patience_{};
  std::string name_;
  boost::asio::ip::tcp::resolver::results_type endpoints_;
  std::unique_ptr<boost::asio::ssl::context> context_;  ///< null: in the open
};

}  // namespace cnnselect
