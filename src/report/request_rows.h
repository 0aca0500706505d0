// What `load` and `simulate` both write of one request: columns of the same names and meanings, so
// that a script reads either. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cnnselect/time.h"

namespace cnnselect {

struct RequestRow {
  std::string policy;
  Duration sla{};
  std::size_t request = 0;         ///< its number, from 0; the same request under every policy
  std::optional<Duration> sent;    ///< since the beginning, as planned
  Duration input{};                ///< its way to the server over the network
  Duration output{};               ///< and back
  std::string model;               ///< that answered; empty: nobody did
  std::optional<double> accuracy;  ///< of the answer: 1 right, 0 wrong, or the chance that it is
  std::optional<Duration> total;   ///< from "send" to the answer, or until nobody waited any more
  std::optional<Duration> infer;   ///< of the model
};

/// policy, sla_ms, request, sent_ms, input_ms, output_ms, outcome, model, accuracy, total_ms,
/// infer_ms.
std::vector<std::string> request_columns();

/// The cells under them. What is not known is empty, as is a time of kForever; `outcome` is
/// "in_time", "late" or "none".
std::vector<std::string> request_cells(const RequestRow& row);

}  // namespace cnnselect
