// DecodePool: threads that turn photos into pixels. So neither the network nor the inference
// workers wait for it. At most `max_jobs` wait or run; one more is refused. Thread-safe.
// Destruction runs what was accepted, then joins.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "cnnselect/result.h"

namespace cnnselect {

class DecodePool {
 public:
  /// `threads` >= 1.
  DecodePool(int threads, std::size_t max_jobs);
  ~DecodePool();
  DecodePool(const DecodePool&) = delete;
  DecodePool& operator=(const DecodePool&) = delete;

  /// Errors: kUnavailable if the bound is reached; `job` is then not run.
  Status post(std::move_only_function<void()> job);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cnnselect
