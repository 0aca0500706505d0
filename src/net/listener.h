// The listening socket of a server. Private to src/net and src/rpc, as wire.h is.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <chrono>
#include <cstdint>
#include <string>

#include "cnnselect/result.h"
#include "net/wire.h"

namespace cnnselect {

using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Strand>;
using Timer =
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>, Strand>;

/// Binds `acceptor` and listens. `address`: IPv4, IPv6 or "localhost"; port 0: the kernel picks.
/// Errors: kInvalidArgument (not an address), kUnavailable (address and port are named).
Status listen_on(Acceptor& acceptor, const std::string& address, std::uint16_t port);

/// The next connection, on a strand of `io` of its own; nothing when the acceptor was closed. While
/// the process has no file descriptors left it waits, and says so in the log.
Task<std::optional<Socket>> next_connection(Acceptor& acceptor, boost::asio::io_context& io);

/// Has the kernel end a connection whose peer takes nothing more, or is gone without a word, for
/// longer than this: for those that no timeout of ours watches.
void end_when_silent(Socket& socket, std::chrono::seconds silence);

/// Whose connection it is; 0.0.0.0:0 when it is gone already.
boost::asio::ip::tcp::endpoint remote_endpoint(const Socket& socket);

/// "127.0.0.1:40312", "[::1]:40312".
std::string to_text(const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace cnnselect
