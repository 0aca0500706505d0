// The server's settings file: TOML, one key per option of `cnnselect serve`, with underscores
// (`max_queue = 512`). This only reads keys and values. The options know what they mean. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"

namespace cnnselect {

struct Setting {
  std::string key;    ///< as written
  std::string value;  ///< as one would type it on the command line: 512, true, 10ms
  int line = 0;
  friend bool operator==(const Setting&, const Setting&) = default;
};

/// The settings, in the order of their lines. `source` is the file's name for errors, which also
/// say line and column. Errors: not TOML; a value that is not text, a number, true or false.
Result<std::vector<Setting>> parse_settings(std::string_view text, std::string_view source);

}  // namespace cnnselect
