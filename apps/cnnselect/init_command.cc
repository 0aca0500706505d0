#include "init_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "backend/onnxruntime_backend.h"
#include "command_text.h"
#include "measure/network_facts.h"
#include "model/family_draft.h"
#include "model/labels.h"
#include "model/names.h"
#include "model/text_file.h"
#include "report_error.h"

namespace cnnselect {
namespace {

namespace fs = std::filesystem;

struct InitFlags {
  std::string folder;
  std::string family;
};

/// A network of the folder, before it is looked at.
struct FoundNetwork {
  std::string name;
  fs::path file;       ///< to be loaded
  std::string stated;  ///< in the family file; empty: it lies where a repository has it
};

/// `text` with '_' for what no name may have.
std::string as_name(std::string text) {
  for (char& c : text) {
    if (!valid_name("x" + std::string(1, c))) c = '_';
  }
  return valid_name(text) ? text : "family";
}

/// The highest NAME/VERSION/model.onnx.
std::optional<fs::path> newest_version(const fs::path& model) {
  int highest = 0;
  std::error_code unreadable;  // then it holds no version
  for (const auto& entry : fs::directory_iterator(model, unreadable)) {
    const std::string name = entry.path().filename().string();
    int version = 0;
    const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), version);
    const bool number = failed == std::errc() && end == name.data() + name.size();
    if (number && fs::exists(entry.path() / "model.onnx")) highest = std::max(highest, version);
  }
  if (highest == 0) return std::nullopt;
  return model / std::to_string(highest) / "model.onnx";
}

/// In name order. Error: the folder cannot be read, or has a family file already.
Result<std::vector<FoundNetwork>> networks_in(const fs::path& folder) {
  std::error_code failed;
  std::vector<FoundNetwork> found;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    const fs::path& path = entry.path();
    const std::string name = path.filename().string();
    if (name.ends_with(".family.toml")) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{} is there already; nothing is overwritten", path.string()));
    }
    if (entry.is_directory()) {
      if (const auto file = newest_version(path); file && valid_name(name)) {
        found.push_back({.name = name, .file = *file, .stated = ""});
      }
    } else if (path.extension() == ".onnx") {
      found.push_back({.name = as_name(path.stem().string()), .file = path, .stated = name});
    }
  }
  if (failed) {
    return fail(ErrorCode::kNotFound,
                fmt::format("folder {} cannot be read: {}", folder.string(), failed.message()));
  }
  std::ranges::sort(found, {}, &FoundNetwork::name);
  return found;
}

/// What is no network is said on standard error, and left out.
Result<std::vector<NetworkFacts>> look_at(const std::vector<FoundNetwork>& files,
                                          const fs::path& folder) {
  OnnxRuntimeBackend backend;
  std::vector<NetworkFacts> networks;
  for (const FoundNetwork& found : files) {
    auto facts = network_facts(found.name, found.file, backend);
    if (!facts) {
      fmt::print(stderr, "cnnselect: left out: {}\n", facts.error().message);
      continue;
    }
    facts->file = found.stated;
    networks.push_back(*std::move(facts));
  }
  if (networks.empty()) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} has no network that can be served; want NAME.onnx or "
                            "NAME/VERSION/model.onnx",
                            folder.string()));
  }
  return networks;
}

/// The one text file of the folder with as many lines as there are classes.
std::optional<std::string> labels_in(const fs::path& folder, std::size_t classes) {
  std::vector<std::string> found;
  std::error_code unreadable;  // then it holds no labels
  for (const auto& entry : fs::directory_iterator(folder, unreadable)) {
    if (entry.path().extension() != ".txt") continue;
    const auto text = read_text_file("labels", entry.path());
    const auto labels = text ? parse_labels(*text, "") : Result<std::vector<std::string>>();
    if (labels && labels->size() == classes) found.push_back(entry.path().filename().string());
  }
  return found.size() == 1 ? std::optional(found.front()) : std::nullopt;
}

Status write_new(const fs::path& file, const std::string& text) {
  if (fs::exists(file)) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} is there already; nothing is overwritten", file.string()));
  }
  return replace_text_file("file", file, text);
}

Status init(const InitFlags& flags) {
  const fs::path folder = flags.folder;
  const std::string family = flags.family.empty()
                                 ? as_name(fs::weakly_canonical(folder).filename().string())
                                 : flags.family;
  if (const Status named = check_name("family", family); !named) return named;
  const auto files = networks_in(folder);
  if (!files) return std::unexpected(files.error());
  const auto networks = look_at(*files, folder);
  if (!networks) return std::unexpected(networks.error());
  const std::size_t classes = networks->front().classes;
  const auto known = labels_in(folder, classes);
  const std::string labels = known.value_or(family + "_labels.txt");
  const auto draft = family_draft(family, labels, known.has_value(), *networks);
  if (!draft) return std::unexpected(draft.error());
  if (!known) {
    std::string lines;
    for (std::size_t i = 0; i < classes; ++i) lines += fmt::format("class {}\n", i);
    if (const Status written = write_new(folder / labels, lines); !written) return written;
  }
  const fs::path file = folder / (family + ".family.toml");
  if (const Status written = write_new(file, *draft); !written) return written;
  fmt::print(
      "{}: {} models, {} classes, labels in {}\n"
      "Fill in what is marked '{}', then: cnnselect serve --models {} --check --unmeasured\n",
      file.string(), networks->size(), classes, labels, kFillIn, flags.folder);
  return {};
}

}  // namespace

void add_init_command(CLI::App& models, std::function<int()>& run) {
  auto flags = std::make_shared<InitFlags>();
  CLI::App* command = models.add_subcommand(
      "init",
      "Write a family file from the ONNX files in a folder, with marks where you are asked");
  command->add_option("folder", flags->folder, "Where NAME.onnx or NAME/VERSION/model.onnx are")
      ->type_name("FOLDER")
      ->required();
  command->add_option("--family", flags->family, "The family's name; absent: the folder's")
      ->type_name("FAMILY");
  add_examples(*command,
               {{"Begin with the networks of a folder", "cnnselect models init flowers"}});
  command->callback([flags, &run] {
    run = [flags] {
      const Status done = init(*flags);
      return done ? 0 : report(done.error());
    };
  });
}

}  // namespace cnnselect
