#include "models_command.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "command_text.h"
#include "evaluate_command.h"
#include "init_command.h"
#include "model/catalog.h"
#include "report/table.h"
#include "report_error.h"

namespace cnnselect {
namespace {

using Align = Table::Align;

std::string percent(std::optional<double> fraction) {
  return fraction ? fmt::format("{:.1f}", 100 * *fraction) : "-";
}

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

}  // namespace

CLI::App* add_models_command(CLI::App& root, std::function<int()>& run) {
  CLI::App* command = root.add_subcommand("models", "Look at a repository and measure its models");
  command->require_subcommand(1);

  auto repository = std::make_shared<std::string>();
  CLI::App* list = command->add_subcommand("list", "Families and models of a repository");
  list->add_option("repository", *repository, "Model repository")->type_name("FOLDER")->required();
  add_examples(*list, {{"What a repository holds", "cnnselect models list /srv/models"}});
  list->callback([repository, &run] { run = [repository] { return list_models(*repository); }; });

  add_evaluate_command(*command, run);
  add_init_command(*command, run);
  add_examples(*command,
               {{"Families and models of a repository", "cnnselect models list /srv/models"}});
  return command;
}

}  // namespace cnnselect
