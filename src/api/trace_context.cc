#include "api/trace_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"

namespace cnnselect {
namespace {

constexpr std::size_t kLength00 = 55;  // "00-" 32 digits "-" 16 digits "-" 2 digits
constexpr std::size_t kMaxState = 512;
constexpr std::size_t kMaxMembers = 32;

std::optional<std::uint8_t> digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  return std::nullopt;
}

/// Fills `bytes` from twice as many lower-case hexadecimal digits.
bool read_hex(std::string_view text, std::span<std::uint8_t> bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto high = digit(text[2 * i]);
    const auto low = digit(text[2 * i + 1]);
    if (!high || !low) return false;
    bytes[i] = static_cast<std::uint8_t>(*high << 4U | *low);
  }
  return true;
}

bool is_zero(std::span<const std::uint8_t> bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_key_character(char c) {
  return is_lower(c) || is_digit(c) || c == '_' || c == '-' || c == '*' || c == '/';
}

/// A name of at most `longest` characters, the first of them a letter.
bool is_name(std::string_view text, std::size_t longest) {
  return !text.empty() && text.size() <= longest && is_lower(text.front()) &&
         std::ranges::all_of(text, is_key_character);
}

/// "vendor" or "tenant@vendor".
bool is_key(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos) return is_name(text, 256);
  const std::string_view tenant = text.substr(0, at);
  return !tenant.empty() && tenant.size() <= 241 &&
         (is_lower(tenant.front()) || is_digit(tenant.front())) &&
         std::ranges::all_of(tenant, is_key_character) && is_name(text.substr(at + 1), 14);
}

bool is_value(std::string_view text) {
  return !text.empty() && text.size() <= 256 && text.back() != ' ' &&
         std::ranges::all_of(text,
                             [](char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; });
}

}  // namespace

std::string to_hex(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) fmt::format_to(std::back_inserter(text), "{:02x}", byte);
  return text;
}

std::optional<TraceParent> parse_trace_parent(std::string_view text) {
  if (text.size() < kLength00 || text[2] != '-' || text[35] != '-' || text[52] != '-') return {};
  std::array<std::uint8_t, 1> version{};
  std::array<std::uint8_t, 1> flags{};
  TraceParent parent;
  if (!read_hex(text, version) || !read_hex(text.substr(3), parent.trace.bytes) ||
      !read_hex(text.substr(36), parent.span.bytes) || !read_hex(text.substr(53), flags)) {
    return {};
  }
  if (version[0] == 0xff || is_zero(parent.trace.bytes) || is_zero(parent.span.bytes)) return {};
  const bool ends = text.size() == kLength00;
  if (!ends && (version[0] == 0 || text[kLength00] != '-')) return {};
  parent.sampled = (flags[0] & 1U) != 0;
  return parent;
}

std::string to_text(const TraceParent& parent) {
  return fmt::format("00-{}-{}-{}", to_hex(parent.trace.bytes), to_hex(parent.span.bytes),
                     parent.sampled ? "01" : "00");
}

bool is_trace_state(std::string_view text) {
  if (text.size() > kMaxState) return false;
  std::set<std::string_view> keys;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view member = trimmed(text.substr(begin, end - begin));
    begin = end + 1;
    if (member.empty()) continue;  // an empty member is legal, and none
    const auto equals = member.find('=');
    if (equals == std::string_view::npos) return false;
    const std::string_view key = member.substr(0, equals);
    if (!is_key(key) || !is_value(member.substr(equals + 1))) return false;
    if (!keys.insert(key).second || keys.size() > kMaxMembers) return false;
  }
  return !keys.empty();
}

IncomingTrace incoming_trace(const std::vector<std::pair<std::string, std::string>>& headers) {
  IncomingTrace trace;
  for (const auto& [name, value] : headers) {
    if (same_without_case(name, "traceparent")) {
      trace.parent = trace.told ? std::nullopt : parse_trace_parent(trimmed(value));
      trace.told = true;
    } else if (same_without_case(name, "tracestate")) {
      trace.state += (trace.state.empty() ? "" : ",") + value;
    }
  }
  if (!trace.parent || !is_trace_state(trace.state)) trace.state.clear();
  return trace;
}

std::string answer_trace_parent(const RequestTrace& trace) {
  return to_text({.trace = trace.trace, .span = trace.span, .sampled = trace.sampled});
}

}  // namespace cnnselect
