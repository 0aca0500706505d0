// The real program as another process, and a client that waits: what the server benchmarks measure.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/testing/program.h"

namespace cnnselect::bench {

/// `cnnselect serve ARGUMENTS --http 127.0.0.1:0`; ready once constructed, stopped in the end.
/// Throws std::runtime_error with the server's own words when it does not start.
class ServerProcess {
 public:
  explicit ServerProcess(std::vector<std::string> arguments);
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess();

  std::uint16_t port() const { return port_; }
  std::uint16_t grpc_port() const { return grpc_port_; }
  const Program& program() const { return program_; }
  std::uint64_t resident_bytes() const { return program_.resident_bytes(); }

 private:
  Program program_;
  std::uint16_t port_ = 0;
  std::uint16_t grpc_port_ = 0;
};

/// One kept connection; a request at a time. Not thread-safe.
class BlockingClient {
 public:
  explicit BlockingClient(std::uint16_t port);

  /// Sends the bytes and reads the whole answer; throws std::runtime_error unless its status is
  /// 200. Returns the body.
  std::string ask(const std::string& head, std::span<const std::byte> body);

 private:
  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_{context_};
};

}  // namespace cnnselect::bench
