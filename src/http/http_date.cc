#include "http/http_date.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "base/wall_clock.h"

namespace cnnselect {

std::string http_date(std::time_t when) {
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  gmtime_r(&when, &utc);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                     kDays.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
                     kMonths.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900,
                     utc.tm_hour, utc.tm_min, utc.tm_sec);
}

std::string_view http_date_now() {
  static thread_local std::time_t second = 0;
  static thread_local std::string text;
  if (const std::time_t now = std::chrono::system_clock::to_time_t(wall_now());
      now != second || text.empty()) {
    second = now;
    text = http_date(now);
  }
  return text;
}

}  // namespace cnnselect
