#include "net/proxy_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace cnnselect {
namespace {

namespace ip = boost::asio::ip;

// https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt, section 2.2.
constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::string_view kVersion1 = "PROXY ";
constexpr std::size_t kFixedPart = 16;

// The fourteenth byte: address family and transport.
enum Transport : std::uint8_t { kUnspecified = 0x00, kTcp4 = 0x11, kTcp6 = 0x21, kUnix = 0x31 };

std::uint8_t byte_at(std::string_view bytes, std::size_t place) {
  return static_cast<std::uint8_t>(bytes[place]);
}

std::uint16_t number_at(std::string_view bytes, std::size_t place) {
  return static_cast<std::uint16_t>(byte_at(bytes, place) << 8U | byte_at(bytes, place + 1));
}

template <class Address>
Address address_at(std::string_view bytes, std::size_t place) {
  typename Address::bytes_type address{};
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(place), address.size(), address.begin());
  return Address(address);
}

/// Source and destination, an address and a port each.
std::size_t addresses_size(std::uint8_t transport) {
  if (transport == kTcp4) return std::size_t{2} * (4 + 2);
  if (transport == kTcp6) return std::size_t{2} * (16 + 2);
  return 0;
}

std::unexpected<Error> malformed(std::string message) {
  return fail(ErrorCode::kInvalidArgument, std::move(message));
}

}  // namespace

std::size_t ProxyHeaderParser::wanted() const {
  return (size_ == 0 ? kFixedPart : size_) - header_.size();
}

Result<std::size_t> ProxyHeaderParser::take(std::string_view bytes) {
  std::size_t taken = 0;
  while (wanted() > 0 && taken < bytes.size()) {
    const std::string_view piece = bytes.substr(taken, wanted());
    header_ += piece;
    taken += piece.size();
    if (size_ == 0) {
      if (Status begins = check_beginning(); !begins) return std::unexpected(begins.error());
    }
    if (size_ == 0 && header_.size() == kFixedPart) {
      if (Status fixed = check_fixed_part(); !fixed) return std::unexpected(fixed.error());
    }
    if (wanted() == 0) read_addresses();
  }
  return taken;
}

Status ProxyHeaderParser::check_beginning() const {
  const auto begins_with = [this](std::string_view text) {
    const std::size_t size = std::min(text.size(), header_.size());
    return text.substr(0, size) == std::string_view(header_).substr(0, size);
  };
  if (begins_with(kSignature)) return {};
  if (!begins_with(kVersion1)) {
    return malformed("the connection does not begin with a PROXY header of version 2");
  }
  if (header_.size() < kVersion1.size()) return {};
  return malformed("a PROXY header of version 1, which is text; want version 2");
}

Status ProxyHeaderParser::check_fixed_part() {
  const unsigned version = byte_at(header_, 12) >> 4U;
  const unsigned command = byte_at(header_, 12) & 0xFU;
  const std::uint8_t transport = byte_at(header_, 13);
  const std::size_t size = kFixedPart + number_at(header_, 14);
  if (version != 2) return malformed(fmt::format("PROXY version {}; want 2", version));
  if (command > 1) {
    return malformed(fmt::format("PROXY command {}; allowed: 0 (LOCAL), 1 (PROXY)", command));
  }
  constexpr std::array kAllowed = {kUnspecified, kTcp4, kTcp6, kUnix};
  if (command == 1 && std::ranges::find(kAllowed, transport) == kAllowed.end()) {
    return malformed(fmt::format(
        "PROXY transport {:#04x}; allowed: 0x00, 0x11 (TCP over IPv4), 0x21 (TCP over IPv6), "
        "0x31 (a Unix socket)",
        transport));
  }
  if (size > kMaxBytes) {
    return malformed(fmt::format("a PROXY header of {} bytes; allowed: {}", size, kMaxBytes));
  }
  const std::size_t addresses = command == 1 ? addresses_size(transport) : 0;
  if (size < kFixedPart + addresses) {
    return malformed(fmt::format("a PROXY header with {} bytes of addresses; want {}",
                                 size - kFixedPart, addresses));
  }
  size_ = size;
  return {};
}

void ProxyHeaderParser::read_addresses() {
  const bool is_local = (byte_at(header_, 12) & 0xFU) == 0;
  const std::uint8_t transport = byte_at(header_, 13);
  if (is_local || addresses_size(transport) == 0) return;
  constexpr std::size_t kSource = kFixedPart;
  if (transport == kTcp4) {
    client_ = {address_at<ip::address_v4>(header_, kSource), number_at(header_, kSource + 8)};
  } else {
    client_ = {address_at<ip::address_v6>(header_, kSource), number_at(header_, kSource + 32)};
  }
}

}  // namespace cnnselect
