// ClassifyAnswer: what the server says of a photo, read from its JSON. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cnnselect/result.h"
#include "cnnselect/time.h"

namespace cnnselect {

struct ClassifyAnswer {
  std::string model;
  std::string label;
  int index = 0;
  std::optional<double> confidence;  ///< not told over gRPC
  std::string reason;
  double probability = 0;
  Duration input{};                ///< T_input as the server measured it
  std::optional<Duration> decode;  ///< likewise
  Duration queued{};
  Duration infer{};
  Duration server{};
  std::optional<Duration> budget;
};

/// Errors: kInternal when the text is not such an answer, naming what is missing.
Result<ClassifyAnswer> parse_classify_answer(std::string_view json);

/// The text of the server's {"error": "..."}, or the body itself when it is something else.
std::string error_text(std::string_view body);

}  // namespace cnnselect
