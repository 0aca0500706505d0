#include "load/grpc_call.h"

namespace cnnselect {
namespace {

using Stub =
    grpc::TemplatedGenericStub<inference::ModelInferRequest, inference::ModelInferResponse>;

}  // namespace

void GrpcCall::begin(const std::shared_ptr<grpc::Channel>& channel, std::function<void()> ended) {
  ended_ = std::move(ended);
  self_ = shared_from_this();
  // As a stream, for only its header can be sent alone; on the wire it is the same.
  Stub(channel).PrepareBidiStreamingCall(&context_, "/inference.GRPCInferenceService/ModelInfer",
                                         grpc::StubOptions(), this);
  AddHold();
  held_ = true;
  StartRead(&answer_);
  StartCall();
}

void GrpcCall::send_message() {
  StartWriteLast(&message_, grpc::WriteOptions());
  let_go();
}

void GrpcCall::cancel() {
  context_.TryCancel();
  let_go();
}

void GrpcCall::let_go() {
  if (std::exchange(held_, false)) RemoveHold();
}

void GrpcCall::OnDone(const grpc::Status& status) {
  status_ = status;
  const auto self = std::move(self_);
  ended_();
}

}  // namespace cnnselect
