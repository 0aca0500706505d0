#include "load_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "classify_request.h"
#include "command_text.h"
#include "load/classify_answer.h"
#include "load/plan.h"
#include "load/results.h"
#include "load/sender.h"
#include "load/summary.h"
#include "photo_file.h"
#include "picture_flags.h"
#include "report/progress.h"
#include "report/run_header.h"
#include "report_error.h"
#include "select/policy_text.h"
#include "server_flags.h"
#include "trace/duration_text.h"
#include "version.h"

namespace cnnselect {
namespace {

constexpr Duration kExtraPatience = std::chrono::seconds(10);  // beyond the SLA, for late answers
constexpr Duration kLongestRun = std::chrono::hours(24);       // of one line of the table
constexpr std::size_t kRefusedAtFirst = 10;
constexpr Duration kNotableLateness = std::chrono::milliseconds(5);

struct LoadFlags {
  ServerFlags server;
  std::string family = "emoji";
  PictureFlags pictures;
  std::string sla = "50ms..400ms:50ms";
  std::vector<std::string> policies;
  std::string network = "normal(63,15)";
  double correlation = 1;
  std::optional<double> rate;
  std::string arrivals = "poisson";
  std::size_t requests = 1000;
  std::uint64_t seed = 1;
  std::string output;
  std::string rows;
  bool report_network = true;
};

/// Everything a sweep needs, read and checked before the first request.
struct LoadInputs {
  ServerAccess server;
  std::vector<Duration> slas;
  std::vector<LabelledPicture> pictures;
  std::vector<std::string> photos;  ///< bytes, same order
  std::vector<PlannedRequest> plan;
};

std::atomic<bool> interrupted = false;

Result<LoadInputs> read_inputs(const LoadFlags& flags) {
  LoadInputs inputs;
  auto server = server_access(flags.server);
  if (!server) return std::unexpected(server.error());
  inputs.server = std::move(*server);
  auto slas = parse_durations(flags.sla);
  if (!slas) return std::unexpected(slas.error().within("--sla"));
  inputs.slas = std::move(*slas);
  auto pictures = read_pictures(flags.pictures, {});  // only the server knows the labels
  if (!pictures) return std::unexpected(pictures.error());
  inputs.pictures = std::move(*pictures);
  std::vector<std::size_t> sizes;
  for (const auto& picture : inputs.pictures) {
    auto photo = read_photo(picture.file);
    if (!photo) return std::unexpected(photo.error());
    sizes.push_back(photo->size());
    inputs.photos.push_back(std::move(*photo));
  }
  if (flags.arrivals.starts_with("closed(")) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("--arrivals {}: this is an open loop, which waits for nobody; allowed: "
                            "poisson, uniform, gamma(CV), a trace .csv",
                            flags.arrivals));
  }
  const auto arrivals = Arrivals::parse(flags.arrivals, flags.rate);
  if (!arrivals) return std::unexpected(arrivals.error().within("--arrivals"));
  const auto network = Network::parse(flags.network, flags.correlation);
  if (!network) return std::unexpected(network.error().within("--network"));
  inputs.plan = plan_load(flags.requests, sizes, *arrivals, *network, flags.seed);
  if (const Duration last = inputs.plan.back().send_at; last > kLongestRun) {
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("{} requests {} take {:.0f} h; allowed: up to {:.0f} h", flags.requests,
                    flags.rate ? fmt::format("at --rate {}", *flags.rate) : "without a --rate",
                    to_ms(last) / 3.6e6, to_ms(kLongestRun) / 3.6e6));
  }
  return inputs;
}

Result<ClassifyAnswer> answer_in(const ShapedOutcome& outcome) {
  if (!outcome.body) return std::unexpected(outcome.body.error());
  return parse_classify_answer(*outcome.body);
}

LoadOutcome judge(const ShapedOutcome& outcome, const Result<ClassifyAnswer>& answer,
                  const LabelledPicture& truth) {
  if (!answer) {
    const bool timed_out = !outcome.body && outcome.body.error().code == ErrorCode::kTimeout;
    return {.timed_out = timed_out, .latency = outcome.latency, .late = outcome.late};
  }
  return {.answered = true,
          .correct = answer->index >= 0 &&
                     truth.is(static_cast<std::size_t>(answer->index), answer->label),
          .model = answer->model,
          .latency = outcome.latency,
          .late = outcome.late};
}

// What a device tells with its next request of how the previous answer travelled: the server learns
// the way back from it.
class NetworkReport {
 public:
  void answered(const ClassifyAnswer& answer, const NetworkTimes& network) {
    last_ = NetworkTimes{.input = answer.input, .output = network.output};
  }
  std::vector<std::pair<std::string, std::string>> headers() {
    if (!last_) return {};
    std::vector<std::pair<std::string, std::string>> headers{
        {"x-cnnselect-last-input-ms", fmt::format("{:.3f}", to_ms(last_->input))},
        {"x-cnnselect-last-output-ms", fmt::format("{:.3f}", to_ms(last_->output))}};
    last_.reset();
    return headers;
  }

 private:
  std::optional<NetworkTimes> last_;
};

// What is told of a run while it goes on.
struct Record {
  Progress progress;
  std::optional<Error> first_error;  ///< for the user's eyes
  std::ofstream rows;                ///< closed: not wanted
};

std::string name_of(const std::string& policy) { return policy.empty() ? "default" : policy; }

/// Whether the server finds fault with the request, and would with the next one.
bool is_refusal(const Error& error) {
  return error.code == ErrorCode::kInvalidArgument || error.code == ErrorCode::kNotFound ||
         error.code == ErrorCode::kUnauthenticated;
}

// Sends the plan once, for one SLA and policy. Ends early where the server refuses every request:
// then the command line is wrong, not the server slow.
Result<std::vector<LoadOutcome>> run_point(const LoadFlags& flags, const LoadInputs& inputs,
                                           const std::string& policy, Duration sla,
                                           const Clock& clock, Record& record) {
  std::vector<ShapedRequest> requests;
  for (const PlannedRequest& planned : inputs.plan) {
    const std::string& photo = inputs.photos[planned.picture];
    requests.push_back(classify_request(
        inputs.server.url.protocol, {.family = flags.family, .sla = sla, .policy = policy}, photo));
    requests.back().send_at = planned.send_at;
    requests.back().network = planned.network;
  }
  std::vector<LoadOutcome> outcomes;
  std::vector<std::string> rows(inputs.plan.size());  // answers come in any order
  NetworkReport report;
  std::size_t refused = 0;  // while none was answered
  SendOptions options = send_options(inputs.server, sla + kExtraPatience);
  options.interrupted = [&refused] { return interrupted || refused >= kRefusedAtFirst; };
  if (flags.report_network) options.headers_now = [&report] { return report.headers(); };
  const std::string what = fmt::format("{} {}", name_of(policy), duration_text(sla));
  const Status sent =
      send_shaped(inputs.server.url, requests, options, clock,
                  [&](std::size_t i, const ShapedOutcome& outcome) {
                    const auto answer = answer_in(outcome);
                    if (answer) report.answered(*answer, requests[i].network);
                    if (!outcome.body && !record.first_error)
                      record.first_error = outcome.body.error();
                    const bool all = refused == outcomes.size();
                    if (all && !outcome.body && is_refusal(outcome.body.error())) ++refused;
                    const LabelledPicture& picture = inputs.pictures[inputs.plan[i].picture];
                    outcomes.push_back(judge(outcome, answer, picture));
                    if (record.rows.is_open()) {
                      rows[i] = load_row(name_of(policy), sla,
                                         {.planned = inputs.plan[i],
                                          .number = i,
                                          .picture = picture.file.filename().string(),
                                          .outcome = outcome,
                                          .answer = answer,
                                          .judged = outcomes.back()});
                    }
                    record.progress.show(what, outcomes.size(), requests.size());
                  });
  if (!sent) return std::unexpected(sent.error());
  if (refused > 0 && refused == outcomes.size()) {
    return std::unexpected(record.first_error->within(
        fmt::format("{}: none of the first {} requests was answered", what, refused)));
  }
  for (const std::string& row : rows) record.rows << row;
  return outcomes;
}

Error unwritable(const std::string& file) {
  return {ErrorCode::kInternal, fmt::format("{}: cannot be written", file)};
}

Status open_rows(const LoadFlags& flags, std::ofstream& rows) {
  if (flags.rows.empty()) return {};
  rows.open(flags.rows);
  rows << load_rows_header();
  if (!rows.flush()) return std::unexpected(unwritable(flags.rows));
  return {};
}

Status write_results(const LoadFlags& flags, const std::vector<LoadPoint>& points) {
  std::ofstream csv(flags.output);
  csv << load_csv(points, flags.network);
  const RunHeader header{.version = CNNSELECT_VERSION,
                         .commit = CNNSELECT_COMMIT,
                         .machine = machine_text(),
                         .time = utc_now_text(),
                         .complete = !interrupted,
                         .settings = {{"server", flags.server.server},
                                      {"family", flags.family},
                                      {"images", flags.pictures.images},
                                      {"labels", flags.pictures.labels},
                                      {"sla", flags.sla},
                                      {"policy", fmt::format("{}", fmt::join(flags.policies, ","))},
                                      {"network", flags.network},
                                      {"correlation", fmt::format("{}", flags.correlation)},
                                      {"report_network", fmt::format("{}", flags.report_network)},
                                      {"rate", flags.rate ? fmt::format("{}", *flags.rate) : ""},
                                      {"arrivals", flags.arrivals},
                                      {"requests", std::to_string(flags.requests)},
                                      {"seed", std::to_string(flags.seed)}}};
  std::ofstream json(flags.output + ".json");
  json << header.json();
  if (!csv.flush() || !json.flush()) {
    return std::unexpected(unwritable(flags.output));
  }
  return {};
}

// What the reader of the table must know before believing it.
void print_remarks(const std::vector<LoadPoint>& points, const std::optional<Error>& first_error) {
  if (first_error) fmt::print("first error: {}\n", first_error->message);
  Duration late{};
  for (const LoadPoint& point : points) late = std::max(late, point.summary.late_p99);
  if (late > kNotableLateness) {
    fmt::print("the sender itself was up to {:.0f} ms late (p99), which these latencies include\n",
               to_ms(late));
  }
  if (interrupted) fmt::print("interrupted: the last line has only the requests sent until then\n");
}

int load(const LoadFlags& flags) {
  const auto inputs = read_inputs(flags);
  if (!inputs) return report(inputs.error());
  auto policies = join_policy_pieces(flags.policies);
  if (!policies) return report(policies.error().within("--policy"));
  if (policies->empty()) policies->emplace_back();
  const RealClock clock;
  const Status there = check_family(inputs->server, flags.family, kExtraPatience, clock);
  if (!there) return report(there.error());
  std::signal(SIGINT, [](int) { interrupted = true; });
  std::vector<LoadPoint> points;
  std::optional<Error> first_error;
  {
    Record record{.progress = Progress(clock)};
    if (const Status open = open_rows(flags, record.rows); !open) return report(open.error());
    for (const std::string& policy : *policies) {
      for (const Duration sla : inputs->slas) {
        if (interrupted) break;
        const auto outcomes = run_point(flags, *inputs, policy, sla, clock, record);
        if (!outcomes) return report(outcomes.error());
        points.push_back(
            {.policy = name_of(policy), .sla = sla, .summary = summarise_load(*outcomes, sla)});
      }
    }
    first_error = record.first_error;
    if (record.rows.is_open() && !record.rows.flush()) return report(unwritable(flags.rows));
  }
  fmt::print("{}", load_table(points));
  print_remarks(points, first_error);
  if (!flags.output.empty()) {
    if (const Status written = write_results(flags, points); !written) {
      return report(written.error());
    }
  }
  return interrupted ? 130 : 0;
}

}  // namespace

CLI::App* add_load_command(CLI::App& root, std::function<int()>& run) {
  auto flags = std::make_shared<LoadFlags>();
  CLI::App* command = root.add_subcommand(
      "load", "Send photos over a simulated network, open loop, for each SLA and policy");
  add_examples(*command,
               {{"Pictures of the family that comes with the program",
                 "cnnselect load --images zoo/pictures/test --labels zoo/pictures/test/labels.tsv "
                 "--sla 100ms"},
                {"Two policies under more load, with the results in a file",
                 "cnnselect load --images photos --labels labels.tsv --policy ontime,cnnselect \\\n"
                 "      --rate 100 --requests 5000 -o results.csv"}},
               "Ctrl-C prints what was measured until then and ends with status 130.");
  add_server_flags(*command, flags->server);
  command->option_defaults()->group("Question");
  command->add_option("--family", flags->family, "Family of models to ask")
      ->type_name("FAMILY")
      ->capture_default_str();
  add_picture_flags(*command, flags->pictures);
  command->add_option("--sla", flags->sla, "A range, or a list such as 100ms,200ms")
      ->type_name("FROM..TO:STEP")
      ->capture_default_str();
  command->add_option("--policy", flags->policies, "Policies to compare; absent: the server's")
      ->type_name("POLICY")
      ->delimiter(',');
  command->option_defaults()->group("Simulated network");
  command
      ->add_option("--network", flags->network,
                   "A law of one-way ms, such as normal(63,15), or a trace; what the trace did not "
                   "measure stands behind it: lte.csv:downlink_kbps=20000")
      ->type_name("LAW|FILE")
      ->capture_default_str();
  command
      ->add_option("--correlation", flags->correlation,
                   "Of a law's two ways, 0..1; 1: the same time there and back")
      ->capture_default_str();
  command->add_flag("--report-network,!--no-report-network", flags->report_network,
                    "Tell the server how each answer travelled, as a good client does: it learns "
                    "the way back; without, it takes it for as long as the way here");
  command->option_defaults()->group("Requests");
  command->add_option("--rate", flags->rate,
                      "Requests per second, on average; absent: 20, or a trace's own. A trace is "
                      "scaled so that its first --requests come at this rate");
  command
      ->add_option("--arrivals", flags->arrivals,
                   "poisson, uniform, gamma(CV) or a trace of counts")
      ->type_name("poisson|uniform|LAW|FILE")
      ->capture_default_str();
  command->add_option("--requests", flags->requests, "Per SLA and policy")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000'000));
  command->add_option("--seed", flags->seed, "Of arrivals, pictures and network")
      ->capture_default_str();
  command->option_defaults()->group("Output");
  command->add_option("-o,--output", flags->output, "Results as CSV; settings beside it as .json")
      ->type_name("FILE");
  command->add_option("--rows", flags->rows, "A line per request, as CSV")->type_name("FILE");
  command->callback([flags, &run] { run = [flags] { return load(*flags); }; });
  return command;
}

}  // namespace cnnselect
