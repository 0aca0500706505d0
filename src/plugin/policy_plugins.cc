#include "plugin/policy_plugins.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <memory>

#include "cnnselect/policy_plugin.h"

namespace cnnselect {
namespace {

std::unexpected<Error> refused(const std::string& file, std::string_view why) {
  return fail(ErrorCode::kInvalidArgument, fmt::format("{}: {}", file, why));
}

struct CloseObject {
  void operator()(void* object) const { dlclose(object); }
};

/// Of the same version as this program.
Status check_versions(const std::string& file, const PolicyPlugin& plugin) {
  if (plugin.abi != kPolicyAbi) {
    return refused(file, fmt::format("built for version {} of the policy interface; this program "
                                     "has version {}, so build it again with its headers",
                                     plugin.abi, kPolicyAbi));
  }
  if (plugin.layout != policy_layout()) {
    return refused(file,
                   "built with headers or a compiler whose objects differ from this program's; "
                   "build it again with its headers");
  }
  return {};
}

}  // namespace

Status load_policy_plugin(const std::string& file, PolicyRegistry& registry) {
  std::error_code unreadable;
  if (!std::filesystem::exists(file, unreadable)) {
    return fail(ErrorCode::kNotFound, fmt::format("{}: no such file", file));
  }
  // A name without a folder would be looked for where the system's libraries are.
  const std::string path = std::filesystem::absolute(file).string();
  std::unique_ptr<void, CloseObject> object(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL));
  if (!object) return refused(file, fmt::format("cannot be loaded: {}", dlerror()));
  const auto* plugin = static_cast<const PolicyPlugin*>(dlsym(object.get(), kPolicyPluginSymbol));
  if (plugin == nullptr) {
    return refused(file, fmt::format("no policies in it: it exports no {} (docs/write-a-policy.md)",
                                     kPolicyPluginSymbol));
  }
  if (const Status same = check_versions(file, *plugin); !same) return same;
  for (const PolicyKind* kind : std::span(plugin->policies, plugin->count)) {
    if (const Status added = registry.add(*kind); !added) {
      return std::unexpected(added.error().within(file));
    }
    // From now on its code is needed until the program ends.
    [[maybe_unused]] void* const kept = object.release();
  }
  return {};
}

Result<PolicyRegistry> load_policy_plugins(std::span<const std::string> files) {
  PolicyRegistry registry;
  for (const std::string& file : files) {
    const std::size_t before = registry.kinds().size();
    if (const Status loaded = load_policy_plugin(file, registry); !loaded) {
      return std::unexpected(loaded.error());
    }
    for (const PolicyKind* kind : registry.kinds().subspan(before)) {
      spdlog::info("policy '{}' is from {}", kind->name, file);
    }
  }
  return registry;
}

}  // namespace cnnselect
