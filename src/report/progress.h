// Progress: one line on standard error that is written over, on a terminal only. Not thread-safe.
#pragma once

#include <cstddef>
#include <string>

#include "cnnselect/time.h"

namespace cnnselect {

class Progress {
 public:
  /// `clock` outlives the bar.
  explicit Progress(const Clock& clock);
  /// Clears the line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` of `of` (> 0) of what `what` names; written at most ten times a second.
  void show(const std::string& what, std::size_t done, std::size_t of);

 private:
  const Clock& clock_;
  const bool on_terminal_;
  TimePoint last_;
};

}  // namespace cnnselect
