#include "oip/oip_logging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using ::testing::HasSubstr;

TEST(OipLogging, HasTheReferencesFields) {
  EXPECT_EQ(log_settings_json({.info = true, .warning = false, .error = true, .verbose = 2}),
            R"({"log_file":"","log_info":true,"log_warning":false,"log_error":true,)"
            R"("log_verbose_level":2,"log_format":"default"})");
}

TEST(OipLogging, ChangesOnlyWhatIsGiven) {
  const LogSettings before{.info = true, .warning = true, .error = false, .verbose = 3};
  EXPECT_EQ(parse_log_settings(before, "").value(), before);
  EXPECT_EQ(
      parse_log_settings(before, R"({"log_info":false,"log_format":"ISO8601"})").value(),
      (LogSettings{.info = false, .warning = true, .error = false, .verbose = 3, .iso8601 = true}));
  EXPECT_EQ(parse_log_settings(before, R"({"log_error":true,"log_verbose_level":0})")->verbose, 0U);
}

TEST(OipLogging, NamesWhatItCannotSet) {
  const auto refusal = [](const char* body) {
    const auto settings = parse_log_settings({}, body);
    return settings ? "no error" : settings.error().message;
  };
  EXPECT_EQ(refusal(R"({"log_info":1})"), "log_info is 1; want true or false");
  EXPECT_THAT(refusal(R"({"log_verbose_level":-1})"), HasSubstr("log_verbose_level is -1"));
  EXPECT_EQ(refusal(R"({"log_format":"xml"})"), "log_format is 'xml'; allowed: default, ISO8601");
  EXPECT_EQ(refusal(R"({"log_file":"/etc/passwd"})"),
            "log_file cannot be set: the log is standard error");
  EXPECT_THAT(refusal(R"({"loud":true})"), HasSubstr("unknown log setting 'loud'; there are"));
}

}  // namespace
}  // namespace cnnselect
