// evaluate(): how often a network is right, and how long it takes, on pictures whose class is
// known.
//
// Every picture goes the way of a request (decode, fit, write_tensor, run), one after the other on
// the calling thread: what is measured is what the server does. Prints nothing.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "cnnselect/backend.h"
#include "cnnselect/time.h"
#include "measure/labelled_pictures.h"
#include "model/family.h"

namespace cnnselect {

/// A fraction that was counted.
struct Proportion {
  double value = 0;           ///< in [0, 1]
  double standard_error = 0;  ///< of the value: sqrt(p (1 - p) / n)
};

Proportion proportion(std::size_t hits, std::size_t of);

struct TimeSummary {
  Duration mean{};
  Duration deviation{};  ///< of the sample; zero of one time
  Duration p50{};        ///< nearest rank, as are the others
  Duration p90{};
  Duration p95{};
  Duration p99{};
};

/// Zero for no times.
TimeSummary summarise(std::vector<Duration> times);

struct Evaluation {
  std::size_t pictures = 0;
  Proportion top1;
  Proportion top5;
  TimeSummary decode;   ///< from the file's bytes in memory to pixels
  TimeSummary prepare;  ///< from pixels to the tensor
  TimeSummary infer;    ///< the run; the first is not among them
  TimeSummary hot;      ///< preparing and running, which is what a worker of a server does
};

/// Called after every picture.
using EvaluationProgress = std::function<void(std::size_t done, std::size_t of)>;

/// Loads the member and runs it on all of `pictures` (at least one), whose indices must be known.
/// `labels`: the family's number of classes. Errors: those of loading, of a network that does not
/// fit its family file, and of a picture that cannot be read, which is named.
Result<Evaluation> evaluate(const FamilyMember& member, std::size_t labels, Backend& backend,
                            std::span<const LabelledPicture> pictures, const Clock& clock,
                            const EvaluationProgress& progress);

}  // namespace cnnselect
