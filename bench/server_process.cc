#include "bench/server_process.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <csignal>
#include <stdexcept>

namespace cnnselect::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr Duration kLongestStart = std::chrono::minutes(2);

std::vector<std::string> serve(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"serve", "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0",
                                       "--log-level", "error"});
  return arguments;
}

}  // namespace

ServerProcess::ServerProcess(std::vector<std::string> arguments)
    : program_(CNNSELECT_PROGRAM, serve(std::move(arguments))) {
  if (!program_.wait_for_output("\n", kLongestStart)) throw std::runtime_error(program_.errors());
  const auto port = [this](const std::string& scheme) {
    const std::uint16_t plain = listening_port(program_.output(), scheme);
    return plain != 0 ? plain : listening_port(program_.output(), scheme + "s");
  };
  port_ = port("http");
  grpc_port_ = port("grpc");
}

ServerProcess::~ServerProcess() {
  program_.signal(SIGTERM);
  program_.wait(std::chrono::seconds(20));
}

BlockingClient::BlockingClient(std::uint16_t port) {
  socket_.connect({asio::ip::address_v4::loopback(), port});
  socket_.set_option(asio::ip::tcp::no_delay(true));
}

std::string BlockingClient::ask(const std::string& head, std::span<const std::byte> body) {
  const std::array<asio::const_buffer, 2> parts = {asio::buffer(head),
                                                   asio::buffer(body.data(), body.size())};
  asio::write(socket_, parts);
  boost::beast::flat_buffer buffer;
  http::response<http::string_body> response;
  http::read(socket_, buffer, response);
  if (response.result() != http::status::ok) {
    throw std::runtime_error(std::to_string(response.result_int()) + " " + response.body());
  }
  return std::move(response.body());
}

}  // namespace cnnselect::bench
