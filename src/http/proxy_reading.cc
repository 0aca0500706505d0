#include "http/proxy_reading.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>

#include "net/proxy_header.h"

namespace cnnselect {

Task<Result<std::optional<boost::asio::ip::tcp::endpoint>>> read_proxy_header(
    Wire& wire, const WireTimeout& timeout) {
  ProxyHeaderParser header;
  std::array<char, 256> bytes;  // NOLINT(*-member-init): filled by the read
  while (header.wanted() > 0) {
    const std::size_t most = std::min(header.wanted(), bytes.size());
    const auto [error, size] = co_await wire.read_raw(boost::asio::buffer(bytes.data(), most));
    if (error) {
      if (timeout.expired()) co_return fail(ErrorCode::kTimeout, "no PROXY header came in time");
      co_return fail(ErrorCode::kCancelled, error.message());
    }
    const auto taken = header.take({bytes.data(), size});
    if (!taken) co_return std::unexpected(taken.error());
  }
  co_return header.client();
}

}  // namespace cnnselect
