// GrpcCall: one call of ModelInfer whose header leaves at its beginning, and whose message when it
// is told to, so that the server sees an upload that takes time. Its callbacks come on gRPC's
// threads; all else is used on one thread. Private to src/load.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>  // how a message of protobuf is serialized

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "proto/open_inference.pb.h"

namespace cnnselect {

class GrpcCall final
    : public grpc::ClientBidiReactor<inference::ModelInferRequest, inference::ModelInferResponse>,
      public std::enable_shared_from_this<GrpcCall> {
 public:
  explicit GrpcCall(inference::ModelInferRequest message) : message_(std::move(message)) {}

  /// Before begin().
  void add_metadata(const std::string& key, const std::string& value) {
    context_.AddMetadata(key, value);
  }
  /// `ended` is called once, on a thread of gRPC's, after the call has ended. Lives until then.
  void begin(const std::shared_ptr<grpc::Channel>& channel, std::function<void()> ended);
  /// At most once; harmless after the end.
  void send_message();
  /// Ends soon, with or without its message.
  void cancel();

  /// After the end only.
  const grpc::Status& status() const { return status_; }
  const inference::ModelInferResponse& answer() const { return answer_; }

 private:
  void OnDone(const grpc::Status& status) override;
  void let_go();

  grpc::ClientContext context_;
  inference::ModelInferRequest message_;
  inference::ModelInferResponse answer_;
  grpc::Status status_;
  std::function<void()> ended_;
  std::shared_ptr<GrpcCall> self_;  ///< from begin() to the end
  bool held_ = false;               ///< gRPC waits for the message
};

}  // namespace cnnselect
