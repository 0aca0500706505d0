// What a service manager is told of this process: systemd's notification protocol (sd_notify(3)),
// one datagram a message. Any thread.
#pragma once

#include <string_view>

#include "cnnselect/result.h"

namespace cnnselect {

/// Every request can be answered now.
inline constexpr std::string_view kServiceReady = "READY=1";
/// The process is on its way to its end, however long the requests under way take.
inline constexpr std::string_view kServiceStopping = "STOPPING=1";

/// `socket` is what $NOTIFY_SOCKET says: an absolute path, or "@name" in the abstract namespace;
/// null or empty when nobody wants to know, which is no error. Never waits. Errors:
/// kInvalidArgument for any other socket, kUnavailable when nobody takes the message there.
Status notify_service_manager(const char* socket, std::string_view message);

}  // namespace cnnselect
