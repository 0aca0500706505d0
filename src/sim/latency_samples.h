// Models from files: a profile table, a folder that holds one and measured times, or a server's
// store.
//
//   samples/models.csv          a profile table; mean_ms and std_ms may be left out
//   samples/InceptionV3.csv     ms, then one execution's time a line
//   profiles.db                 what `serve --store` keeps: of each model the latest profile
//
// Where there are samples, executions are drawn from them, whatever their distribution.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"
#include "sim/model_set.h"

namespace cnnselect {

/// Errors name the file, and where they can the line, the value seen and those allowed.
Result<ModelSet> load_models(const std::filesystem::path& path);

/// The column `ms` of a CSV, each time in (0, 3.6e6] ms, in any order; one at least.
Result<std::vector<Duration>> parse_samples(std::string_view text, std::string_view source);

}  // namespace cnnselect
