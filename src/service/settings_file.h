// The server's settings file: TOML, one key per option of `cnnselect serve`, with underscores
// (`max_queue = 512`). This reads keys and values; what they mean is the options' affair. Pure.
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

/// Settings in the order of their lines. `source` names the file in errors, which say line and
/// column: not TOML, or a value that is neither text, number nor true or false.
Result<std::vector<Setting>> parse_settings(std::string_view text, std::string_view source);

}  // namespace cnnselect
