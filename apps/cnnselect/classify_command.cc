#include "classify_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "classify_request.h"
#include "command_text.h"
#include "load/classify_answer.h"
#include "load/plan.h"
#include "load/sender.h"
#include "photo_file.h"
#include "report/table.h"
#include "report_error.h"
#include "server_flags.h"
#include "trace/duration_text.h"
#include "trace/network.h"

namespace cnnselect {
namespace {

using Align = Table::Align;

constexpr Duration kPatience = std::chrono::seconds(30);

struct ClassifyFlags {
  std::vector<std::string> images;
  ServerFlags server;
  std::string family = "emoji";
  std::string sla;
  std::string policy;
  std::string network;
  double correlation = 1;
  std::uint64_t seed = 1;
  bool json = false;
};

std::string short_ms(Duration d) { return fmt::format("{:.1f}", to_ms(d)); }

std::vector<std::string> row(const std::string& name, const ShapedOutcome& outcome,
                             const ClassifyAnswer& answer, Duration sla) {
  return {name,
          answer.label,
          answer.confidence ? fmt::format("{:.0f} %", 100 * *answer.confidence) : "-",
          short_ms(answer.input),
          answer.budget ? short_ms(*answer.budget) : "-",
          answer.model,
          short_ms(answer.infer),
          short_ms(outcome.latency),
          outcome.latency <= sla ? "" : "late"};
}

/// "resnet_64_192 (7), resnet_32_96 (3)", the most used one first.
std::string used_text(const std::map<std::string, int>& used) {
  std::vector<std::pair<std::string, int>> sorted(used.begin(), used.end());
  std::ranges::sort(sorted, [](const auto& one, const auto& other) {
    return one.second != other.second ? one.second > other.second : one.first < other.first;
  });
  std::vector<std::string> words;
  for (const auto& [model, count] : sorted) words.push_back(fmt::format("{} ({})", model, count));
  return fmt::format("{}", fmt::join(words, ", "));
}

// One after the other: what is shown is one person with one phone.
Result<std::vector<ShapedOutcome>> ask(const ClassifyFlags& flags, Duration sla,
                                       const std::vector<std::string>& photos) {
  const auto server = server_access(flags.server);
  if (!server) return std::unexpected(server.error());
  std::optional<Network> network;
  if (!flags.network.empty()) {
    auto parsed = Network::parse(flags.network, flags.correlation);
    if (!parsed) return std::unexpected(parsed.error());
    network = std::move(*parsed);
  }
  Rng rng(flags.seed);
  const RealClock clock;
  if (const Status there = check_family(*server, flags.family, kPatience, clock); !there) {
    return std::unexpected(there.error());
  }
  const SendOptions options = send_options(*server, kPatience);
  const TimePoint begin = clock.now();
  std::vector<ShapedOutcome> outcomes;
  for (const std::string& photo : photos) {
    ShapedRequest request = classify_request(
        server->url.protocol, {.family = flags.family, .sla = sla, .policy = flags.policy}, photo);
    if (network) {
      request.network = network->draw(clock.now() - begin, photo.size(), kAnswerBytes, rng);
    }
    const Status sent = send_shaped(
        server->url, {request}, options, clock,
        [&](std::size_t, ShapedOutcome outcome) { outcomes.push_back(std::move(outcome)); });
    if (!sent) return std::unexpected(sent.error());
  }
  return outcomes;
}

int print_json(const std::vector<ShapedOutcome>& outcomes) {
  int failed = 0;
  for (const ShapedOutcome& outcome : outcomes) {
    if (outcome.body) {
      fmt::print("{}\n", *outcome.body);
    } else {
      failed = report(outcome.body.error());
    }
  }
  return failed;
}

int print_table(const ClassifyFlags& flags, Duration sla,
                const std::vector<ShapedOutcome>& outcomes) {
  // At most 100 columns. The server's JSON has more: --json.
  Table table({{"photo", Align::kLeft, 21},
               {"answer", Align::kLeft, 18},
               {"sure"},
               {"input ms"},
               {"budget"},
               {"model", Align::kLeft, 18},
               {"infer"},
               {"total"},
               {"", Align::kLeft}});
  int failed = 0;
  std::size_t in_time = 0;
  std::map<std::string, int> used;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const std::string name = std::filesystem::path(flags.images[i]).filename().string();
    auto answer = outcomes[i].body
                      ? parse_classify_answer(*outcomes[i].body)
                      : Result<ClassifyAnswer>(std::unexpected(outcomes[i].body.error()));
    if (answer) {
      table.add(row(name, outcomes[i], *answer, sla));
      if (outcomes[i].latency <= sla) ++in_time;
      ++used[answer->model];
    } else {
      failed = report(answer.error().within(name));
    }
  }
  if (used.empty()) return failed;
  fmt::print("{} of {} photos answered{}, by {}\n{}", in_time, outcomes.size(),
             sla == kForever ? "" : fmt::format(" within {}", duration_text(sla)), used_text(used),
             table.text());
  return failed;
}

int classify(const ClassifyFlags& flags) {
  Duration sla = kForever;
  if (!flags.sla.empty()) {
    const auto parsed = parse_duration(flags.sla);
    if (!parsed) return report(parsed.error().within("--sla"));
    sla = *parsed;
  }
  std::vector<std::string> photos;
  for (const auto& image : flags.images) {
    auto photo = read_photo(image);
    if (!photo) return report(photo.error());
    photos.push_back(std::move(*photo));
  }
  const auto outcomes = ask(flags, sla, photos);
  if (!outcomes) return report(outcomes.error());
  return flags.json ? print_json(*outcomes) : print_table(flags, sla, *outcomes);
}

}  // namespace

CLI::App* add_classify_command(CLI::App& root, std::function<int()>& run) {
  auto flags = std::make_shared<ClassifyFlags>();
  CLI::App* command = root.add_subcommand("classify", "Ask a server about photos");
  add_examples(
      *command,
      {{"One photo, with an answer within 200 ms", "cnnselect classify photo.jpg --sla 200ms"},
       {"Several, over a slow network that is simulated",
        "cnnselect classify *.jpg --sla 300ms --network 'normal(63,15)'"},
       {"What the server said, for a script", "cnnselect classify photo.jpg --json"}});
  command->add_option("images", flags->images, "Photos (JPEG, PNG or WebP)")
      ->type_name("FILE")
      ->required();
  add_server_flags(*command, flags->server);
  command->option_defaults()->group("Question");
  command->add_option("--family", flags->family, "Family of models to ask")
      ->type_name("FAMILY")
      ->capture_default_str();
  command->add_option("--sla", flags->sla, "How soon the answer must be here, such as 200ms")
      ->type_name("DURATION");
  command->add_option("--policy", flags->policy, "Policy to choose by; absent: the server's")
      ->type_name("POLICY");
  command->option_defaults()->group("Simulated network");
  command
      ->add_option("--network", flags->network,
                   "A law of one-way ms, such as normal(63,15), or a trace. Absent: none")
      ->type_name("LAW|FILE");
  command
      ->add_option("--correlation", flags->correlation,
                   "Of a law's two ways, 0..1; 1: the same time there and back")
      ->capture_default_str();
  command->add_option("--seed", flags->seed, "Of the network's draws")->capture_default_str();
  command->option_defaults()->group("Output");
  command->add_flag("--json", flags->json, "Print the server's JSON, a line per photo");
  command->callback([flags, &run] { run = [flags] { return classify(*flags); }; });
  return command;
}

}  // namespace cnnselect
