// How a command ends that could not do its job.
#pragma once

#include <fmt/format.h>

#include <cstdio>

#include "cnnselect/result.h"

namespace cnnselect {

/// Says what went wrong on standard error; the exit status to return.
inline int report(const Error& error) {
  fmt::print(stderr, "cnnselect: {}\n", error.message);
  return 1;
}

}  // namespace cnnselect
