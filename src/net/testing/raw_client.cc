#include "net/testing/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <charconv>

namespace cnnselect::net {

RawClient::RawClient(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{.tv_sec = 5, .tv_usec = 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) close();
}

RawClient::~RawClient() { close(); }

void RawClient::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server's answer tells the test more
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool RawClient::receive() {
  std::array<char, 65536> buffer;  // NOLINT(*-member-init): filled by recv
  const auto size = recv(fd_, buffer.data(), buffer.size(), 0);
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
  const auto size = recv(fd_, &byte, 1, 0);
  return size == 0 || (size < 0 && errno == ECONNRESET);
}

void RawClient::finish_sending() const { shutdown(fd_, SHUT_WR); }

void RawClient::close() {
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

}  // namespace cnnselect::net
