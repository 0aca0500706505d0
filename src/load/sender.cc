#include "load/sender.h"

#include <fmt/format.h>

#include <boost/asio.hpp>
#include <exception>
#include <memory>
#include <optional>

#include "load/carrier.h"

namespace cnnselect {
namespace {

namespace asio = boost::asio;

constexpr Duration kWatchInterval = std::chrono::milliseconds(50);

std::unique_ptr<Carrier> carrier_of(asio::io_context& context, const Dialer& dialer,
                                    const SendOptions& options, const Clock& clock) {
  return dialer.server().protocol == WireProtocol::kGrpc
             ? grpc_carrier(context, dialer, options, clock)
             : http_carrier(context, dialer, options, clock);
}

class Sending {
 public:
  Sending(Dialer dialer, const std::vector<ShapedRequest>& requests, const SendOptions& options,
          const Clock& clock, const std::function<void(std::size_t, ShapedOutcome)>& done)
      : dialer_(std::move(dialer)),
        requests_(requests),
        options_(options),
        clock_(clock),
        done_(done),
        carrier_(carrier_of(context_, dialer_, options, clock)) {}

  Status check(const std::string& family) { return run_to_end(carrier_->check(family)); }

  Status run() {
    if (requests_.empty()) return {};
    if (carrier_->wants_check()) {
      if (const Status there = check(requests_.front().target); !there) return there;
    }
    start_ = clock_.now();
    asio::co_spawn(context_, dispatch(), asio::detached);
    while (!context_.stopped()) {
      context_.run_for(kWatchInterval);
      if (options_.interrupted && options_.interrupted()) context_.stop();
    }
    return {};
  }

 private:
  Status run_to_end(asio::awaitable<Status> work) {
    std::optional<Status> result;
    asio::co_spawn(context_, std::move(work), [&](const std::exception_ptr& thrown, Status status) {
      result = thrown ? std::unexpected(failure(thrown)) : std::move(status);
    });
    context_.run();
    context_.restart();
    return *std::move(result);
  }

  Error failure(const std::exception_ptr& thrown) const {
    try {
      std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& error) {
      return dialer_.failure(error.code());
    }
  }

  // Starts each request at its time, so that only those under way hold resources.
  asio::awaitable<void> dispatch() {
    asio::steady_timer timer(context_);
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      timer.expires_at(start_ + requests_[i].send_at);
      co_await timer.async_wait(asio::use_awaitable);
      asio::co_spawn(context_, send(i), asio::detached);
    }
  }

  asio::awaitable<void> send(std::size_t index) {
    const ShapedRequest& request = requests_[index];
    const TimePoint intended = start_ + request.send_at;
    ShapedOutcome outcome{.body = fail(ErrorCode::kUnavailable, "not sent")};
    if (request.network.input == kForever || request.network.output == kForever) {
      outcome.body = fail(ErrorCode::kUnavailable, "the network has no capacity");
    } else if (under_way_ >= options_.most_under_way) {
      outcome.body = fail(ErrorCode::kUnavailable,
                          fmt::format("not sent: {} requests are under way", under_way_));
    } else {
      ++under_way_;
      try {
        outcome.body = co_await carrier_->carry(request, intended, outcome.late);
        asio::steady_timer way_back(context_, request.network.output);
        co_await way_back.async_wait(asio::use_awaitable);
      } catch (const boost::system::system_error&) {
        outcome.body = std::unexpected(failure(std::current_exception()));
      }
      --under_way_;
    }
    outcome.latency = clock_.now() - intended;
    done_(index, std::move(outcome));
  }

  const Dialer dialer_;
  const std::vector<ShapedRequest>& requests_;
  const SendOptions& options_;
  const Clock& clock_;
  const std::function<void(std::size_t, ShapedOutcome)>& done_;
  asio::io_context context_{1};
  std::unique_ptr<Carrier> carrier_;  // goes first: its connections are the context's
  TimePoint start_;
  std::size_t under_way_ = 0;
};

}  // namespace

Status check_server(const ServerUrl& server, const std::string& family, const SendOptions& options,
                    const Clock& clock) {
  auto dialer = Dialer::find(server, options.trust, options.patience);
  if (!dialer) return std::unexpected(dialer.error());
  return Sending(*std::move(dialer), {}, options, clock, {}).check(family);
}

Status send_shaped(const ServerUrl& server, const std::vector<ShapedRequest>& requests,
                   const SendOptions& options, const Clock& clock,
                   const std::function<void(std::size_t, ShapedOutcome)>& done) {
  auto dialer = Dialer::find(server, options.trust, options.patience);
  if (!dialer) return std::unexpected(dialer.error());
  return Sending(*std::move(dialer), requests, options, clock, done).run();
}

}  // namespace cnnselect
