// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_IMPORT_JSON_COLUMN_H_
#define ROWAN_TOOLS_ROWAN_IMPORT_JSON_COLUMN_H_

#include <string>

#include "absl/status/statusor.h"
#include "storage/model/composite/column_type.h"
#include "tools/rowan/import/json_line.h"

namespace rowan::cli {

// The value of `type` that JSON describes, in storage/model's bytes: scalars by
// their text (storage/model/value.h); lists, sets, tuples and vectors as
// arrays; maps and user types as objects, a map's keys being text; composite
// values as the text of their literal, too. That is what `rowan export jsonl`
// writes. kInvalidArgument saying what was expected. REQUIRES: `json` is no
// null.
absl::StatusOr<std::string> BytesFromJson(const ColumnType& type,
                                          const JsonValue& json);

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_IMPORT_JSON_COLUMN_H_
