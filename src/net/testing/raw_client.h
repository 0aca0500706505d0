// RawClient: a blocking TCP client that says exactly what a test tells it to, well-formed or not.
// Plain, or inside TLS. Nothing blocks for longer than five seconds; what did not come by then is
// missing in the result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace cnnselect {

/// The smallest request; what is answered to it is the handler's matter.
inline const std::string kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

struct RawResponse {
  int status = 0;    ///< 0: no complete answer came
  std::string head;  ///< up to and including the blank line
  std::string body;
};

/// How a client speaks TLS.
struct ClientTls {
  std::filesystem::path authority;    ///< whose certificates it believes
  std::filesystem::path certificate;  ///< its own, with its key; empty: none
  std::filesystem::path key;
  std::string alpn;     ///< one protocol, such as "h2"; empty: none is offered
  int max_version = 0;  ///< as OpenSSL numbers them; 0: the newest
};

class RawClient {
 public:
  /// Connects to loopback.
  explicit RawClient(std::uint16_t port);
  /// And speaks TLS; where the two do not come together it is not connected().
  RawClient(std::uint16_t port, const ClientTls& tls);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return fd_ >= 0; }
  /// The name (CN) in the server's certificate, the version of TLS, and what ALPN chose.
  std::string peer_name() const;
  std::string tls_version() const;
  std::string alpn() const;
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
  struct Tls;

  bool receive();
  /// As recv.
  long receive(char* into, std::size_t size) const;

  int fd_ = -1;
  std::unique_ptr<Tls> tls_;
  std::string received_;
};

}  // namespace cnnselect
