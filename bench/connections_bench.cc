// Two thousand idle connections beside two hundred that ask: what the idle ones cost the others,
// and what they cost at all.
//
//   connections_bench [--idle N] [--active N] [--rate R] [--seconds N] [--rounds N] [--seed N]
//
// Alternating, on one server: the active ones alone, then beside the idle ones, which each have had
// one answer and keep their connection. Active ones ask at an even
// pace, R a second together, for a network that takes 0.1 ms, so that waiting for a worker does not
// hide what connections cost.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <exception>
#include <memory>
#include <random>
#include <stdexcept>

#include "base/open_files.h"
#include "bench/open_loop.h"
#include "bench/server_process.h"
#include "bench/subject.h"
#include "bench/timing.h"
#include "report/run_header.h"
#include "report/table.h"
#include "stats/percentile.h"

namespace cnnselect::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

struct Options {
  std::size_t idle = 2'000;
  std::size_t active = 200;
  double rate = 1'000;  // a second, of all active ones together
  int seconds = 10;
  int rounds = 5;
  std::uint64_t seed = 7;
};

struct KeptConnection {
  KeptConnection(asio::io_context& context, std::uint16_t port) : socket(context) {
    socket.connect({asio::ip::address_v4::loopback(), port});
    socket.set_option(tcp::no_delay(true));
  }
  /// Sends and waits for the answer; its status, 0 when the connection broke.
  int ask(const std::string& request) {
    boost::system::error_code broken;
    asio::write(socket, asio::buffer(request), broken);
    http::response<http::string_body> response;
    if (!broken) http::read(socket, buffer, response, broken);
    return broken ? 0 : static_cast<int>(response.result_int());
  }
  /// Neither closed by the server nor told anything.
  bool is_quiet() {
    char byte = 0;
    boost::system::error_code state;
    socket.non_blocking(true);
    socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, state);
    return state == asio::error::would_block;
  }

  tcp::socket socket;
  boost::beast::flat_buffer buffer;
};

using Connections = std::vector<std::unique_ptr<KeptConnection>>;

/// Opens `count` connections that each get one answer; throws when one does not.
Connections open_connections(asio::io_context& context, std::uint16_t port, std::size_t count) {
  static const std::string kReady = "GET /v2/health/ready HTTP/1.1\r\nHost: bench\r\n\r\n";
  Connections all;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(std::make_unique<KeptConnection>(context, port));
    if (const int status = all.back()->ask(kReady); status != 200) {
      throw std::runtime_error(fmt::format("connection {}: status {}", i, status));
    }
  }
  return all;
}

struct Round {
  std::size_t sent = 0;
  std::size_t answered = 0;  // with 200
  std::size_t idle_lost = 0;
  std::vector<Duration> latencies;  // from the intended time
  double client_cores = 0;
  double server_cores = 0;

  Duration part(double of) {
    std::ranges::sort(latencies);
    return percentile_of_sorted(std::span<const Duration>(latencies), of).value_or(kForever);
  }
};

/// The active connections, each at its own even pace.
class Pace {
 public:
  Pace(asio::io_context& context, Connections& active, const std::vector<std::string>& requests,
       const Options& options)
      : context_(context), active_(active), requests_(requests), options_(options) {}

  Round run(std::uint64_t seed) {
    round_ = {};
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> part(0, 1);
    start_ = Clock::now();
    for (const auto& connection : active_) {
      asio::co_spawn(context_, keep_asking(*connection, part(random)), asio::detached);
    }
    context_.restart();
    context_.run();
    return std::move(round_);
  }

 private:
  asio::awaitable<void> keep_asking(KeptConnection& connection, double phase) {
    const std::chrono::duration<double> every(static_cast<double>(options_.active) / options_.rate);
    asio::steady_timer timer(context_);
    for (double turn = phase; turn * every < std::chrono::seconds(options_.seconds); ++turn) {
      const auto intended = start_ + std::chrono::ceil<Duration>(turn * every);
      timer.expires_at(intended);
      co_await timer.async_wait(kTuple);
      const std::string& request = requests_[round_.sent++ % requests_.size()];
      const auto [unsent, size] =
          co_await asio::async_write(connection.socket, asio::buffer(request), kTuple);
      if (unsent) co_return;
      http::response<http::string_body> response;
      const auto [broken, read] =
          co_await http::async_read(connection.socket, connection.buffer, response, kTuple);
      if (broken) co_return;
      if (response.result() != http::status::ok) continue;
      ++round_.answered;
      round_.latencies.push_back(Clock::now() - intended);
    }
  }

  asio::io_context& context_;
  Connections& active_;
  const std::vector<std::string>& requests_;
  const Options& options_;
  Clock::time_point start_;
  Round round_;
};

Round timed(Pace& pace, const Program& server, std::uint64_t seed) {
  const Duration client_before = own_processor_time();
  const Duration server_before = server.processor_time();
  const auto begin = Clock::now();
  Round round = pace.run(seed);
  const auto took = Clock::now() - begin;
  round.client_cores = to_ms(own_processor_time() - client_before) / to_ms(took);
  round.server_cores = to_ms(server.processor_time() - server_before) / to_ms(took);
  return round;
}

void add(Table& table, int number, std::size_t idle, Round& round) {
  table.add({fmt::format("{}", number), fmt::format("{}", idle), fmt::format("{}", round.sent),
             fmt::format("{}", round.answered), fmt::format("{}", round.idle_lost),
             fmt::format("{:.2f}", to_ms(round.part(0.5))),
             fmt::format("{:.2f}", to_ms(round.part(0.99))),
             fmt::format("{:.2f}", round.client_cores), fmt::format("{:.2f}", round.server_cores)});
}

std::string median_text(std::vector<double> values) {
  std::ranges::sort(values);
  return fmt::format("{:.3f} ({:.3f}..{:.3f})", values[values.size() / 2], values.front(),
                     values.back());
}

void measure(const Options& options) {
  const ServerProcess server({});
  asio::io_context context{1};
  const auto requests = photo_requests("emoji", std::chrono::milliseconds(1));
  Connections active = open_connections(context, server.port(), options.active);
  Pace pace(context, active, requests, options);
  (void)pace.run(options.seed);  // until caches and the allocator have what they need
  Table table({{"round"},
               {"idle"},
               {"sent"},
               {"answered"},
               {"idle lost"},
               {"p50 ms"},
               {"p99"},
               {"client cores"},
               {"server cores"}});
  std::vector<double> p50;
  std::vector<double> p99;
  for (int number = 1; number <= options.rounds; ++number) {
    const std::uint64_t seed = options.seed + static_cast<std::uint64_t>(number);
    Round alone = timed(pace, server.program(), seed);
    add(table, number, 0, alone);
    const auto bytes = static_cast<double>(server.resident_bytes());
    const std::size_t files = server.program().open_files();
    Connections idle = open_connections(context, server.port(), options.idle);
    if (number == 1) {  // later the allocator has it already
      const double each = (static_cast<double>(server.resident_bytes()) - bytes) /
                          static_cast<double>(options.idle) / 1024;
      fmt::print("an idle connection: {:.1f} KiB resident; open files {} before, {} with them\n",
                 each, files, server.program().open_files());
    }
    Round beside = timed(pace, server.program(), seed);
    beside.idle_lost = static_cast<std::size_t>(
        std::ranges::count_if(idle, [](const auto& one) { return !one->is_quiet(); }));
    add(table, number, options.idle, beside);
    p50.push_back(to_ms(beside.part(0.5)) / to_ms(alone.part(0.5)));
    p99.push_back(to_ms(beside.part(0.99)) / to_ms(alone.part(0.99)));
  }
  fmt::print("{}with the idle ones over without: p50 {}, p99 {}\n", table.text(), median_text(p50),
             median_text(p99));
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app("Two thousand idle connections beside two hundred that ask");
  app.add_option("--idle", options.idle, "Idle connections");
  app.add_option("--active", options.active, "Connections that ask");
  app.add_option("--rate", options.rate, "Requests a second, of all");
  app.add_option("--seconds", options.seconds, "Of a round");
  app.add_option("--rounds", options.rounds, "Each with and without the idle ones");
  app.add_option("--seed", options.seed, "Of the active ones' phases");
  CLI11_PARSE(app, argc, argv);
  if (const auto raised = raise_open_files_limit(); !raised) {
    fmt::print(stderr, "connections_bench: {}\n", raised.error().message);
  }
  fmt::print("{}, {}\n{} idle, {} active at {} requests a second together, seed {}\n",
             machine_text(), utc_now_text(), options.idle, options.active, options.rate,
             options.seed);
  measure(options);
  return 0;
}

}  // namespace
}  // namespace cnnselect::bench

int main(int argc, char** argv) {
  try {
    return cnnselect::bench::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "connections_bench: {}\n", error.what());
    return 1;
  }
}
