#include "report/figure_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace cnnselect {
namespace {

constexpr std::size_t kMostSaid = 2000;  // bytes of gnuplot's own words in a message

struct Format {
  std::string_view ending;
  std::string_view terminal;
  std::string_view last;  // what a whole file has within its last bytes
};

constexpr std::array<Format, 2> kFormats = {{
    {".svg", "svg background '#ffffff' font 'sans-serif,13'", "</svg>"},
    {".png", "pngcairo background '#ffffff' font 'sans-serif,10'", "IEND"},
}};

std::string message_of(int number) { return std::generic_category().message(number); }

/// Everything until the other end is closed.
std::string read_all(int file) {
  std::string text;
  std::array<char, 4096> part{};
  for (;;) {
    const ssize_t got = read(file, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
}

int spawn_gnuplot(const std::filesystem::path& folder, std::vector<std::string>& arguments,
                  int output, pid_t& process) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  const int failed = posix_spawnp(&process, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

/// gnuplot in `folder` with `arguments`, until it ends.
Status run_gnuplot(const std::filesystem::path& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"gnuplot", "--default-settings"});
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return fail(ErrorCode::kInternal, "no pipe to gnuplot: " + message_of(errno));
  }
  pid_t process = -1;
  const int failed = spawn_gnuplot(folder, arguments, ends[1], process);
  close(ends[1]);
  const std::string said = failed == 0 ? read_all(ends[0]) : "";
  close(ends[0]);
  if (failed != 0) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("gnuplot cannot be run in {}: {}; figures need the Debian package "
                            "gnuplot-nox",
                            folder.string(), message_of(failed)));
  }
  int how = 0;
  while (waitpid(process, &how, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(how) && WEXITSTATUS(how) == 0) return {};
  return fail(ErrorCode::kInternal, fmt::format("gnuplot failed in {}: {}", folder.string(),
                                                std::string_view(said).substr(0, kMostSaid)));
}

/// gnuplot ends well even when the disk is full.
Status check_whole(const std::filesystem::path& file, const Format& format) {
  std::array<char, 16> tail{};
  std::ifstream stream(file, std::ios::binary);
  stream.seekg(-static_cast<std::streamoff>(tail.size()), std::ios::end);
  stream.read(tail.data(), tail.size());
  const std::string_view read(tail.data(), tail.size());
  if (stream && read.find(format.last) != std::string_view::npos) return {};
  return fail(ErrorCode::kInternal,
              fmt::format("{}: gnuplot did not write the whole file", file.string()));
}

}  // namespace

Result<FigureFolder> FigureFolder::open(std::filesystem::path folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (!failed && access(folder.c_str(), W_OK | X_OK) != 0)
    failed = {errno, std::generic_category()};
  if (failed) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: no folder to write into: {}", folder.string(), failed.message()));
  }
  if (const Status runs = run_gnuplot(folder, {"--version"}); !runs) {
    return std::unexpected(runs.error());
  }
  return FigureFolder(std::move(folder));
}

Status FigureFolder::draw(const Chart& chart) const {
  const std::filesystem::path script = path_ / (chart.name + ".gp");
  std::ofstream stream(script);
  stream << gnuplot_script(chart);
  stream.close();
  if (!stream) {
    return fail(ErrorCode::kInternal, fmt::format("{}: cannot be written", script.string()));
  }
  const ChartSize size = chart_size(chart);
  for (const Format& format : kFormats) {
    const std::string name = chart.name + std::string(format.ending);
    const std::string setup =
        fmt::format("set terminal {} size {},{}; set output {}", format.terminal, size.width,
                    size.height, gnuplot_quoted(name));
    const Status drawn = run_gnuplot(path_, {"-e", setup, script.filename().string()});
    if (!drawn) return drawn;
    if (const Status whole = check_whole(path_ / name, format); !whole) return whole;
  }
  return {};
}

}  // namespace cnnselect
