#include "rpc/infer_reactor.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "api/cancel_link.h"
#include "api/unknown_model.h"
#include "base/clock.h"
#include "base/wall_clock.h"
#include "rpc/call_facts.h"
#include "rpc/infer_message.h"
#include "rpc/infer_request.h"
#include "rpc/messages.h"
#include "rpc/status.h"

namespace cnnselect::rpc {
namespace {

class InferReactor final : public grpc::ServerGenericBidiReactor, public SlowCall {
 public:
  InferReactor(const CallWorld& world, grpc::CallbackServerContext& context)
      : world_(world),
        context_(context),
        first_byte_(world.clock.now()),
        opened_(world.calls.open()),
        admission_(admit(world, context, Operation::kInfer)) {
    if (opened_ && admission_) {
      ticket_ = world_.slow.add(*this, RealClock().now());
      StartRead(&body_);
    } else {
      end(opened_ ? admission_.error() : opened_.error());
    }
  }

  void OnReadDone(bool ok) override {
    if (!world_.slow.arrived(ticket_)) return;
    // Of a message over the limit gRPC itself tells the client, whatever is said here.
    if (!ok) return end({ErrorCode::kInvalidArgument, "the call has no message"});
    auto request = read();
    if (!request) return end(request.error());
    const Status fetched = fetch_shared_inputs(*request, world_.memory);
    if (!fetched) return end(fetched.error());
    wanted_ = request->outputs;
    // The reply may be the last that is heard of this object: the link is held here too.
    const auto link = link_;
    link->connect(world_.api.infer(*std::move(request), [this, link](Result<InferResponse> answer) {
      link->answered();
      reply(std::move(answer));
    }));
  }

  void cut_off() override {
    end({ErrorCode::kTimeout, "the call's message did not arrive in time"});
  }

  void OnCancel() override { link_->gone(); }
  void OnDone() override {
    OpenCalls& calls = world_.calls;
    const bool counted = opened_.has_value();
    delete this;
    if (counted) calls.done();
  }

 private:
  Result<InferRequest> read() {
    const TimePoint last_byte = world_.clock.now();
    auto message = parse_infer_message(body_);
    if (!message) return std::unexpected(message.error());
    auto trace = trace_of(context_, world_.traces, message->model_name());
    if (trace) context_.AddInitialMetadata("traceparent", answer_trace_parent(*trace));
    const auto wrong = [&api = world_.api, named = named_model(*message)](const Error& error) {
      return unknown_model_first(api, named.name, named.version, error);
    };
    auto hints = hints_of(context_);
    if (!hints) return std::unexpected(wrong(hints.error()));
    auto request = read_infer_request(*std::move(message), *std::move(hints));
    if (!request) return std::unexpected(wrong(request.error()));
    request->trace = std::move(trace);
    const auto upload =
        std::chrono::duration_cast<std::chrono::system_clock::duration>(last_byte - first_byte_);
    deadline_as_sla(context_.deadline(), wall_now() - upload, request->hints);
    const ConnectionFacts connection = world_.door.facts(context_.peer());
    request->arrival = {.first_byte = first_byte_,
                        .last_byte = last_byte,
                        .rtt = connection.round_trip,
                        .peer = connection.peer,
                        .key = admission_->key};
    return request;
  }

  void reply(Result<InferResponse> answer) {
    if (!answer) return end(answer.error());
    const Status stored = store_shared_outputs(*answer, wanted_, world_.memory);
    if (!stored) return end(stored.error());
    bool own = false;
    const grpc::Status written =
        grpc::SerializationTraits<inference::ModelInferResponse>::Serialize(infer_message(*answer),
                                                                            &answer_, &own);
    if (!written.ok()) return end({ErrorCode::kInternal, written.error_message()});
    give_back();
    StartWriteAndFinish(&answer_, grpc::WriteOptions(), grpc::Status::OK);
  }

  /// First: a client that has its answer may ask again at once.
  void give_back() {
    if (admission_) admission_->reset();
  }

  void end(const Error& error) {
    for (const auto& [key, value] : trailers_of(error)) context_.AddTrailingMetadata(key, value);
    give_back();
    Finish(status_of(error));
  }

  const CallWorld& world_;
  grpc::CallbackServerContext& context_;
  const TimePoint first_byte_;
  const Status opened_;
  Result<KeyRing::Admission> admission_;
  const std::shared_ptr<CancelLink> link_ = std::make_shared<CancelLink>();
  SlowCalls::Ticket ticket_ = 0;
  std::vector<RequestedOutput> wanted_;
  grpc::ByteBuffer body_;
  grpc::ByteBuffer answer_;
};

}  // namespace

grpc::ServerGenericBidiReactor* start_infer(const CallWorld& world,
                                            grpc::CallbackServerContext& context) {
  return new InferReactor(world, context);
}

}  // namespace cnnselect::rpc
