// Family: several trained networks for one task, served under one name. The value of a family file.
//
// The file is TOML (docs/families.md has every key). Paths inside it are relative to it. What must
// be there: `name`, `labels`, and of each [[model]] its `name`; the rest has the defaults of the
// structs below and of InputSpec. A [[model]] may override each key of [input] and [output]. An
// unknown key is an error. Values: any thread may read them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cnnselect/input_spec.h"
#include "cnnselect/result.h"

namespace cnnselect {

/// One member of a family, as its file states it.
struct FamilyMember {
  std::string name;            ///< [a-z0-9_.-]+ (letters of both cases), unique in the repository
  std::filesystem::path file;  ///< the ONNX file, absolute or relative to the working directory
  int version = 1;             ///< the folder's number in <repo>/<model>/<version>/model.onnx, of
                               ///< which the highest is taken unless the family file pins a
                               ///< `version`; 1 when it names `file`
  InputSpec input;             ///< the family's [input] with the member's overrides
  bool states_mean = false;    ///< the file says so; else `input` has the default
  bool states_std = false;
  OutputKind output = OutputKind::kLogits;
  std::optional<double> top1;  ///< fraction in [0, 1]; absent until measured
  std::optional<double> top5;  ///< >= top1
  friend bool operator==(const FamilyMember&, const FamilyMember&) = default;
};

struct Family {
  std::string name;
  std::string task;                   ///< "image-classification"
  std::vector<std::string> labels;    ///< in index order
  std::vector<FamilyMember> members;  ///< in the file's order, at least one
  std::filesystem::path file;         ///< where it was read from; empty when parsed from text
};

/// Reads `<repo>/<family>.family.toml` with its labels, and finds its models' files. Errors name
/// file, line and value: kNotFound (the file, its labels or a model's file; names the path looked
/// for), kInvalidArgument, kTooLarge, kInternal (reading failed).
Result<Family> load_family(const std::filesystem::path& file);

}  // namespace cnnselect
