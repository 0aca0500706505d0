#include "service/decode_pool.h"

#include <fmt/format.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>

#include "base/log.h"

namespace cnnselect {

struct DecodePool::State {
  State(int count, std::size_t max) : max_jobs(max), threads(static_cast<std::size_t>(count)) {}

  const std::size_t max_jobs;
  std::atomic<std::size_t> jobs = 0;
  boost::asio::thread_pool threads;
};

DecodePool::DecodePool(int threads, std::size_t max_jobs)
    : state_(std::make_unique<State>(threads, max_jobs)) {}

DecodePool::~DecodePool() { state_->threads.join(); }

Status DecodePool::post(std::move_only_function<void()> job) {
  if (state_->jobs.fetch_add(1) >= state_->max_jobs) {
    state_->jobs.fetch_sub(1);
    return fail(
        ErrorCode::kUnavailable,
        fmt::format("Exceeds maximum queue size of {} photos being decoded", state_->max_jobs));
  }
  boost::asio::post(state_->threads, [state = state_.get(), job = std::move(job)]() mutable {
    // Jobs do not throw by contract; a worker must survive one that does.
    try {
      job();
    } catch (const std::exception& error) {
      spdlog::error("a photo was given up: {}", error.what());
    }
    job = nullptr;
    state->jobs.fetch_sub(1);
  });
  return {};
}

}  // namespace cnnselect
