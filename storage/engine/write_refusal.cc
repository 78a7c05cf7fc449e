// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/write_refusal.h"

#include <algorithm>

#include "storage/base/error_reason.h"

namespace rowan {
namespace {

bool OnlyDeletes(const Row& row) {
  return row.liveness.none() &&
         std::none_of(row.cells.begin(), row.cells.end(),
                      [](const Cell& cell) { return cell.has_value(); });
}

bool OnlyDeletes(const Mutation& mutation) {
  return (!mutation.static_row || OnlyDeletes(*mutation.static_row)) &&
         std::all_of(
             mutation.rows.begin(), mutation.rows.end(),
             [](const RowChange& change) { return OnlyDeletes(change.row); });
}

}  // namespace

absl::Status WriteRefusal(const EngineCore& core,
                          std::span<const Mutation> mutations) {
  if (core.failed()) return ReadOnlyError();
  if (!core.disk.full()) return absl::OkStatus();
  return core.disk.RefuseWrite(
      std::all_of(mutations.begin(), mutations.end(),
                  [](const Mutation& one) { return OnlyDeletes(one); }));
}

absl::Status ReadOnlyError() {
  return WithReason(
      absl::UnavailableError("the node's disk has failed and it takes no more "
                             "writes until it is started again; nothing was "
                             "written. Reads go on"),
      "READ_ONLY");
}

absl::Status OutcomeUnknownError() {
  return WithReason(
      absl::UnknownError("the node's commit log failed while this write was on "
                         "its way: whether it survives is unknown. The node "
                         "takes no more writes until it is started again; "
                         "reads go on"),
      "OUTCOME_UNKNOWN");
}

}  // namespace rowan
