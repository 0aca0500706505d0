// RawClient: a blocking TCP client that says exactly what a test tells it to, well-formed or not.
// Nothing blocks for longer than five seconds; what did not come by then is missing in the result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cnnselect::net {

struct RawResponse {
  int status = 0;    ///< 0: no complete answer came
  std::string head;  ///< up to and including the blank line
  std::string body;
};

class RawClient {
 public:
  /// Connects to loopback.
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return fd_ >= 0; }
  void send(std::string_view bytes) const;
  /// One answer, its length from Content-Length. `with_body`: false after a HEAD.
  RawResponse read(bool with_body = true);
  /// Whether the server closes (or resets) before it sends anything more.
  bool closed();

  void finish_sending() const;  ///< FIN; reading goes on
  void close();
  void reset();  ///< RST
  /// As few bytes as the kernel allows are taken in before the client reads.
  void shrink_receive_buffer() const;

 private:
  bool receive();

  int fd_ = -1;
  std::string received_;
};

}  // namespace cnnselect::net
