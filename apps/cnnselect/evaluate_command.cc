#include "evaluate_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "backend/onnxruntime_backend.h"
#include "base/child_output.h"
#include "base/clock.h"
#include "base/executable_path.h"
#include "command_text.h"
#include "measure/cold_start.h"
#include "measure/evaluate.h"
#include "measure/evaluation_csv.h"
#include "model/accuracies.h"
#include "model/catalog.h"
#include "picture_flags.h"
#include "report/progress.h"
#include "report/run_header.h"
#include "report/table.h"
#include "report_error.h"
#include "version.h"

namespace cnnselect {
namespace {

using Align = Table::Align;

constexpr const char* kColdStart = "cold-start";

struct EvaluateFlags {
  std::string repository;
  std::string family;
  PictureFlags pictures;
  std::vector<std::string> only;
  int cold_runs = 10;
  std::string output;
  bool write = false;
};

/// What `models cold-start` is told.
struct ColdStartFlags {
  std::string repository;
  std::string family;
  std::string model;
};

std::string precise_ms(Duration d) { return fmt::format("{:.2f}", to_ms(d)); }

Table evaluation_table() {
  return Table({{"model", Align::kLeft},
                {"top-1 %"},
                {"+-"},
                {"top-5 %"},
                {"+-"},
                {"infer ms"},
                {"p50"},
                {"p95"},
                {"prepare ms"},
                {"decode ms"},
                {"cold ms"}});
}

std::vector<std::string> evaluation_row(const EvaluatedModel& model) {
  const auto points = [](double fraction) { return fmt::format("{:.2f}", 100 * fraction); };
  const Evaluation& measured = model.evaluation;
  return {model.name,
          points(measured.top1.value),
          points(measured.top1.standard_error),
          points(measured.top5.value),
          points(measured.top5.standard_error),
          precise_ms(measured.infer.mean),
          precise_ms(measured.infer.p50),
          precise_ms(measured.infer.p95),
          precise_ms(measured.prepare.mean),
          precise_ms(measured.decode.mean),
          model.cold ? precise_ms(model.cold->mean) : "-"};
}

Result<const Family*> find_family(const Catalog& catalog, const std::string& name,
                                  const std::string& repository) {
  const auto id = catalog.find_family(name);
  if (!id) {
    std::vector<std::string> names;
    for (const Family& family : catalog.families()) names.push_back(family.name);
    return fail(ErrorCode::kNotFound, fmt::format("no family '{}' in {}; there are: {}", name,
                                                  repository, fmt::join(names, ", ")));
  }
  return &catalog.family(*id);
}

/// The member of that name.
Result<const FamilyMember*> find_member(const Family& family, const std::string& name) {
  const auto member = std::ranges::find(family.members, name, &FamilyMember::name);
  if (member != family.members.end()) return &*member;
  std::vector<std::string> names;
  for (const FamilyMember& there : family.members) names.push_back(there.name);
  return fail(ErrorCode::kNotFound, fmt::format("no model '{}' in family '{}'; there are: {}", name,
                                                family.name, fmt::join(names, ", ")));
}

/// One sample, by a process of its own.
Result<Duration> fresh_cold_start(const std::filesystem::path& program, const EvaluateFlags& flags,
                                  const std::string& model) {
  const auto text =
      child_output(program, {"models", kColdStart, flags.repository, flags.family, model});
  if (!text) return std::unexpected(text.error());
  double ms = 0;
  const auto read = std::from_chars(text->data(), text->data() + text->size(), ms);
  if (read.ec != std::errc()) {
    return fail(ErrorCode::kInternal,
                fmt::format("{} printed '{}'; want a time in ms", kColdStart, *text));
  }
  return from_ms(ms);
}

Result<std::optional<TimeSummary>> cold_times(const EvaluateFlags& flags, const std::string& model,
                                              Progress& progress) {
  if (flags.cold_runs == 0) return std::nullopt;
  const auto program = executable_path();
  if (!program) return std::unexpected(program.error());
  std::vector<Duration> times;
  for (int i = 0; i < flags.cold_runs; ++i) {
    const auto time = fresh_cold_start(*program, flags, model);
    if (!time) return std::unexpected(time.error().within(fmt::format("model '{}'", model)));
    times.push_back(*time);
    progress.show(model + ", cold", times.size(), static_cast<std::size_t>(flags.cold_runs));
  }
  return summarise(std::move(times));
}

std::optional<std::uint64_t> bytes_of(const FamilyMember& member) {
  std::error_code unknown;
  const auto bytes = std::filesystem::file_size(member.file, unknown);
  return unknown ? std::nullopt : std::optional<std::uint64_t>(bytes);
}

Result<std::vector<EvaluatedModel>> measure(const EvaluateFlags& flags, const Family& family,
                                            const std::vector<LabelledPicture>& pictures) {
  const RealClock clock;
  OnnxRuntimeBackend backend;
  Progress progress(clock);
  std::vector<EvaluatedModel> models;
  for (const FamilyMember& member : family.members) {
    const bool wanted =
        flags.only.empty() || std::ranges::find(flags.only, member.name) != flags.only.end();
    if (!wanted) continue;
    // First: afterwards the file is in the page cache whatever it was before.
    auto cold = cold_times(flags, member.name, progress);
    if (!cold) return std::unexpected(cold.error());
    auto result =
        evaluate(member, family.labels.size(), backend, pictures, clock,
                 [&](std::size_t done, std::size_t of) { progress.show(member.name, done, of); });
    if (!result) return std::unexpected(result.error());
    models.push_back({.name = member.name,
                      .evaluation = *std::move(result),
                      .cold = *cold,
                      .bytes = bytes_of(member)});
  }
  return models;
}

Status write_results(const EvaluateFlags& flags, std::size_t pictures,
                     const std::vector<EvaluatedModel>& models) {
  std::ofstream csv(flags.output);
  csv << evaluation_csv(models);
  const RunHeader header{.version = CNNSELECT_VERSION,
                         .commit = CNNSELECT_COMMIT,
                         .machine = machine_text(),
                         .time = utc_now_text(),
                         .settings = {{"repository", flags.repository},
                                      {"family", flags.family},
                                      {"images", flags.pictures.images},
                                      {"labels", flags.pictures.labels},
                                      {"model", fmt::format("{}", fmt::join(flags.only, ","))},
                                      {"pictures", std::to_string(pictures)},
                                      {"cold_runs", std::to_string(flags.cold_runs)}}};
  std::ofstream json(flags.output + ".json");
  json << header.json();
  if (!csv.flush() || !json.flush()) {
    return fail(ErrorCode::kInternal, fmt::format("{}: cannot be written", flags.output));
  }
  return {};
}

Status write_back(const Family& family, const std::vector<EvaluatedModel>& models) {
  Accuracies measured;
  for (const EvaluatedModel& model : models) {
    measured[model.name] = {.top1 = model.evaluation.top1.value,
                            .top5 = model.evaluation.top5.value};
  }
  return write_accuracies(family.file, measured);
}

int evaluate_models(const EvaluateFlags& flags) {
  const auto catalog = Catalog::scan(flags.repository);
  if (!catalog) return report(catalog.error());
  const auto family = find_family(*catalog, flags.family, flags.repository);
  if (!family) return report(family.error());
  for (const std::string& name : flags.only) {
    if (const auto member = find_member(**family, name); !member) return report(member.error());
  }
  const auto pictures = read_pictures(flags.pictures, (*family)->labels);
  if (!pictures) return report(pictures.error());
  const auto models = measure(flags, **family, *pictures);
  if (!models) return report(models.error());
  Table table = evaluation_table();
  for (const EvaluatedModel& model : *models) table.add(evaluation_row(model));
  fmt::print("{} pictures, one thread, one at a time; +- is one standard error; {}\n\n{}",
             pictures->size(), machine_text(), table.text());
  if (!flags.output.empty()) {
    const Status written = write_results(flags, pictures->size(), *models);
    if (!written) return report(written.error());
  }
  if (!flags.write) return 0;
  if (const Status written = write_back(**family, *models); !written) {
    return report(written.error());
  }
  fmt::print("\naccuracies written to {}\n", (*family)->file.string());
  return 0;
}

int print_cold_start(const ColdStartFlags& flags) {
  const auto catalog = Catalog::scan(flags.repository);
  if (!catalog) return report(catalog.error());
  const auto family = find_family(*catalog, flags.family, flags.repository);
  if (!family) return report(family.error());
  const auto member = find_member(**family, flags.model);
  if (!member) return report(member.error());
  const RealClock clock;
  OnnxRuntimeBackend backend;
  const auto time = cold_start(**member, (*family)->labels.size(), backend, clock);
  if (!time) return report(time.error());
  fmt::print("{}\n", to_ms(*time));
  return 0;
}

void add_cold_start_command(CLI::App& models, std::function<int()>& run) {
  auto flags = std::make_shared<ColdStartFlags>();
  CLI::App* command = models.add_subcommand(kColdStart, "One cold start of a model, in ms");
  command->group("");  // not shown
  command->add_option("repository", flags->repository)->required();
  command->add_option("family", flags->family)->required();
  command->add_option("model", flags->model)->required();
  command->callback([flags, &run] { run = [flags] { return print_cold_start(*flags); }; });
}

}  // namespace

void add_evaluate_command(CLI::App& models, std::function<int()>& run) {
  auto flags = std::make_shared<EvaluateFlags>();
  CLI::App* command = models.add_subcommand(
      "evaluate", "Accuracy and times of every model of a family on labelled pictures");
  command->add_option("repository", flags->repository, "Model repository")
      ->type_name("FOLDER")
      ->required();
  command->add_option("--family", flags->family, "Family to measure")
      ->type_name("FAMILY")
      ->required();
  add_picture_flags(*command, flags->pictures);
  command->add_option("--model", flags->only, "Only these members")->type_name("MODEL");
  command
      ->add_option("--cold-runs", flags->cold_runs,
                   "Cold starts of each model, each in a process of its own; 0: none")
      ->capture_default_str()
      ->check(CLI::Range(0, 10'000));
  command
      ->add_option("-o,--output", flags->output,
                   "Times and accuracies as CSV, which simulate takes as a --profile; settings "
                   "beside it as .json")
      ->type_name("FILE");
  command->add_flag("--write", flags->write, "Write the accuracies back into the family file");
  add_examples(*command,
               {{"How right and how fast the models of a family are",
                 "cnnselect models evaluate /srv/models --family flowers --images photos "
                 "--labels labels.tsv"},
                {"One model, its accuracy into the family file, its times into a table",
                 "cnnselect models evaluate /srv/models --family flowers --images photos \\\n"
                 "      --labels labels.tsv --model resnet50 --write -o times.csv"}});
  command->callback([flags, &run] { run = [flags] { return evaluate_models(*flags); }; });
  add_cold_start_command(models, run);
}

}  // namespace cnnselect
