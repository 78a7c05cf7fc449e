// SPDX-License-Identifier: Apache-2.0
#include "node/service/conditional/increment_decoder.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/service/key_decoder.h"
#include "node/service/limits.h"
#include "node/service/table_lookup.h"
#include "node/service/wire/request_error.h"
#include "storage/base/status_macros.h"
#include "storage/model/key_codec.h"

namespace rowan {
namespace {

absl::StatusOr<CounterDelta> DecodeChange(const Schema& schema,
                                          const v1::CounterChange& change) {
  ASSIGN_OR_RETURN(const Column* column,
                   FindOneColumn(schema, change.column(), change.column_id()));
  if (column->type.kind != TypeKind::kCounter) {
    return InField(
        BadRequest("NOT_A_COUNTER", absl::StrCat("'", column->name,
                                                 "' is not a counter; write "
                                                 "it with Write")),
        change.column().empty() ? "column_id" : "column");
  }
  CounterDelta delta{.column = column->id, .delta = change.delta()};
  if (column->role == ColumnRole::kStatic && !change.has_clustering()) {
    return delta;
  }
  absl::StatusOr<std::string> position =
      DecodeRowPosition(schema, change.clustering());
  if (!position.ok()) return InField(position.status(), "clustering");
  if (column->role != ColumnRole::kStatic) delta.position = *position;
  return delta;
}

}  // namespace

absl::StatusOr<std::vector<CounterDelta>> DecodeIncrement(
    const Schema& schema, const v1::IncrementRequest& request) {
  if (request.changes().empty() ||
      request.changes_size() > kCounterChangesMax) {
    return InField(OverLimit(absl::StatusCode::kInvalidArgument,
                             "number of changes (1 at least)",
                             static_cast<uint64_t>(request.changes_size()),
                             kCounterChangesMax),
                   "changes");
  }
  if (!request.request_id().empty() &&
      request.request_id().size() != kRequestIdBytes) {
    return InField(
        BadRequest("BAD_REQUEST_ID",
                   absl::StrCat("a request id has ", kRequestIdBytes,
                                " bytes; got ", request.request_id().size())),
        "request_id");
  }
  std::vector<CounterDelta> deltas;
  for (int i = 0; i < request.changes_size(); ++i) {
    absl::StatusOr<CounterDelta> delta =
        DecodeChange(schema, request.changes(i));
    if (!delta.ok()) return InField(delta.status(), "changes", i);
    deltas.push_back(*std::move(delta));
  }
  return deltas;
}

}  // namespace rowan
