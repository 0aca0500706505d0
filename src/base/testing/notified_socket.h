// NotifiedSocket: the service manager's end of its protocol, for tests.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <system_error>

namespace cnnselect {

class NotifiedSocket {
 public:
  /// `name` as $NOTIFY_SOCKET has it. Throws std::system_error when it cannot be bound.
  explicit NotifiedSocket(std::string name)
      : name_(std::move(name)), socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::ranges::copy(name_, address.sun_path);
    if (name_.front() == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    if (bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) != 0) {
      throw std::system_error(errno, std::generic_category(), name_);
    }
  }
  NotifiedSocket(const NotifiedSocket&) = delete;
  NotifiedSocket& operator=(const NotifiedSocket&) = delete;
  ~NotifiedSocket() { close(socket_); }

  const std::string& name() const { return name_; }
  /// The oldest message that was not taken yet; empty when there is none.
  std::string take() const {
    std::array<char, 256> bytes{};
    const ssize_t size = recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    return {bytes.data(), size < 0 ? 0 : static_cast<std::size_t>(size)};
  }

 private:
  std::string name_;
  int socket_;
};

}  // namespace cnnselect
