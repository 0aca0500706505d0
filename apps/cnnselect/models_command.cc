#include "models_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "backend/onnxruntime_backend.h"
#include "base/clock.h"
#include "command_text.h"
#include "measure/evaluate.h"
#include "measure/labelled_pictures.h"
#include "model/accuracies.h"
#include "model/catalog.h"
#include "report/progress.h"
#include "report/run_header.h"
#include "report/table.h"
#include "report_error.h"

namespace cnnselect {
namespace {

using Align = Table::Align;

std::string percent(std::optional<double> fraction) {
  return fraction ? fmt::format("{:.1f}", 100 * *fraction) : "-";
}

std::string precise_ms(Duration d) { return fmt::format("{:.2f}", to_ms(d)); }

int list_models(const std::string& repository) {
  const auto catalog = Catalog::scan(repository);
  if (!catalog) return report(catalog.error());
  Table table({{"family", Align::kLeft},
               {"model", Align::kLeft},
               {"version"},
               {"input"},
               {"top-1 %"},
               {"top-5 %"},
               {"MB"}});
  for (const CatalogModel& model : catalog->models()) {
    const FamilyMember& member = model.member;
    std::error_code unknown;
    const auto bytes = std::filesystem::file_size(member.file, unknown);
    table.add({catalog->family(model.family).name, member.name, std::to_string(member.version),
               fmt::format("{}x{}", member.input.crop.width, member.input.crop.height),
               percent(member.top1), percent(member.top5),
               unknown ? "-" : fmt::format("{:.1f}", static_cast<double>(bytes) / 1e6)});
  }
  fmt::print("{}", table.text());
  return 0;
}

struct EvaluateFlags {
  std::string repository;
  std::string family;
  std::string images;
  std::string labels;
  std::vector<std::string> only;
  bool write = false;
};

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

std::vector<std::string> evaluation_row(const std::string& name, const Evaluation& measured) {
  const auto points = [](double fraction) { return fmt::format("{:.2f}", 100 * fraction); };
  return {name,
          points(measured.top1.value),
          points(measured.top1.standard_error),
          points(measured.top5.value),
          points(measured.top5.standard_error),
          precise_ms(measured.infer.mean),
          precise_ms(measured.infer.p50),
          precise_ms(measured.infer.p95),
          precise_ms(measured.prepare.mean),
          precise_ms(measured.decode.mean),
          precise_ms(measured.cold_start)};
}

int evaluate_models(const EvaluateFlags& flags) {
  const auto catalog = Catalog::scan(flags.repository);
  if (!catalog) return report(catalog.error());
  const auto id = catalog->find_family(flags.family);
  if (!id) {
    return report({ErrorCode::kNotFound,
                   fmt::format("no family '{}' in {}", flags.family, flags.repository)});
  }
  const Family& family = catalog->family(*id);
  const auto pictures = read_labelled_pictures(flags.labels, flags.images, family.labels.size());
  if (!pictures) return report(pictures.error());

  const RealClock clock;
  OnnxRuntimeBackend backend;
  Accuracies measured;
  Table table = evaluation_table();
  {
    Progress progress(clock);
    for (const FamilyMember& member : family.members) {
      const bool wanted =
          flags.only.empty() || std::ranges::find(flags.only, member.name) != flags.only.end();
      if (!wanted) continue;
      const auto result =
          evaluate(member, family.labels.size(), backend, *pictures, clock,
                   [&](std::size_t done, std::size_t of) { progress.show(member.name, done, of); });
      if (!result) return report(result.error());
      measured[member.name] = {.top1 = result->top1.value, .top5 = result->top5.value};
      table.add(evaluation_row(member.name, *result));
    }
  }
  fmt::print("{} pictures, one thread, one at a time; +- is one standard error; {}\n\n{}",
             pictures->size(), machine_text(), table.text());
  if (!flags.write) return 0;
  if (const Status written = write_accuracies(family.file, measured); !written) {
    return report(written.error());
  }
  fmt::print("\naccuracies written to {}\n", family.file.string());
  return 0;
}

}  // namespace

CLI::App* add_models_command(CLI::App& root, std::function<int()>& run) {
  CLI::App* command = root.add_subcommand("models", "Look at a repository and measure its models");
  command->require_subcommand(1);

  auto repository = std::make_shared<std::string>();
  CLI::App* list = command->add_subcommand("list", "Families and models of a repository");
  list->add_option("repository", *repository, "Model repository")->type_name("FOLDER")->required();
  add_examples(*list, {{"What a repository holds", "cnnselect models list /srv/models"}});
  list->callback([repository, &run] { run = [repository] { return list_models(*repository); }; });

  auto flags = std::make_shared<EvaluateFlags>();
  CLI::App* evaluate = command->add_subcommand(
      "evaluate", "Accuracy and times of every model of a family on labelled pictures");
  evaluate->add_option("repository", flags->repository, "Model repository")
      ->type_name("FOLDER")
      ->required();
  evaluate->add_option("--family", flags->family, "Family to measure")
      ->type_name("FAMILY")
      ->required();
  evaluate->add_option("--images", flags->images, "Where the pictures are")
      ->type_name("FOLDER")
      ->required();
  evaluate
      ->add_option("--labels", flags->labels,
                   "Table with a file name and a class index per line, tabs between")
      ->type_name("FILE")
      ->required();
  evaluate->add_option("--model", flags->only, "Only these members")->type_name("MODEL");
  evaluate->add_flag("--write", flags->write, "Write the accuracies back into the family file");
  add_examples(*evaluate,
               {{"How right and how fast the models of a family are",
                 "cnnselect models evaluate /srv/models --family flowers --images photos "
                 "--labels labels.tsv"},
                {"The same for one model, and write its accuracy into the family file",
                 "cnnselect models evaluate /srv/models --family flowers --images photos \\\n"
                 "      --labels labels.tsv --model resnet50 --write"}});
  evaluate->callback([flags, &run] { run = [flags] { return evaluate_models(*flags); }; });
  add_examples(*command,
               {{"Families and models of a repository", "cnnselect models list /srv/models"}});
  return command;
}

}  // namespace cnnselect
