#include "default_repository.h"

#include <filesystem>

#include "base/executable_path.h"

namespace cnnselect {

std::string default_repository() {
  const std::filesystem::path program = executable_path().value_or("/usr/bin/cnnselect");
  return program.parent_path().parent_path() / "share/cnnselect/repository";
}

}  // namespace cnnselect
