// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/schema_changed.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "storage/base/error_reason.h"

namespace rowan {

absl::Status SchemaChanged(const Schema& now, uint32_t asked) {
  absl::Status status = absl::FailedPreconditionError(
      absl::StrCat("the table's schema is version ", now.version.value,
                   " and not ", asked, "; read it again with GetTable"));
  return WithMetadata(WithReason(std::move(status), "SCHEMA_CHANGED"),
                      "schema_version", std::to_string(now.version.value));
}

absl::Status UnlessColumnDropped(const Schema* now, const Schema& used,
                                 absl::FunctionRef<bool(ColumnId)> rests) {
  if (now == nullptr || now->dropped == used.dropped) return absl::OkStatus();
  for (const ColumnId column : now->dropped) {
    if (used.FindColumn(column) != nullptr && rests(column)) {
      return SchemaChanged(*now, used.version.value);
    }
  }
  return absl::OkStatus();
}

}  // namespace rowan
