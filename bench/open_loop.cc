#include "bench/open_loop.h"

#include <sys/resource.h>

#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <memory>
#include <random>

#include "bench/timing.h"

namespace cnnselect::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

struct LoopConnection {
  explicit LoopConnection(asio::io_context& context) : socket(context) {}
  void close() {
    boost::system::error_code ignored;
    ignored = socket.close(ignored);
  }
  tcp::socket socket;
  boost::beast::flat_buffer buffer;
};

class OpenLoop {
 public:
  OpenLoop(std::uint16_t port, const std::vector<std::string>& requests,
           const std::vector<Shot>& plan, Duration patience)
      : server_(asio::ip::address_v4::loopback(), port),
        requests_(requests),
        plan_(plan),
        patience_(patience),
        fates_(plan.size()) {}

  std::vector<Fate> run(const std::function<void()>& each_second) {
    start_ = Clock::now();
    asio::co_spawn(context_, dispatch(), asio::detached);
    while (!context_.stopped()) {
      context_.run_for(std::chrono::seconds(1));
      if (each_second) each_second();
    }
    return std::move(fates_);
  }

 private:
  asio::awaitable<void> dispatch() {
    asio::steady_timer timer(context_);
    for (std::size_t i = 0; i < plan_.size(); ++i) {
      timer.expires_at(start_ + plan_[i].send_at);
      co_await timer.async_wait(kAsTuple);
      asio::co_spawn(context_, send(i), asio::detached);
    }
  }

  asio::awaitable<void> send(std::size_t index) {
    const Shot& shot = plan_[index];
    Fate& fate = fates_[index];
    const auto connection = take();
    if (!connection->socket.is_open()) {
      const auto [refused] = co_await connection->socket.async_connect(server_, kAsTuple);
      if (refused) co_return;
      connection->socket.set_option(tcp::no_delay(true));
    }
    const Clock::time_point intended = start_ + shot.send_at;
    fate.late = Clock::now() - intended;
    const std::string& request = requests_[index % requests_.size()];
    const auto [unsent, size] =
        co_await asio::async_write(connection->socket, asio::buffer(request), kAsTuple);
    if (unsent) co_return;
    asio::steady_timer timer(context_, shot.leave_after.value_or(patience_));
    timer.async_wait([&fate, connection, leaves = shot.leave_after.has_value()](auto cancelled) {
      if (cancelled || fate.status != 0) return;  // answered, and the connection is another's
      fate.left = leaves;
      connection->close();
    });
    http::response<http::string_body> response;
    const auto [broken, read] =
        co_await http::async_read(connection->socket, connection->buffer, response, kAsTuple);
    timer.cancel();
    if (broken || fate.left) co_return;
    fate.latency = Clock::now() - intended;
    fate.status = static_cast<int>(response.result_int());
    if (response.keep_alive() && connection->socket.is_open()) idle_.push_back(connection);
  }

  std::shared_ptr<LoopConnection> take() {
    if (idle_.empty()) return std::make_shared<LoopConnection>(context_);
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }

  asio::io_context context_{1};
  const tcp::endpoint server_;
  const std::vector<std::string>& requests_;
  const std::vector<Shot>& plan_;
  const Duration patience_;
  std::vector<std::shared_ptr<LoopConnection>> idle_;
  std::vector<Fate> fates_;
  Clock::time_point start_;
};

}  // namespace

std::vector<Shot> poisson_plan(double per_second, Duration length, double leaving,
                               Duration leave_within, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::exponential_distribution<double> gap_seconds(per_second);
  std::bernoulli_distribution leaves(leaving);
  std::uniform_real_distribution<double> part(0, 1);
  const auto after = [&] {
    return std::chrono::ceil<Duration>(std::chrono::duration<double>(gap_seconds(random)));
  };
  std::vector<Shot> plan;
  for (Duration at = after(); at < length; at += after()) {
    plan.push_back({.send_at = at});
    if (leaves(random)) {
      plan.back().leave_after = std::chrono::ceil<Duration>(leave_within * part(random));
    }
  }
  return plan;
}

std::vector<Fate> fire(std::uint16_t port, const std::vector<std::string>& requests,
                       const std::vector<Shot>& plan, Duration patience,
                       const std::function<void()>& each_second) {
  return OpenLoop(port, requests, plan, patience).run(each_second);
}

Duration own_processor_time() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return std::chrono::seconds(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         std::chrono::microseconds(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

}  // namespace cnnselect::bench
