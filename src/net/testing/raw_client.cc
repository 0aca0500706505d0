#include "net/testing/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <csignal>

namespace cnnselect {

struct RawClient::Tls {
  Tls(int fd, const ClientTls& wanted)
      : context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free), ssl(nullptr, SSL_free) {
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_load_verify_file(context.get(), wanted.authority.c_str());
    if (wanted.max_version != 0) SSL_CTX_set_max_proto_version(context.get(), wanted.max_version);
    if (!wanted.certificate.empty()) {
      SSL_CTX_use_certificate_chain_file(context.get(), wanted.certificate.c_str());
      SSL_CTX_use_PrivateKey_file(context.get(), wanted.key.c_str(), SSL_FILETYPE_PEM);
    }
    ssl.reset(SSL_new(context.get()));
    if (!wanted.alpn.empty()) {
      const std::string offer = std::string(1, static_cast<char>(wanted.alpn.size())) + wanted.alpn;
      SSL_set_alpn_protos(ssl.get(), reinterpret_cast<const unsigned char*>(offer.data()),
                          static_cast<unsigned int>(offer.size()));
    }
    SSL_set_fd(ssl.get(), fd);
  }

  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl;
};

RawClient::RawClient(std::uint16_t port, const ClientTls& tls) : RawClient(port) {
  signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  tls_ = std::make_unique<Tls>(fd_, tls);
  if (SSL_connect(tls_->ssl.get()) != 1) close();
}

std::string RawClient::peer_name() const {
  const std::unique_ptr<X509, decltype(&X509_free)> peer(SSL_get1_peer_certificate(tls_->ssl.get()),
                                                         X509_free);
  std::array<char, 256> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(peer.get()), NID_commonName, name.data(),
                            static_cast<int>(name.size()));
  return name.data();
}

std::string RawClient::tls_version() const { return SSL_get_version(tls_->ssl.get()); }

std::string RawClient::alpn() const {
  const unsigned char* chosen = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(tls_->ssl.get(), &chosen, &size);
  return {reinterpret_cast<const char*>(chosen), size};
}

RawClient::RawClient(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{.tv_sec = 5, .tv_usec = 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  // Each record of TLS is a write of its own: the last would wait for the others' acknowledgement.
  const int at_once = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof(at_once));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) close();
}

RawClient::~RawClient() { close(); }

void RawClient::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const long sent = tls_ != nullptr
                          ? SSL_write(tls_->ssl.get(), bytes.data(), static_cast<int>(bytes.size()))
                          : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server's answer tells the test more
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

long RawClient::receive(char* into, std::size_t size) const {
  if (tls_ == nullptr) return recv(fd_, into, size, 0);
  return SSL_read(tls_->ssl.get(), into, static_cast<int>(size));
}

bool RawClient::receive() {
  std::array<char, 65536> buffer;  // NOLINT(*-member-init): filled by recv
  const auto size = receive(buffer.data(), buffer.size());
  if (size <= 0) return false;
  received_.append(buffer.data(), static_cast<std::size_t>(size));
  return true;
}

RawResponse RawClient::read(bool with_body) {
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive()) return {};
  }
  RawResponse response;
  response.head = received_.substr(0, end + 4);
  received_.erase(0, end + 4);

  constexpr std::string_view kLength = "\r\nContent-Length: ";
  std::size_t length = 0;
  const auto at = response.head.find(kLength);
  if (with_body && at != std::string::npos) {
    std::from_chars(response.head.data() + at + kLength.size(),
                    response.head.data() + response.head.size(), length);
  }
  while (received_.size() < length) {
    if (!receive()) return {};
  }
  response.body = received_.substr(0, length);
  received_.erase(0, length);
  if (response.head.size() > 12) {
    std::from_chars(response.head.data() + 9, response.head.data() + 12, response.status);
  }
  return response;
}

bool RawClient::closed() {
  if (!received_.empty()) return false;
  char byte = 0;
  const auto size = receive(&byte, 1);
  return size == 0 || (size < 0 && errno == ECONNRESET);
}

void RawClient::finish_sending() const {
  if (tls_ != nullptr) SSL_shutdown(tls_->ssl.get());
  shutdown(fd_, SHUT_WR);
}

void RawClient::close() {
  if (tls_ != nullptr && fd_ >= 0) SSL_shutdown(tls_->ssl.get());
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void RawClient::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close();
}

void RawClient::shrink_receive_buffer() const {
  const int size = 1;
  setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

}  // namespace cnnselect
