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

/// Whom a name stands for: a family with all its members, or one member of it.
struct Target {
  FamilyId family;
  std::vector<ModelId> members;                     ///< that are offered, at least one
  std::vector<std::shared_ptr<const void>> leases;  ///< theirs: as long as the request may be run
  bool is_family = false;
};

/// What the two kinds of request work with; everything in it outlives them.
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
