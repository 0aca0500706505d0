#include "service/infer_call.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "backend/classification.h"
#include "base/shape_text.h"
#include "service/bytes_tensor.h"
#include "service/tensor_shape.h"

namespace cnnselect {
namespace {

std::span<const float> floats(const Tensor& tensor) {
  return {reinterpret_cast<const float*>(tensor.bytes.data()), tensor.bytes.size() / sizeof(float)};
}

Result<ElementType> element_type(const InferInput& input) {
  for (const ElementType type : {ElementType::kFp32, ElementType::kFp16, ElementType::kUint8}) {
    if (input.datatype == to_string(type)) return type;
  }
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("input '{}' has datatype '{}'; allowed: FP32, FP16, UINT8, BYTES",
                          input.name, input.datatype));
}

}  // namespace

InferCall::InferCall(const ServiceContext& context, Target target, RequestTerms terms,
                     InferRequest request, Reply<InferResponse> reply)
    : Call(context, std::move(target), std::move(terms)),
      request_(std::move(request)),
      reply_(std::move(reply)) {}

Cancel InferCall::start(const ServiceContext& context, Target target, RequestTerms terms,
                        InferRequest request, Reply<InferResponse> reply) {
  auto call = std::make_shared<InferCall>(context, std::move(target), std::move(terms),
                                          std::move(request), std::move(reply));
  const Status started = [&]() -> Status {
    auto first = context.models.specs(call->target_.members.front());
    if (!first) return std::unexpected(first.error());
    call->first_ = std::move(*first);
    if (const Status named = call->check_names(); !named) return named;
    const InferInput& input = call->request_.inputs.front();
    return input.datatype == "BYTES" ? call->start_photos(input) : call->start_tensor(input);
  }();
  if (!started) {
    context.books.failed(call->facts(), started.error());
    call->reply_(std::unexpected(started.error()));
    return [] {};
  }
  return [call = std::move(call)] { call->flight_.cancel(); };
}

Status InferCall::check_names() const {
  const std::string& input = first_->input.name;
  if (request_.inputs.size() != 1) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("expected 1 inputs but got {} inputs for model '{}'; its input is '{}'",
                            request_.inputs.size(), request_.model, input));
  }
  if (request_.inputs.front().name != input) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("unexpected inference input '{}' for model '{}'; its input is '{}'",
                            request_.inputs.front().name, request_.model, input));
  }
  for (const RequestedOutput& output : request_.outputs) {
    if (output.name != first_output().name) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("unexpected inference output '{}' for model '{}'; its output is '{}'",
                              output.name, request_.model, first_output().name));
    }
  }
  const auto& shape = request_.inputs.front().shape;
  if (shape.empty() || shape.front() < 1 || shape.front() > context_.options.max_batch) {
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("input '{}' has shape {}; its first dimension, the batch, must be 1..{}", input,
                    shape_text(shape), context_.options.max_batch));
  }
  return {};
}

Status InferCall::start_tensor(const InferInput& input) {
  const auto type = element_type(input);
  if (!type) return std::unexpected(type.error());
  std::vector<ModelId> candidates;
  for (const ModelId id : target_.members) {
    const auto specs = context_.models.specs(id);
    if (specs && takes((*specs)->input, *type, input.shape)) candidates.push_back(id);
  }
  if (candidates.empty()) return refuse_shape(input);
  auto image_shape = input.shape;
  const auto images = static_cast<std::size_t>(image_shape.front());
  image_shape.front() = 1;
  const std::size_t image_bytes = input.bytes.size() / images;
  parts_.resize(images);
  unfinished_ = images;
  for (std::size_t part = 0; part < images; ++part) {
    submit(part, candidates,
           std::make_unique<TensorSource>(*type, image_shape,
                                          input.bytes.subspan(part * image_bytes, image_bytes),
                                          shared_from_this()));
  }
  return {};
}

Status InferCall::refuse_shape(const InferInput& input) const {
  std::set<std::string> allowed;
  for (const ModelId id : target_.members) {
    const auto specs = context_.models.specs(id);
    if (!specs) continue;
    const TensorSpec& spec = (*specs)->input;
    allowed.insert(fmt::format("{} {}", to_string(spec.type), shape_text(spec.shape)));
  }
  return fail(
      ErrorCode::kInvalidArgument,
      fmt::format("input '{}' is {} {}; model '{}' takes {}, or BYTES [-1] of encoded photos",
                  input.name, input.datatype, shape_text(input.shape), request_.model,
                  fmt::join(allowed, " or ")));
}

Status InferCall::start_photos(const InferInput& input) {
  const bool one_per_image =
      std::all_of(input.shape.begin() + 1, input.shape.end(), [](auto d) { return d == 1; });
  if (!one_per_image) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("input '{}' is BYTES {}; encoded photos come as [N] or [N,1]",
                            input.name, shape_text(input.shape)));
  }
  const auto photos = split_bytes_tensor(input.bytes, static_cast<std::size_t>(input.shape[0]));
  if (!photos) return std::unexpected(photos.error().within(input.name));
  parts_.resize(photos->size());
  unfinished_ = photos->size();
  for (std::size_t part = 0; part < photos->size(); ++part) {
    const auto encoded = (*photos)[part];
    const Status posted = context_.decoders.post(
        [self = shared_from_this(), part, encoded] { self->decode_photo(part, encoded); });
    if (!posted) finish(part, std::unexpected(posted.error()));
  }
  return {};
}

void InferCall::decode_photo(std::size_t part, std::span<const std::byte> encoded) {
  auto photo = decode(encoded);
  if (!photo) return finish(part, std::unexpected(photo.error()));
  submit(part, target_.members, std::move(*photo));
}

void InferCall::submit(std::size_t part, std::vector<ModelId> candidates,
                       std::unique_ptr<InputSource> input) {
  flight_.submit({.candidates = std::move(candidates), .terms = terms_, .input = std::move(input)},
                 [self = shared_from_this(), part](Result<Answer> answer) {
                   self->finish(part, std::move(answer));
                 });
}

void InferCall::finish(std::size_t part, Result<Answer> answer) {
  // Each part is written by one thread; the last to count down sees them all.
  parts_[part] = std::move(answer);
  if (!*parts_[part] && !failed_.exchange(true)) {
    first_failed_ = part;
    flight_.cancel();  // no answer of the others' will be told
  }
  if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) reply();
}

void InferCall::reply() {
  const TimePoint ready = context_.clock.now();
  auto response = word(ready);
  if (!response) {
    context_.books.failed(facts(), response.error());
  } else {
    std::vector<const Answer*> answers;
    for (const auto& part : parts_) answers.push_back(&part->value());
    context_.books.answered(facts(), answers,
                            {.input = terms_.timing.input,
                             .decode = Duration::zero(),
                             .server = ready - terms_.timing.received},
                            in_time(ready));
  }
  reply_(std::move(response));
}

RequestFacts InferCall::facts() const {
  RequestFacts facts = facts_of(request_, request_.model, "infer");
  facts.images = std::max<std::size_t>(parts_.size(), 1);
  return facts;
}

Result<InferResponse> InferCall::word(TimePoint ready) const {
  if (failed_) {
    const Error& error = parts_[first_failed_]->error();
    if (parts_.size() == 1) return std::unexpected(error);
    return std::unexpected(error.within(fmt::format("image {}", first_failed_)));
  }
  const std::string ran = target_.is_family ? "1" : std::to_string((*parts_.front())->version);
  if (!request_.version.empty() && request_.version != ran) {
    return fail(ErrorCode::kNotFound,
                fmt::format("model '{}' has no version '{}' any more; it has: {}", request_.model,
                            request_.version, ran));
  }
  InferResponse response{.model = request_.model,
                         .version = ran,
                         .id = request_.id,
                         .parameters = explain(ready),
                         .outputs = {}};
  auto wanted = request_.outputs;
  if (wanted.empty()) {
    wanted.push_back({.name = first_output().name, .binary = request_.binary_by_default});
  }
  for (const auto& one : wanted) {
    auto output = word_output(one);
    if (!output) return std::unexpected(output.error());
    response.outputs.push_back(std::move(*output));
  }
  return response;
}

Parameters InferCall::explain(TimePoint ready) const {
  std::vector<std::string> models;
  const Answer* slowest = nullptr;
  Duration queued{};
  for (const auto& part : parts_) {
    const Answer& answer = **part;
    models.push_back(context_.catalog.model(answer.model).member.name);
    queued = std::max(queued, answer.queued);
    if (slowest == nullptr || answer.finished > slowest->finished) slowest = &answer;
  }
  // One name when all images met the same model, else one per image in order.
  if (std::ranges::all_of(models, [&](const auto& name) { return name == models.front(); })) {
    models.resize(1);
  }
  Parameters parameters{{"model", fmt::format("{}", fmt::join(models, ","))},
                        {"reason", std::string(to_string(slowest->reason))},
                        {"probability", slowest->probability},
                        {"t_input_ms", to_ms(terms_.timing.input)},
                        {"t_queue_ms", to_ms(queued)},
                        {"t_infer_ms", to_ms(slowest->prepare + slowest->infer)},
                        {"t_server_ms", to_ms(ready - terms_.timing.received)}};
  if (terms_.has_sla()) {
    parameters["sla_ms"] = to_ms(terms_.timing.sla);
    parameters["budget_ms"] = to_ms(slowest->budget.soft);
    parameters["in_time"] = *in_time(ready);
  }
  return parameters;
}

Result<InferOutput> InferCall::word_output(const RequestedOutput& wanted) const {
  const auto images = static_cast<std::int64_t>(parts_.size());
  InferOutput output{.name = wanted.name,
                     .datatype = "FP32",
                     .shape = {images},
                     .bytes = {},
                     .binary = wanted.binary};
  if (wanted.classification == 0) {
    const auto& shape = (*parts_.front())->output.shape;
    output.shape.insert(output.shape.end(), shape.begin() + 1, shape.end());
    for (const auto& part : parts_) {
      const auto& bytes = (*part)->output.bytes;
      output.bytes.insert(output.bytes.end(), bytes.begin(), bytes.end());
    }
    return output;
  }
  output.datatype = "BYTES";
  const auto& labels = context_.catalog.family(target_.family).labels;
  const int classes = std::min(wanted.classification, static_cast<int>(labels.size()));
  output.shape.push_back(classes);
  for (const auto& part : parts_) {
    const auto values = floats((*part)->output);
    // Ranked as logits: the order of the values themselves, whatever they stand for.
    const auto ranked = rank((*part)->output, OutputKind::kLogits, labels.size(),
                             static_cast<std::size_t>(classes));
    if (!ranked) return std::unexpected(ranked.error());
    for (const RankedClass& best : *ranked) {
      append_bytes_element(output.bytes, fmt::format("{}:{}:{}", values[best.index], best.index,
                                                     labels[best.index]));
    }
  }
  return output;
}

}  // namespace cnnselect
