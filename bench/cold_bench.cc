// What the cache of optimised models saves: time of a cold start (loading and the first run) and
// memory, with the cache beside without, in fresh processes in turn.
//
//   cold_bench [FOLDER]     every .onnx file in it, and a network of about 100 MB made here
//
// The bars: at most 0.8 times the time and 0.7 times the memory, for models over 10 MB. Files are
// in the system's page cache, as they are when a server starts again. Times of the processor stand
// beside those of the clock, for they hold on a busy machine too.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "backend/onnxruntime_backend.h"
#include "base/log.h"
#include "base/process_memory.h"
#include "base/testing/program.h"
#include "base/testing/temporary_folder.h"
#include "bench/residual_network.h"
#include "bench/timing.h"
#include "report/run_header.h"
#include "report/table.h"

namespace cnnselect::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kRounds = 15;
constexpr Duration kLimit = std::chrono::minutes(2);

/// One cold start in a process of its own.
struct Start {
  double cold_ms = 0;
  double processor_ms = 0;
  double resident_mb = 0;  ///< of the whole process, after the first run
  double trimmed_mb = 0;   ///< the same, without what the allocator keeps of freed memory
  double peak_mb = 0;
};

double mb(std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }

double processor_ms() { return 1e3 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Of this program alone: getrusage() would tell that of whoever started it.
double peak_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kib = 0;
    if (word == "VmHWM:" && status >> kib) return kib * 1024 / 1e6;
  }
  return 0;
}

/// In the child: loads `file`, runs it once, prints what that took.
int start_once(const fs::path& file, const fs::path& cache) {
  (void)configure_log("error");  // it would say on standard output what it keeps
  const double before = processor_ms();
  std::string wrong;
  const Duration cold = time_of([&] {
    static OnnxRuntimeBackend backend({.cache_folder = cache});
    static auto model = backend.load(file);
    if (!model) {
      wrong = model.error().message;
      return;
    }
    auto shape = (*model)->input().shape;
    std::size_t count = 1;
    for (std::int64_t& size : shape) count *= static_cast<std::size_t>(size = std::abs(size));
    const std::vector<float> values(count, 0.25F);
    const auto output =
        (*model)->run({ElementType::kFp32, shape, std::as_bytes(std::span(values))}, {});
    if (!output) wrong = output.error().message;
  });
  if (!wrong.empty()) {
    fmt::print(stderr, "{}\n", wrong);
    return 1;
  }
  const double processor = processor_ms() - before;
  const auto resident = resident_bytes();
  const double peak = peak_mb();
  fmt::print("{} {} {} {} {}\n", to_ms(cold), processor, mb(resident), mb(resident_bytes_trimmed()),
             peak);
  return 0;
}

Start start(const fs::path& file, const fs::path& cache) {
  Program child("/proc/self/exe", {"--once", file.string(), cache.string()});
  if (child.wait(kLimit) != 0) throw std::runtime_error(file.string() + ": " + child.errors());
  Start start;
  std::istringstream(child.output()) >> start.cold_ms >> start.processor_ms >> start.resident_mb >>
      start.trimmed_mb >> start.peak_mb;
  return start;
}

/// The same number of every start.
using Pick = double Start::*;

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

struct Pairs {
  std::vector<Start> without;
  std::vector<Start> with;

  std::vector<double> ratios(Pick pick) const {
    std::vector<double> all;
    for (std::size_t i = 0; i < with.size(); ++i) all.push_back(with[i].*pick / without[i].*pick);
    return all;
  }
  std::string ratio(Pick pick) const { return fmt::format("{:.2f}", median(ratios(pick))); }
  std::string spread(Pick pick) const {
    const auto all = ratios(pick);
    const auto [low, high] = std::ranges::minmax(all);
    return fmt::format("{:.2f}..{:.2f}", low, high);
  }
  static std::string typical(const std::vector<Start>& starts, Pick pick) {
    std::vector<double> all;
    for (const Start& start : starts) all.push_back(start.*pick);
    return fmt::format("{:.0f}", median(all));
  }
};

Pairs measure(const fs::path& file, const fs::path& cache) {
  Pairs pairs;
  for (int round = 0; round < kRounds; ++round) {
    const bool first = round % 2 == 0;  // each way round as often
    if (first) pairs.without.push_back(start(file, {}));
    pairs.with.push_back(start(file, cache));
    if (!first) pairs.without.push_back(start(file, {}));
  }
  return pairs;
}

int run(const std::vector<fs::path>& files) {
  fmt::print(
      "Cold starts with the cache of optimised models and without: {} pairs of processes; {}\n",
      kRounds, machine_text());
  Table times({{"model", Table::Align::kLeft},
               {"MB"},
               {"making it ms"},
               {"without ms"},
               {"with ms"},
               {"ratio"},
               {"spread"},
               {"processor ms"},
               {"with"},
               {"ratio"},
               {"spread"}});
  Table memory({{"model", Table::Align::kLeft},
                {"without MB"},
                {"with MB"},
                {"ratio"},
                {"spread"},
                {"trimmed MB"},
                {"with"},
                {"ratio"},
                {"peak MB"},
                {"with"},
                {"ratio"}});
  const TemporaryFolder folder;
  const fs::path cache = folder.path() / "cache";
  for (const fs::path& file : files) {
    const std::string name = file.stem().string();
    const Start making = start(file, cache);
    const Pairs pairs = measure(file, cache);
    const auto both = [&](Pick pick) {
      return std::pair(Pairs::typical(pairs.without, pick), Pairs::typical(pairs.with, pick));
    };
    const auto [cold, cached] = both(&Start::cold_ms);
    const auto [work, less_work] = both(&Start::processor_ms);
    times.add({name, fmt::format("{:.1f}", mb(fs::file_size(file))),
               fmt::format("{:.0f}", making.cold_ms), cold, cached, pairs.ratio(&Start::cold_ms),
               pairs.spread(&Start::cold_ms), work, less_work, pairs.ratio(&Start::processor_ms),
               pairs.spread(&Start::processor_ms)});
    const auto [resident, less_resident] = both(&Start::resident_mb);
    const auto [trimmed, less_trimmed] = both(&Start::trimmed_mb);
    const auto [peak, less_peak] = both(&Start::peak_mb);
    memory.add({name, resident, less_resident, pairs.ratio(&Start::resident_mb),
                pairs.spread(&Start::resident_mb), trimmed, less_trimmed,
                pairs.ratio(&Start::trimmed_mb), peak, less_peak, pairs.ratio(&Start::peak_mb)});
  }
  fmt::print("\n{}\n{}", times.text(), memory.text());
  return 0;
}

int main_of(const std::vector<std::string>& arguments) {
  if (arguments.size() == 3 && arguments[0] == "--once") {
    return start_once(arguments[1], arguments[2]);
  }
  const TemporaryFolder folder;
  std::vector<fs::path> files;
  if (!arguments.empty()) {
    for (const auto& file : fs::directory_iterator(arguments[0])) {
      if (file.path().extension() == ".onnx") files.push_back(file.path());
    }
  }
  std::ranges::sort(files, {}, [](const fs::path& file) { return fs::file_size(file); });
  files.push_back(folder.write("residual_50_random.onnx", residual_network()));
  return run(files);
}

}  // namespace
}  // namespace cnnselect::bench

int main(int count, char** arguments) try {
  return cnnselect::bench::main_of({arguments + 1, arguments + count});
} catch (const std::exception& error) {
  fmt::print(stderr, "cold_bench: {}\n", error.what());
  return 1;
}
