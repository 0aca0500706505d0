// What is logged, apart from the log itself: a header without the library. Thread-safe.
#pragma once

namespace cnnselect {

/// What is logged, and how its times look. For the whole process.
struct LogSettings {
  bool info = true;
  bool warning = true;
  bool error = true;
  unsigned verbose = 0;  ///< 0: no debug lines; there is one level of them
  bool iso8601 = false;  ///< "2026-11-23T18:00:00.123+01:00" instead of "2026-11-23 18:00:00.123"
  friend bool operator==(const LogSettings&, const LogSettings&) = default;
};

LogSettings log_settings();
/// Takes effect at once, after configure_log().
void set_log_settings(const LogSettings& settings);

}  // namespace cnnselect
