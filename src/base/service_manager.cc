#include "base/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string>
#include <system_error>

namespace cnnselect {

Status notify_service_manager(const char* socket, std::string_view message) {
  const std::string_view place = socket == nullptr ? "" : socket;
  if (place.empty()) return {};
  const auto named = [&](const std::string& what) {
    return "NOTIFY_SOCKET '" + std::string(place) + "': " + what;
  };
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  if ((place.front() != '/' && place.front() != '@') || place.size() >= sizeof(address.sun_path)) {
    return fail(ErrorCode::kInvalidArgument,
                named("neither an absolute path nor @NAME of less than " +
                      std::to_string(sizeof(address.sun_path)) + " bytes"));
  }
  std::ranges::copy(place, address.sun_path);
  if (place.front() == '@') address.sun_path[0] = '\0';
  const int sender = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + place.size());
  const bool sent = sender >= 0 && sendto(sender, message.data(), message.size(), MSG_NOSIGNAL,
                                          reinterpret_cast<const sockaddr*>(&address), size) >= 0;
  const int error = errno;
  if (sender >= 0) close(sender);
  if (sent) return {};
  return fail(ErrorCode::kUnavailable, named(std::generic_category().message(error)));
}

}  // namespace cnnselect
