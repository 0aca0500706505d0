#include <fmt/format.h>
#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <array>
#include <boost/asio.hpp>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/mutex.h"
#include "base/text.h"
#include "load/carrier.h"
#include "load/grpc_call.h"
#include "load/grpc_messages.h"
#include "model/text_file.h"
#include "proto/open_inference.grpc.pb.h"

namespace cnnselect {
namespace {

namespace asio = boost::asio;

/// What fails is told by the call itself.
void log_quietly(gpr_log_func_args* line) { spdlog::debug("gRPC: {}", line->message); }

/// "NOT_FOUND" of 5.
std::string_view name_of(grpc::StatusCode code) {
  constexpr std::array<std::string_view, 17> kNames = {"OK",
                                                       "CANCELLED",
                                                       "UNKNOWN",
                                                       "INVALID_ARGUMENT",
                                                       "DEADLINE_EXCEEDED",
                                                       "NOT_FOUND",
                                                       "ALREADY_EXISTS",
                                                       "PERMISSION_DENIED",
                                                       "RESOURCE_EXHAUSTED",
                                                       "FAILED_PRECONDITION",
                                                       "ABORTED",
                                                       "OUT_OF_RANGE",
                                                       "UNIMPLEMENTED",
                                                       "INTERNAL",
                                                       "UNAVAILABLE",
                                                       "DATA_LOSS",
                                                       "UNAUTHENTICATED"};
  return kNames.at(static_cast<std::size_t>(code));
}

ErrorCode code_of_call(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::UNAUTHENTICATED:
      return ErrorCode::kUnauthenticated;
    case grpc::StatusCode::UNAVAILABLE:
      return ErrorCode::kUnavailable;
    case grpc::StatusCode::NOT_FOUND:
      return ErrorCode::kNotFound;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return ErrorCode::kTooMany;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return ErrorCode::kTooLate;
    case grpc::StatusCode::INTERNAL:
      return ErrorCode::kInternal;
    default:
      return ErrorCode::kInvalidArgument;
  }
}

Error error_of(const grpc::Status& status) {
  const ErrorCode code = code_of_call(status.error_code());
  return {code, fmt::format("{}: {}", name_of(status.error_code()), status.error_message())};
}

/// What gRPC wants as text, of files that have been found good.
Result<std::shared_ptr<grpc::ChannelCredentials>> credentials_of(const Dialer& dialer,
                                                                 const TlsTrust& trust) {
  if (!dialer.tls()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions texts;
  const auto read = [](const std::filesystem::path& file, std::string& text) -> Status {
    if (file.empty()) return {};
    auto content = read_text_file("PEM file", file);
    if (!content) return std::unexpected(content.error());
    text = *std::move(content);
    return {};
  };
  Status done = read(trust.authorities, texts.pem_root_certs);
  if (done) done = read(trust.certificate, texts.pem_cert_chain);
  if (done) done = read(trust.key, texts.pem_private_key);
  if (!done) return std::unexpected(done.error());
  return grpc::SslCredentials(texts);
}

/// How many calls have begun and not ended.
class OpenCalls {
 public:
  void add() CNNSELECT_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    ++count_;
  }
  void remove() CNNSELECT_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    --count_;
    changed_.notify_all();
  }
  void wait_for_none() CNNSELECT_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    while (count_ > 0) changed_.wait(mutex_);
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  int count_ CNNSELECT_GUARDED_BY(mutex_) = 0;
};

class GrpcCarrier final : public Carrier {
 public:
  GrpcCarrier(asio::io_context& context, const Dialer& dialer, const SendOptions& options,
              const Clock& clock)
      : context_(context), dialer_(dialer), options_(options), clock_(clock) {}

  ~GrpcCarrier() override {
    for (const auto& call : under_way_) call->cancel();
    open_.wait_for_none();
  }
  GrpcCarrier(const GrpcCarrier&) = delete;
  GrpcCarrier& operator=(const GrpcCarrier&) = delete;

  asio::awaitable<Status> check(const std::string& family) override {
    Status learnt = learn(family);
    if (learnt || learnt.error().code != ErrorCode::kUnavailable) co_return learnt;
    // A connection that could not be made is tried by hand: gRPC says less of why.
    const Status tried = co_await dialer_.attempt(context_.get_executor(), clock_.now());
    co_return tried ? learnt : tried;
  }

  bool wants_check() const override { return true; }  // for the names of the tensors

  asio::awaitable<Result<std::string>> carry(const ShapedRequest& request, TimePoint intended,
                                             Duration& late) override {
    auto channel = take_channel();
    auto call = std::make_shared<GrpcCall>(photo_message(request.target, names_, request.body));
    for (const auto& [key, value] : metadata_of(request.headers)) call->add_metadata(key, value);
    if (options_.headers_now) {
      for (const auto& [key, value] : options_.headers_now()) call->add_metadata(key, value);
    }
    late = clock_.now() - intended;
    const bool in_time = co_await finish(call, channel, request, intended);
    if (!in_time) {
      co_return std::unexpected(dialer_.failure(boost::beast::error::timeout));
    }
    const grpc::Status& status = call->status();
    // A channel that could not connect tries again only after a while.
    if (status.error_code() != grpc::StatusCode::UNAVAILABLE) idle_.push_back(std::move(channel));
    if (!status.ok()) co_return std::unexpected(error_of(status));
    co_return photo_answer(call->answer());
  }

 private:
  /// From the beginning of the call to its end; whether that came in time.
  asio::awaitable<bool> finish(std::shared_ptr<GrpcCall> call,
                               const std::shared_ptr<grpc::Channel>& channel,
                               const ShapedRequest& request, TimePoint intended) {
    // Shared with what gRPC's thread leaves for this one.
    struct End {
      explicit End(asio::io_context& context) : bell(context) {}
      asio::steady_timer bell;
      bool come = false;
    };
    const auto end = std::make_shared<End>(context_);
    open_.add();
    under_way_.insert(call);
    call->begin(channel, [this, end] {
      asio::post(context_, [end] {
        end->come = true;
        end->bell.cancel();
      });
      open_.remove();
    });
    co_await wait(*end, intended + request.network.input);
    if (!end->come) call->send_message();
    co_await wait(*end, intended + options_.patience);
    const bool in_time = end->come;
    if (!in_time) call->cancel();
    co_await wait(*end, TimePoint::max());
    under_way_.erase(call);
    co_return in_time;
  }

  /// Until the end, but no longer than `until`.
  static asio::awaitable<void> wait(auto& end, TimePoint until) {
    if (end.come) co_return;
    end.bell.expires_at(until);
    co_await end.bell.async_wait(asio::as_tuple(asio::use_awaitable));
  }

  /// The names of the family's tensors. Blocks; nothing else is under way yet.
  Status learn(const std::string& family) {
    auto credentials = credentials_of(dialer_, options_.trust);
    if (!credentials) return std::unexpected(credentials.error());
    credentials_ = *std::move(credentials);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + options_.patience);
    for (const auto& [key, value] : metadata_of({})) context.AddMetadata(key, value);
    inference::ModelMetadataRequest question;
    question.set_name(family);
    inference::ModelMetadataResponse metadata;
    auto channel = channel_to_server();
    const auto stub = inference::GRPCInferenceService::NewStub(channel);
    const grpc::Status asked = stub->ModelMetadata(&context, question, &metadata);
    if (!asked.ok()) {
      Error error = error_of(asked).within("server " + authority_of(dialer_.server()));
      const bool silent = error.code == ErrorCode::kUnavailable && !dialer_.tls();
      if (silent) error.message += "; if it speaks TLS, say grpcs://";
      return std::unexpected(error);
    }
    idle_.push_back(std::move(channel));
    auto names = tensor_names(metadata);
    if (!names) return std::unexpected(names.error());
    names_ = *std::move(names);
    return {};
  }

  TextPairs metadata_of(const TextPairs& headers) const {
    TextPairs pairs;
    if (!options_.api_key.empty())
      pairs.emplace_back("authorization", "Bearer " + options_.api_key);
    pairs.insert(pairs.end(), headers.begin(), headers.end());
    return pairs;
  }

  std::shared_ptr<grpc::Channel> take_channel() {
    if (idle_.empty()) return channel_to_server();
    auto channel = std::move(idle_.back());
    idle_.pop_back();
    return channel;
  }

  /// With a connection of its own, as each phone has.
  std::shared_ptr<grpc::Channel> channel_to_server() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    if (dialer_.tls()) arguments.SetSslTargetNameOverride(dialer_.name());
    return grpc::CreateCustomChannel("dns:///" + authority_of(dialer_.server()), credentials_,
                                     arguments);
  }

  asio::io_context& context_;
  const Dialer& dialer_;
  const SendOptions& options_;
  const Clock& clock_;
  std::shared_ptr<grpc::ChannelCredentials> credentials_;
  TensorNames names_;
  std::vector<std::shared_ptr<grpc::Channel>> idle_;
  std::set<std::shared_ptr<GrpcCall>> under_way_;
  OpenCalls open_;
};

}  // namespace

std::unique_ptr<Carrier> grpc_carrier(asio::io_context& context, const Dialer& dialer,
                                      const SendOptions& options, const Clock& clock) {
  static std::once_flag once;
  std::call_once(once, [] { gpr_set_log_function(log_quietly); });
  return std::make_unique<GrpcCarrier>(context, dialer, options, clock);
}

}  // namespace cnnselect
