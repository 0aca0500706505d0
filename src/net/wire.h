// Wire: the bytes of one connection, as they are or inside TLS. Used on its connection's strand
// only; one operation of a kind at a time. cancel() ends a read or wait without harm: what follows
// finds the connection as it was. After a cancelled write or handshake it is good for closing only.
//
// Private to src/net and src/rpc: with http_session.h the headers that know Asio's sockets.
#pragma once

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <memory>
#include <optional>

#include "cnnselect/time.h"
#include "net/stamped_socket.h"

namespace cnnselect {

using Strand = boost::asio::strand<boost::asio::io_context::executor_type>;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Strand>;
template <class T>
using Task = boost::asio::awaitable<T, Strand>;
/// For co_await: an operation's error comes with its result, nothing is thrown.
inline constexpr auto kTuple = boost::asio::as_tuple(boost::asio::use_awaitable_t<Strand>());

class Wire {
 public:
  struct Moved {
    boost::system::error_code error;  ///< asio::error::eof: the peer will send no more
    std::size_t bytes = 0;
  };

  /// No `tls`: plain. `clock` outlives this; none: came() is not known.
  Wire(Socket socket, std::shared_ptr<boost::asio::ssl::context> tls, const Clock* clock = nullptr);

  /// Before anything else is read or written; nothing to do on a plain connection.
  Task<boost::system::error_code> handshake();
  Task<Moved> read_some(boost::asio::mutable_buffer into);
  /// When the first byte of what was read last came, where that was before it could be read: inside
  /// TLS.
  std::optional<TimePoint> came() const { return came_; }
  Task<Moved> write(std::array<boost::asio::const_buffer, 2> parts);
  /// Ends when the connection breaks; the peer's having said all is no news to it.
  Task<boost::system::error_code> wait_for_break();
  /// Says that nothing more will come. Inside TLS it waits for the peer to say so too, so it wants
  /// a timeout; afterwards only read_raw() is left.
  Task<boost::system::error_code> finish_sending();
  /// Reads what the peer sends as it is on the wire: what comes before handshake(), or what is to
  /// be thrown away.
  Task<Moved> read_raw(boost::asio::mutable_buffer into);
  void cancel();

  bool is_tls() const { return tls_.has_value(); }
  Strand strand() { return socket_.get_executor(); }
  Socket& socket() { return socket_; }

 private:
  Socket socket_;
  const std::shared_ptr<boost::asio::ssl::context> context_;
  std::optional<boost::asio::ssl::stream<StampedSocket<Socket>>> tls_;
  std::optional<TimePoint> came_;
};

}  // namespace cnnselect
