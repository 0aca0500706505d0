// What every request on the service works with.
#pragma once

#include <memory>
#include <vector>

#include "cnnselect/time.h"
#include "engine/engine.h"
#include "engine/model_manager.h"
#include "model/catalog.h"
#include "service/decode_pool.h"
#include "service/request_books.h"
#include "service/service_options.h"

namespace cnnselect {

/// What a name stands for: a family with all its members, or one member.
struct Target {
  FamilyId family;
  std::vector<ModelId> members;  ///< those that are offered, at least one
  std::vector<std::shared_ptr<const void>>
      leases;  ///< of the members, for as long as the request may run
  bool is_family = false;
};

/// What the two kinds of request work with. Everything in it outlives them.
struct ServiceContext {
  const Catalog& catalog;
  ModelManager& models;
  Clock& clock;
  const ServiceOptions& options;
  const RequestBooks& books;
  Engine& engine;
  DecodePool& decoders;
};

}  // namespace cnnselect
