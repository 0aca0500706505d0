#include "routes/routes.h"

#include <string>
#include <string_view>
#include <utility>

#include "api/cancel_link.h"
#include "api/request_hints.h"
#include "api/unknown_model.h"
#include "base/log_settings.h"
#include "http/http_error.h"
#include "http/url_text.h"
#include "oip/oip_config.h"
#include "oip/oip_logging.h"
#include "oip/oip_metadata.h"
#include "oip/oip_repository.h"
#include "oip/oip_request.h"
#include "oip/oip_response.h"
#include "oip/oip_shared_memory.h"
#include "oip/oip_statistics.h"
#include "oip/oip_trace.h"
#include "routes/classify_json.h"
#include "routes/classify_request.h"
#include "routes/openapi_text.h"
#include "routes/route_path.h"
#include "routes/welcome.h"

namespace cnnselect {
namespace {

HttpResponse metrics_response(const InferenceApi& api) {
  HttpResponse response;
  response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = api.metrics();
  return response;
}

HttpResponse model_response(const InferenceApi& api, const Route& route) {
  const auto model = api.model(route.name, route.version);
  if (!model) return error_response(model.error());
  if (route.operation == Operation::kModelMetadata) {
    return json_response(200, model_metadata_json(*model));
  }
  if (route.operation == Operation::kModelConfig)
    return json_response(200, model_config_json(*model));
  return json_response(model->ready ? 200 : 503, model_ready_json(*model));
}

HttpResponse statistics_response(const InferenceApi& api, const Route& route) {
  const auto statistics = api.statistics(route.name, route.version);
  if (!statistics) return error_response(statistics.error());
  return json_response(200, model_statistics_json(*statistics));
}

HttpResponse index_response(const InferenceApi& api, std::string_view body) {
  const auto only_ready = parse_index_request(body);
  if (!only_ready) return error_response(only_ready.error());
  return json_response(200, repository_index_json(repository_index(api, *only_ready)));
}

Result<RequestHints> hints_outside_body(const HttpRequest& request) {
  RequestHints hints;
  if (Status headers = apply_hint_headers(request.headers, hints); !headers) {
    return std::unexpected(headers.error());
  }
  const auto query = decode_query(request.query);
  if (!query) return std::unexpected(query.error());
  if (Status applied = apply_hint_query(*query, hints); !applied) {
    return std::unexpected(applied.error());
  }
  return hints;
}

Result<InferRequest> read_body(const InferenceApi& api, HttpRequest& request, const Route& route,
                               RequestHints hints) {
  const auto json_size =
      json_length(request.header("inference-header-content-length"), request.body.size());
  if (!json_size) return std::unexpected(json_size.error());
  if (*json_size > 0 || request.body.empty()) {
    return parse_infer_request(std::move(request.body), *json_size, std::move(hints));
  }
  const auto model = api.model(route.name, route.version);
  if (!model) return std::unexpected(model.error());
  return parse_bare_tensor(std::move(request.body), *model, std::move(hints));
}

Result<InferRequest> read_infer_request(const InferenceApi& api, HttpRequest request,
                                        const Route& route) {
  auto hints = hints_outside_body(request);
  if (!hints) return std::unexpected(hints.error());
  auto infer = read_body(api, request, route, *std::move(hints));
  if (!infer) return infer;
  infer->model = route.name;
  infer->version = route.version;
  infer->arrival = {request.first_byte, request.last_byte, request.rtt, std::move(request.peer),
                    std::move(request.key)};
  return infer;
}

HttpResponse refusal_of(const InferenceApi& api, const Route& route, const Error& wrong) {
  return error_response(unknown_model_first(api, route.name, route.version, wrong));
}

/// Hands a request in with `start(reply)` and answers the exchange with `write` of what comes back;
/// the client's going away takes it back.
template <class Answer, class Start, class Write>
void serve(const std::shared_ptr<HttpExchange>& exchange, Start start, const Write& write) {
  const auto link = std::make_shared<CancelLink>();
  exchange->on_disconnect([link] { link->gone(); });
  link->connect(start([exchange, link, write](Result<Answer> answer) {
    link->answered();
    exchange->respond_later([write, answer = std::move(answer)]() mutable {
      return answer ? write(*answer) : error_response(answer.error());
    });
  }));
}

HttpResponse done_or_error(const Status& done) {
  return done ? HttpResponse{} : error_response(done.error());
}

HttpResponse logging_response(bool changes, std::string_view body) {
  if (changes) {
    const auto settings = parse_log_settings(log_settings(), body);
    if (!settings) return error_response(settings.error());
    set_log_settings(*settings);
  }
  return json_response(200, log_settings_json(log_settings()));
}

HttpResponse trace_response(const InferenceApi& api, TraceSampling* traces, const Route& route,
                            std::string_view body) {
  if (traces == nullptr) {
    return error_response({ErrorCode::kUnsupported, std::string(kTracesNotOffered)});
  }
  if (!route.name.empty()) {
    const auto model = api.model(route.name, route.version);
    if (!model) return error_response(model.error());
  }
  if (route.operation == Operation::kChangeTraceSettings) {
    const Status set = traces->change(route.name, [body](const TraceOverrides& before) {
      return parse_trace_settings(before, body);
    });
    if (!set) return error_response(set.error());
  }
  return json_response(200, trace_settings_json(traces->settings(route.name)));
}

HttpResponse shared_memory_response(SharedMemory* memory, const Route& route,
                                    std::string_view body) {
  if (memory == nullptr) {
    return error_response({ErrorCode::kUnsupported, "shared memory is not offered by this server"});
  }
  if (route.operation == Operation::kSharedStatus) {
    const auto regions = memory->regions(route.name);
    return regions ? json_response(200, shared_regions_json(*regions))
                   : error_response(regions.error());
  }
  if (route.operation == Operation::kSharedRegister) {
    const auto region = parse_shared_region(route.name, body);
    return region ? done_or_error(memory->add(*region)) : error_response(region.error());
  }
  memory->remove(route.name);
  return {};
}

constexpr TraceTransport kHttp{
    .status_key = "http.response.status_code",
    .status = [](const Error* error) { return error == nullptr ? 200 : status_of(error->code); }};

/// Tells the client which span of its trace is ours.
class TracedExchange final : public HttpExchange {
 public:
  TracedExchange(std::shared_ptr<HttpExchange> client, std::string trace_parent)
      : client_(std::move(client)), trace_parent_(std::move(trace_parent)) {}

  void respond_later(MakeResponse make) override {
    client_->respond_later([make = std::move(make), trace_parent = trace_parent_]() mutable {
      HttpResponse response = make();
      response.headers.emplace_back("traceparent", std::move(trace_parent));
      return response;
    });
  }
  void on_disconnect(std::move_only_function<void()> gone) override {
    client_->on_disconnect(std::move(gone));
  }

 private:
  const std::shared_ptr<HttpExchange> client_;
  const std::string trace_parent_;
};

HttpResponse infer_response(const InferResponse& answer) {
  auto body = write_infer_response(answer);
  if (!body) return error_response(body.error());
  HttpResponse response = json_response(200, std::move(body->bytes));
  if (body->json_size) {
    response.headers.front().second = "application/octet-stream";
    response.headers.emplace_back("Inference-Header-Content-Length",
                                  std::to_string(*body->json_size));
  }
  return response;
}

}  // namespace

void Routes::handle(HttpRequest request, std::shared_ptr<HttpExchange> exchange) {
  const Result<Route> route = route_of(request);
  if (!route) {
    HttpResponse refused = error_response(route.error());
    if (route.error().code == ErrorCode::kMethodNotAllowed) {
      refused.headers.emplace_back("Allow", allowed_methods(request.path));
    }
    return exchange->respond(std::move(refused));
  }
  if (const Status may = check_right(rights_, facts_of(route->operation).right); !may) {
    return exchange->respond(error_response(may.error()));
  }
  switch (route->operation) {
    case Operation::kInfer:
      return infer(std::move(request), *route, std::move(exchange));
    case Operation::kClassify:
      return classify(std::move(request), *route, std::move(exchange));
    case Operation::kLoad:
    case Operation::kUnload:
      return control(*route, request.body, exchange);
    default:
      return exchange->respond(told(*route, request.body));
  }
}

HttpResponse Routes::told(const Route& route, std::string_view body) const {
  const auto state = [this] { return state_for(api_, rights_, memory_ != nullptr); };
  switch (route.operation) {
    case Operation::kLive:
      return json_response(api_.state().live ? 200 : 503, live_json(api_.state().live));
    case Operation::kReady: {
      const ServerState now = state();
      return json_response(now.ready ? 200 : 503, ready_json(now));
    }
    case Operation::kWelcome:
      return json_response(200, welcome_json(state()));
    case Operation::kServerMetadata:
      return json_response(200, server_metadata_json(state()));
    case Operation::kModelList:
      return json_response(200, model_list_json(state()));
    case Operation::kModelMetadata:
    case Operation::kModelReady:
    case Operation::kModelConfig:
      return model_response(api_, route);
    case Operation::kModelStatistics:
    case Operation::kAllStatistics:
      return statistics_response(api_, route);
    case Operation::kIndex:
      return index_response(api_, body);
    case Operation::kLogSettings:
    case Operation::kChangeLogSettings:
      return logging_response(route.operation == Operation::kChangeLogSettings, body);
    case Operation::kTraceSettings:
    case Operation::kChangeTraceSettings:
      return trace_response(api_, traces_, route, body);
    case Operation::kSharedStatus:
    case Operation::kSharedRegister:
    case Operation::kSharedRemove:
      return shared_memory_response(memory_, route, body);
    case Operation::kMetrics:
      return metrics_response(api_);
    case Operation::kOpenApi:
      return json_response(200, std::string(openapi_text()));
    default:
      return error_response({ErrorCode::kInternal, "the operation has no answer at once"});
  }
}

void Routes::control(const Route& route, std::string_view body,
                     const std::shared_ptr<HttpExchange>& exchange) {
  if (const Status legal = check_load_request(body); !legal) {
    return exchange->respond(error_response(legal.error()));
  }
  auto reply = [exchange](const Result<void>& done) { exchange->respond(done_or_error(done)); };
  if (route.operation == Operation::kLoad) return api_.load(route.name, std::move(reply));
  api_.unload(route.name, std::move(reply));
}

void Routes::infer(HttpRequest request, const Route& route,
                   std::shared_ptr<HttpExchange> exchange) {
  auto trace = begin_trace(request, route, exchange);
  auto infer = read_infer_request(api_, std::move(request), route);
  if (!infer) return exchange->respond(refusal_of(api_, route, infer.error()));
  if (const Status fetched = fetch_shared_inputs(*infer, memory_); !fetched) {
    return exchange->respond(error_response(fetched.error()));
  }
  infer->trace = std::move(trace);
  serve<InferResponse>(
      exchange,
      [&](Reply<InferResponse> reply) { return api_.infer(*std::move(infer), std::move(reply)); },
      [memory = memory_, wanted = infer->outputs](InferResponse& answer) {
        const Status stored = store_shared_outputs(answer, wanted, memory);
        return stored ? infer_response(answer) : error_response(stored.error());
      });
}

void Routes::classify(HttpRequest request, const Route& route,
                      std::shared_ptr<HttpExchange> exchange) {
  auto trace = begin_trace(request, route, exchange);
  auto photo = read_classify_request(std::move(request), route.name);
  if (!photo) return exchange->respond(refusal_of(api_, route, photo.error()));
  photo->trace = std::move(trace);
  serve<ClassifyResponse>(
      exchange,
      [&](Reply<ClassifyResponse> reply) {
        return api_.classify(*std::move(photo), std::move(reply));
      },
      [](const ClassifyResponse& answer) { return json_response(200, classify_json(answer)); });
}

std::optional<RequestTrace> Routes::begin_trace(const HttpRequest& request, const Route& route,
                                                std::shared_ptr<HttpExchange>& exchange) {
  if (traces_ == nullptr) return std::nullopt;
  auto trace = traces_->begin(route.name, request.headers, kHttp);
  if (trace) {
    exchange = std::make_shared<TracedExchange>(std::move(exchange), answer_trace_parent(*trace));
  }
  return trace;
}

}  // namespace cnnselect
