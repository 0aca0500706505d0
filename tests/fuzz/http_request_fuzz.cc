// Raw bytes, cut into pieces that the fuzzer chooses, through the parser of a connection.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/request_parser.h"

using cnnselect::RequestParser;
using cnnselect::TimePoint;

namespace {

constexpr std::size_t kMaxBody = 4096;

/// Gives the parser what a socket would: straight into the body where it offers room.
bool fill_body(RequestParser& parser, std::string_view& rest, std::size_t piece) {
  const auto room = parser.body_room();
  const std::size_t size = std::min({room.size(), piece, rest.size()});
  if (size == 0) return false;
  std::copy_n(rest.begin(), size, room.begin());
  rest.remove_prefix(size);
  parser.body_filled(size, TimePoint());
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::size_t piece = std::size_t{data[0]} + 1;
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  RequestParser parser({.header_bytes = 1024, .body_bytes = kMaxBody});
  std::string pending;
  for (;;) {
    const auto taken = parser.take(pending, TimePoint());
    if (!taken) {
      if (taken.error().status < 400 || taken.error().message.empty()) __builtin_trap();
      return 0;
    }
    if (*taken > pending.size()) __builtin_trap();
    pending.erase(0, *taken);
    if (parser.phase() == RequestParser::Phase::kDone) {
      const auto request = parser.release();
      if (request.body.size() > kMaxBody || request.method.empty()) __builtin_trap();
      continue;
    }
    if (pending.empty() && fill_body(parser, rest, piece)) continue;
    if (rest.empty()) return 0;
    const std::string_view next = rest.substr(0, piece);
    pending += next;
    rest.remove_prefix(next.size());
  }
}
