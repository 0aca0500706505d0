// JsonWriter: compact JSON, appended to a string, in the order of the calls.
//
// The text is always strict JSON: numbers are the shortest that read back as the same value, a
// number that JSON cannot carry (NaN, infinity) becomes null, and bytes that are not UTF-8 become
// U+FFFD. It puts the commas; pairing begin with end is the caller's part. One thread at a time.
//
// Why not Boost.JSON for answers too: that serializes a tree of values, which has to be made first,
// and a float as a double of 17 digits. A tensor of 150,528 numbers takes it 2.4 times as long and
// twice the bytes (bench/oip_bench), and it passes on bytes that are not UTF-8. Where a tree is
// what is wanted, in files and what other programs say (profiles, load, reports, OTLP), it is used.
// Requests are read by simdjson, which makes no tree either (json_reader.h).
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cnnselect {

class JsonWriter {
 public:
  /// `out` outlives the writer.
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }

  /// Inside an object: the next value's name.
  JsonWriter& key(std::string_view name);

  JsonWriter& string(std::string_view text);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  JsonWriter& number(double value);
  JsonWriter& number(float value);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& integer(std::uint64_t value);

  /// The value, or null when there is none.
  JsonWriter& number(std::optional<double> value) { return value ? number(*value) : null(); }
  JsonWriter& boolean(std::optional<bool> value) { return value ? boolean(*value) : null(); }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();
  template <class T>
  JsonWriter& append_number(T value);

  std::string& out_;
  bool first_ = true;  ///< the next value needs no comma before it
};

}  // namespace cnnselect
