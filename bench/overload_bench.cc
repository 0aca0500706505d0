// What the server does when it is asked for twice what it can: answers in time, memory, and what is
// left of requests whose clients went away.
//
//   overload_bench [--members A,B] [--sla MS] [--seconds N] [--seed N] [-- OPTION_OF_SERVE...]
//
// A family of embedded networks (default: resnet_64_192 alone, so that inference is what there is
// too little of), photos of 160x160 pixels, Poisson arrivals, open loop. Each of four settings (or
// the one named) gets a server of its own, and in this order: the load at which it answers most in
// time, then twice that for a minute, then the same with half of the clients leaving before their
// answer. The client runs on the same cores; what it took is told.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <numeric>
#include <stdexcept>
#include <thread>

#include "base/open_files.h"
#include "base/testing/temporary_folder.h"
#include "bench/open_loop.h"
#include "bench/server_process.h"
#include "bench/subject.h"
#include "bench/timing.h"
#include "report/run_header.h"
#include "report/table.h"
#include "stats/percentile.h"

namespace cnnselect::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto kProbe = seconds(3);   // of finding roughly what it can
constexpr auto kStep = seconds(8);    // of each load of the sweep
constexpr auto kEdge = seconds(10);   // first and last part whose memory is compared
constexpr auto kSettle = seconds(2);  // between two loads
constexpr int kHttpOk = 200;
constexpr int kQueueFull = 503;
constexpr int kGivenUp = 504;

struct Options {
  std::vector<std::string> members = {"resnet_64_192"};
  int sla_ms = 100;
  int seconds = 60;
  std::uint64_t seed = 7;
  std::vector<std::string> serve;

  Duration sla() const { return milliseconds(sla_ms); }
};

/// Writes a family "busy" of some of the embedded networks.
void write_family(const TemporaryFolder& folder, const std::vector<std::string>& members) {
  const std::filesystem::path zoo = kZoo / "repository";
  const auto catalog = Catalog::scan(zoo).value();
  std::string text = fmt::format(
      "name = \"busy\"\ntask = \"image-classification\"\nlabels = \"{}\"\n[input]\nmean = [0.485, "
      "0.456, 0.406]\nstd = [0.229, 0.224, 0.225]\nlayout = \"NCHW\"\n[output]\nkind = "
      "\"logits\"\n",
      (zoo / "emoji_labels.txt").string());
  for (const CatalogModel& model : catalog.models()) {
    if (std::ranges::find(members, model.member.name) == members.end()) continue;
    text +=
        fmt::format("[[model]]\nname = \"{}\"\nfile = \"{}\"\nresize = {}\ncrop = {}\ntop1 = {}\n",
                    model.member.name, model.member.file.string(), model.member.input.resize.height,
                    model.member.input.crop.height, model.member.top1.value_or(0.5));
  }
  folder.write("busy.family.toml", text);
}

/// One load: what was asked, what came of it, and what it took.
struct Load {
  double offered = 0;  // a second
  double in_time = 0;  // a second
  std::size_t sent = 0;
  std::size_t answered = 0;
  std::size_t full = 0;      // 503
  std::size_t given_up = 0;  // 504
  std::size_t left = 0;
  std::size_t failed = 0;
  double kept = 0;  // share of the answered that was in time
  Duration p50{};
  Duration p99{};
  Duration sender_p99{};
  double client_cores = 0;
  double server_cores = 0;
  std::vector<double> mib;  // resident, a second
};

Duration part_of(std::vector<Duration> times, double part) {
  std::ranges::sort(times);
  return percentile_of_sorted(std::span<const Duration>(times), part).value_or(Duration::zero());
}

void count(const std::vector<Fate>& fates, Duration sla, Duration length, Load& load) {
  std::vector<Duration> latencies;
  std::vector<Duration> lateness;
  std::size_t in_time = 0;
  for (const Fate& fate : fates) {
    lateness.push_back(fate.late);
    load.full += fate.status == kQueueFull ? 1 : 0;
    load.given_up += fate.status == kGivenUp ? 1 : 0;
    load.left += fate.left ? 1 : 0;
    load.failed +=
        !fate.left && fate.status != kHttpOk && fate.status != kQueueFull && fate.status != kGivenUp
            ? 1
            : 0;
    if (fate.status != kHttpOk) continue;
    latencies.push_back(fate.latency);
    in_time += fate.latency <= sla ? 1 : 0;
  }
  load.sent = fates.size();
  load.answered = latencies.size();
  load.in_time = static_cast<double>(in_time) / to_seconds(length);
  load.kept =
      latencies.empty() ? 0 : static_cast<double>(in_time) / static_cast<double>(latencies.size());
  load.sender_p99 = part_of(std::move(lateness), 0.99);
  load.p50 = part_of(latencies, 0.5);
  load.p99 = part_of(std::move(latencies), 0.99);
}

class Overload {
 public:
  Overload(const ServerProcess& server, const Options& options)
      : server_(server), options_(options), requests_(photo_requests("busy", options.sla())) {}

  Load at(double per_second, Duration length, double leaving = 0) {
    Load load{.offered = per_second};
    const auto plan = poisson_plan(per_second, length, leaving, options_.sla(), options_.seed);
    const Duration client = own_processor_time();
    const Duration server = server_.program().processor_time();
    const auto begin = Clock::now();
    const auto fates = fire(server_.port(), requests_, plan, seconds(20), [&] {
      load.mib.push_back(static_cast<double>(server_.resident_bytes()) / (1 << 20));
    });
    const auto took = Clock::now() - begin;
    load.client_cores = to_ms(own_processor_time() - client) / to_ms(took);
    load.server_cores = to_ms(server_.program().processor_time() - server) / to_ms(took);
    count(fates, options_.sla(), length, load);
    std::this_thread::sleep_for(kSettle);
    return load;
  }

  /// Answers in time a second at about what it can, found by doubling.
  double roughly() {
    double best = 0;
    for (double rate = 25; rate <= 12'800; rate *= 2) {
      const Load load = at(rate, kProbe);
      if (load.in_time <= best) break;
      best = load.in_time;
    }
    return best;
  }

  /// Requests that wait or run, by the server's own count.
  int under_way() const {
    BlockingClient client(server_.port());
    const std::string text = client.ask("GET /metrics HTTP/1.1\r\nHost: bench\r\n\r\n", {});
    int sum = 0;
    for (const std::string state : {"waiting", "running"}) {
      const std::string name = "cnnselect_engine_requests{state=\"" + state + "\"} ";
      sum += std::atoi(text.c_str() + text.find(name) + name.size());
    }
    return sum;
  }

 private:
  const ServerProcess& server_;
  const Options& options_;
  const std::vector<std::string> requests_;
};

Table loads_table() {
  return Table({{"load", Table::Align::kLeft},
                {"offered /s"},
                {"in time /s"},
                {"answered"},
                {"503"},
                {"504"},
                {"left"},
                {"failed"},
                {"in SLA %"},
                {"p50 ms"},
                {"p99"},
                {"sender p99"},
                {"client cores"},
                {"server cores"}});
}

void add(Table& table, const std::string& name, const Load& load) {
  table.add({name, fmt::format("{:.0f}", load.offered), fmt::format("{:.1f}", load.in_time),
             fmt::format("{}", load.answered), fmt::format("{}", load.full),
             fmt::format("{}", load.given_up), fmt::format("{}", load.left),
             fmt::format("{}", load.failed), fmt::format("{:.2f}", 100 * load.kept),
             fmt::format("{:.1f}", to_ms(load.p50)), fmt::format("{:.1f}", to_ms(load.p99)),
             fmt::format("{:.1f}", to_ms(load.sender_p99)),
             fmt::format("{:.2f}", load.client_cores), fmt::format("{:.2f}", load.server_cores)});
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Least squares through a value a second, in units a minute.
double slope_a_minute(std::span<const double> values) {
  const double middle = static_cast<double>(values.size() - 1) / 2;
  const double average = mean(values);
  double joint = 0;
  double square = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double x = static_cast<double>(i) - middle;
    joint += x * (values[i] - average);
    square += x * x;
  }
  return 60 * joint / square;
}

std::string memory_text(const Load& load) {
  const auto edge = std::min<std::size_t>(kEdge.count(), load.mib.size());
  const std::span<const double> all(load.mib);
  const double first = mean(all.first(edge));
  const double last = mean(all.last(edge));
  return fmt::format("{:.1f} MiB in the first {} s, {:.1f} in the last: {:.4f}, {:+.2f} MiB/min",
                     first, edge, last, last / first, slope_a_minute(all));
}

void measure(const std::string& repository, const std::vector<std::string>& settings,
             const Options& options) {
  std::vector<std::string> arguments = {"--models", repository};
  arguments.insert(arguments.end(), settings.begin(), settings.end());
  const ServerProcess server(arguments);
  Overload overload(server, options);
  const double rough = overload.roughly();
  if (rough == 0) throw std::runtime_error("nothing is answered in time at any load: raise --sla");
  Table table = loads_table();
  double best = 0;
  for (const double part : {0.25, 0.5, 0.75, 1.0, 1.25, 1.5}) {
    const Load load = overload.at(part * rough, kStep);
    best = std::max(best, load.in_time);
    add(table, fmt::format("{:.2f}", part), load);
  }
  const Load twice = overload.at(2 * best, seconds(options.seconds));
  add(table, "twice the best", twice);
  const Load leaving = overload.at(2 * best, seconds(options.seconds), 0.5);
  add(table, "half leave", leaving);
  const auto ended = Clock::now();
  int left = overload.under_way();
  while (left > 0 && Clock::now() - ended < seconds(10)) left = overload.under_way();

  fmt::print("\n{}\n{}",
             settings.empty() ? "default settings" : fmt::to_string(fmt::join(settings, " ")),
             table.text());
  fmt::print("in time at twice the best: {:.3f} of the best ({:.1f}/s)\n", twice.in_time / best,
             best);
  fmt::print("memory at twice the best: {}\nmemory while half leave: {}\n", memory_text(twice),
             memory_text(leaving));
  fmt::print("waiting or running afterwards: {}\n", left);
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app("What the server does when it is asked for twice what it can");
  app.add_option("--members", options.members, "Embedded networks")->delimiter(',');
  app.add_option("--sla", options.sla_ms, "ms");
  app.add_option("--seconds", options.seconds, "Of twice the best");
  app.add_option("--seed", options.seed, "Of arrivals and leavings");
  app.add_option("serve", options.serve, "After --: options of serve");
  CLI11_PARSE(app, argc, argv);
  if (const auto raised = raise_open_files_limit(); !raised) {
    fmt::print(stderr, "overload_bench: {}\n", raised.error().message);
  }
  const TemporaryFolder repository;
  write_family(repository, options.members);
  fmt::print("{}, {}\nmembers {}, SLA {} ms, seed {}\n", machine_text(), utc_now_text(),
             fmt::join(options.members, ", "), options.sla_ms, options.seed);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  if (!options.serve.empty()) {
    measure(repository.path(), options.serve, options);
  } else {
    measure(repository.path(), {"--late", "reject"}, options);
    measure(repository.path(), {}, options);
    // `ontime` says itself who is late. What --late alone is worth shows with a policy that does
    // not.
    measure(repository.path(), {"--policy", "cnnselect", "--late", "last"}, options);
    measure(repository.path(), {"--policy", "cnnselect", "--late", "answer"}, options);
  }
  return 0;
}

}  // namespace
}  // namespace cnnselect::bench

int main(int argc, char** argv) {
  try {
    return cnnselect::bench::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "overload_bench: {}\n", error.what());
    return 1;
  }
}
