#include "json/json_writer.h"

#include <simdjson.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <system_error>

#include "json/readable.h"

namespace cnnselect {
namespace {

void append_escaped(std::string& out, char c) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (static_cast<unsigned char>(c) >= 0x20U) {
    out += c;
    return;
  }
  out += "\\u00";
  out += kHex[static_cast<unsigned char>(c) >> 4U];
  out += kHex[static_cast<unsigned char>(c) & 0xfU];
}

/// The same text with every byte that is not part of UTF-8 replaced.
std::string repaired(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    out += length == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

}  // namespace

JsonWriter& JsonWriter::key(std::string_view name) {
  string(name);
  out_ += ':';
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
  if (!simdjson::validate_utf8(text)) return string(repaired(text));
  separate();
  out_ += '"';
  for (const char c : text) append_escaped(out_, c);
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::null() {
  separate();
  out_ += "null";
  return *this;
}

template <class T>
JsonWriter& JsonWriter::append_number(T value) {
  separate();
  std::array<char, 32> text;  // the longest double takes 24
  const auto [end, error] = std::to_chars(text.begin(), text.end(), value);
  if (error == std::errc()) out_.append(text.begin(), end);
  return *this;
}

JsonWriter& JsonWriter::number(double value) {
  return std::isfinite(value) ? append_number(value) : null();
}
JsonWriter& JsonWriter::number(float value) {
  return std::isfinite(value) ? append_number(value) : null();
}
JsonWriter& JsonWriter::integer(std::int64_t value) { return append_number(value); }
JsonWriter& JsonWriter::integer(std::uint64_t value) { return append_number(value); }

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  first_ = false;
  return *this;
}

void JsonWriter::separate() {
  if (!first_) out_ += ',';
  first_ = false;
}

}  // namespace cnnselect
