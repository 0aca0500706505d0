// The executable as the tests of it start it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "base/testing/program.h"
#include "base/testing/temporary_folder.h"
#include "cnnselect/time.h"

namespace cnnselect {

inline const std::filesystem::path kRepository =
    std::filesystem::path(CNNSELECT_SOURCE_DIR) / "zoo" / "repository";
inline constexpr Duration kLimit = std::chrono::seconds(60);
inline const std::string kNetwork = "resnet_32_96/1/model.onnx";

struct Finished {
  int status = -1;  // -1: it went on
  std::string output;
  std::string errors;
};

inline Finished run(const std::vector<std::string>& arguments) {
  Program program(CNNSELECT_PROGRAM, arguments);
  const auto status = program.wait(kLimit);
  return {.status = status.value_or(-1), .output = program.output(), .errors = program.errors()};
}

inline Finished serve(const std::filesystem::path& models, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"serve", "--http",   "127.0.0.1:0",  "--grpc",
                                        "off",   "--models", models.string()};
  std::ranges::move(more, std::back_inserter(arguments));
  return run(arguments);
}

/// A serving program and its port.
class Serving {
 public:
  explicit Serving(std::vector<std::string> arguments = {"serve", "--http", "127.0.0.1:0", "--grpc",
                                                         "off"})
      : program(CNNSELECT_PROGRAM, std::move(arguments)) {
    EXPECT_TRUE(program.wait_for_output("\n", kLimit)) << program.errors();
    port = listening_port(program.output(), "http");
    grpc_port = listening_port(program.output(), "grpc");
    tls_port = listening_port(program.output(), "https");
    tls_grpc_port = listening_port(program.output(), "grpcs");
    admin_port = listening_port(program.output(), "admin http");
  }

  Program program;
  std::uint16_t port = 0;
  std::uint16_t grpc_port = 0;  ///< 0: it has none; so the others
  std::uint16_t tls_port = 0;
  std::uint16_t tls_grpc_port = 0;
  std::uint16_t admin_port = 0;
};

/// A copy of the embedded repository whose files a test may damage.
class ProgramStart : public testing::Test {
 protected:
  ProgramStart() {
    std::filesystem::copy(kRepository, folder_.path(), std::filesystem::copy_options::recursive);
  }
  TemporaryFolder folder_;
};

}  // namespace cnnselect
