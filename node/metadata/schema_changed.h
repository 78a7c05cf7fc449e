// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_METADATA_SCHEMA_CHANGED_H_
#define ROWAN_NODE_METADATA_SCHEMA_CHANGED_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "storage/model/schema.h"

namespace rowan {

// kFailedPrecondition (SCHEMA_CHANGED, with the present version) for who asked
// for version `asked`.
absl::Status SchemaChanged(const Schema& now, uint32_t asked);

// For who read with schema `used` what a change rests on: SchemaChanged when
// the table, `now` as the engine has it, lost a column since that it `rests`
// on. Before the drop the column may have had a value, and none was read.
// Nullptr, a table that is gone, is OK: reads and writes say so themselves.
absl::Status UnlessColumnDropped(const Schema* now, const Schema& used,
                                 absl::FunctionRef<bool(ColumnId)> rests);

}  // namespace rowan

#endif  // ROWAN_NODE_METADATA_SCHEMA_CHANGED_H_
