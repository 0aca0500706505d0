// The processor that this process runs on, as the system tells of it. Any thread.
#pragma once

#include <string>

namespace cnnselect {

/// What changes how fast a program runs here: "AMD EPYC 7B13, 2 cores".
std::string processor_text();
/// What a program that was fitted to this processor depends on: its name and its instruction sets.
/// Long, and only good to be compared.
std::string processor_features();

}  // namespace cnnselect
