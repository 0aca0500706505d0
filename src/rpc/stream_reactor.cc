#include "rpc/stream_reactor.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/cancel_link.h"
#include "api/unknown_model.h"
#include "base/mutex.h"
#include "json/readable.h"
#include "rpc/call_facts.h"
#include "rpc/infer_message.h"
#include "rpc/infer_request.h"
#include "rpc/messages.h"
#include "rpc/status.h"

namespace cnnselect::rpc {
namespace {

using inference::ModelStreamInferResponse;

/// A request of the stream, until its answer is on its way.
struct Pending {
  std::string id;
  NamedModel model;
  CancelLink link;
  std::optional<ModelStreamInferResponse> answer;
  KeyRing::Admission admission;
  bool counts = false;  ///< as one of CallWorld::calls, until the answer is written
};

class Stream final : public grpc::ServerGenericBidiReactor {
 public:
  Stream(const CallWorld& world, const grpc::CallbackServerContext& context)
      : world_(world), context_(context), hints_(hints_of(context)) {
    // Before anything is read; each request is let in by itself then.
    const Status known = check_key(world, context, Operation::kStreamInfer);
    if (known && hints_) {
      StartRead(&read_);
    } else {
      Finish(status_of(known ? hints_.error() : known.error()));
    }
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      return after([this]() CNNSELECT_REQUIRES(mutex_) { all_read_ = true; });
    }
    const auto pending = std::make_shared<Pending>();
    {
      const MutexLock lock(mutex_);
      pending_.push_back(pending);
    }
    hand_in(pending);
    after([this]() CNNSELECT_REQUIRES(mutex_) { reading_ = false; });
  }

  // What cannot be written is dropped: the client has gone.
  void OnWriteDone(bool /*ok*/) override {
    bool counted = false;
    {
      const MutexLock lock(mutex_);
      counted = std::exchange(written_counts_, false);
    }
    if (counted) world_.calls.done();
    after([this]() CNNSELECT_REQUIRES(mutex_) { writing_ = false; });
  }

  void OnCancel() override {
    std::deque<std::shared_ptr<Pending>> pending;
    {
      const MutexLock lock(mutex_);
      cancelled_ = true;
      pending = pending_;
    }
    for (const auto& one : pending) one->link.gone();
  }

  void OnDone() override { delete this; }

 private:
  /// What to start next. At most one of them ends the stream, and then it is alone.
  struct Steps {
    bool write = false;
    bool read = false;
    bool finish = false;
  };

  void hand_in(const std::shared_ptr<Pending>& pending) {
    auto message = parse_infer_message(read_);
    if (message) {
      pending->id = message->id();
      pending->model = named_model(*message);
    }
    const Status opened = world_.calls.open();
    if (!opened) return refuse(pending, opened.error());
    pending->counts = true;
    auto admission = admit(world_, context_, Operation::kStreamInfer);
    if (!admission) return refuse(pending, admission.error());
    pending->admission = *std::move(admission);
    if (!message) return refuse(pending, message.error());
    // Each is a span of the stream's trace; there is no answer of its own to tell the client in.
    auto trace = trace_of(context_, world_.traces, message->model_name());
    auto request = read_infer_request(*std::move(message), *hints_);
    if (!request) {
      const NamedModel& model = pending->model;
      return refuse(pending,
                    unknown_model_first(world_.api, model.name, model.version, request.error()));
    }
    const Status fetched = fetch_shared_inputs(*request, world_.memory);
    if (!fetched) return refuse(pending, fetched.error());
    const TimePoint now = world_.clock.now();
    const ConnectionFacts connection = world_.door.facts(context_.peer());
    request->arrival = {.first_byte = now,
                        .last_byte = now,
                        .rtt = connection.round_trip,
                        .peer = connection.peer,
                        .key = pending->admission.key};
    request->trace = std::move(trace);
    if (cancelled()) pending->link.gone();
    auto wanted = request->outputs;
    pending->link.connect(world_.api.infer(
        *std::move(request),
        [this, pending, wanted = std::move(wanted)](Result<InferResponse> response) mutable {
          pending->link.answered();
          if (response) {
            const Status stored = store_shared_outputs(*response, wanted, world_.memory);
            if (!stored) response = std::unexpected(stored.error());
          }
          if (!response) return refuse(pending, response.error());
          ModelStreamInferResponse reply;
          *reply.mutable_infer_response() = infer_message(*response);
          answer(pending, std::move(reply));
        }));
  }

  static grpc::ByteBuffer bytes_of(const ModelStreamInferResponse& message) {
    grpc::ByteBuffer bytes;
    bool own = false;
    // Fails for messages over 2 GiB only, and the client is told of an empty one.
    (void)grpc::SerializationTraits<ModelStreamInferResponse>::Serialize(message, &bytes, &own);
    return bytes;
  }

  void refuse(const std::shared_ptr<Pending>& pending, const Error& error) {
    ModelStreamInferResponse message;
    message.set_error_message(readable(error.message));
    auto& answered = *message.mutable_infer_response();
    answered.set_id(pending->id);
    answered.set_model_name(pending->model.name);
    answered.set_model_version(pending->model.version);
    answer(pending, std::move(message));
  }

  void answer(const std::shared_ptr<Pending>& pending, ModelStreamInferResponse message) {
    // As Triton says it in every answer: a model gives one here, so there is never an empty one
    // behind it.
    auto& parameters = *message.mutable_infer_response()->mutable_parameters();
    parameters["triton_final_response"].set_bool_param(true);
    pending->admission.reset();  // first: a client that has its answer may ask again at once
    after([&]() CNNSELECT_REQUIRES(mutex_) { pending->answer = std::move(message); });
  }

  bool cancelled() const CNNSELECT_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return cancelled_;
  }

  /// Notes what happened and starts what can be done now. Both under one lock: as soon as another
  /// thread knows of the last answer the stream may end, and this object with it.
  template <class Happened>
  void after(Happened happened) CNNSELECT_EXCLUDES(mutex_) {
    Steps steps;
    {
      const MutexLock lock(mutex_);
      happened();
      steps = next_steps();
    }
    // Nothing is touched after the last start.
    if (steps.write) StartWrite(&written_);
    if (steps.read) StartRead(&read_);
    if (steps.finish) Finish(grpc::Status::OK);
  }

  Steps next_steps() CNNSELECT_REQUIRES(mutex_) {
    Steps steps;
    if (!writing_ && !pending_.empty() && pending_.front()->answer) {
      written_ = bytes_of(*pending_.front()->answer);
      written_counts_ = pending_.front()->counts;
      pending_.pop_front();
      steps.write = writing_ = true;
    }
    if (!reading_ && !all_read_ && pending_.size() < kMaxUnansweredInStream) {
      steps.read = reading_ = true;
    }
    if (all_read_ && !writing_ && pending_.empty() && !finished_) {
      steps.finish = finished_ = true;
    }
    return steps;
  }

  const CallWorld& world_;
  const grpc::CallbackServerContext& context_;  ///< as long as the stream
  const Result<RequestHints> hints_;
  grpc::ByteBuffer read_;     ///< gRPC's while reading_
  grpc::ByteBuffer written_;  ///< gRPC's while writing_

  mutable Mutex mutex_;
  std::deque<std::shared_ptr<Pending>> pending_ CNNSELECT_GUARDED_BY(mutex_);
  bool reading_ CNNSELECT_GUARDED_BY(mutex_) = true;
  bool all_read_ CNNSELECT_GUARDED_BY(mutex_) = false;
  bool writing_ CNNSELECT_GUARDED_BY(mutex_) = false;
  bool written_counts_ CNNSELECT_GUARDED_BY(mutex_) = false;
  bool cancelled_ CNNSELECT_GUARDED_BY(mutex_) = false;
  bool finished_ CNNSELECT_GUARDED_BY(mutex_) = false;
};

}  // namespace

grpc::ServerGenericBidiReactor* start_stream(const CallWorld& world,
                                             const grpc::CallbackServerContext& context) {
  return new Stream(world, context);
}

}  // namespace cnnselect::rpc
