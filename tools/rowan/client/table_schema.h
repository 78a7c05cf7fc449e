// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_CLIENT_TABLE_SCHEMA_H_
#define ROWAN_TOOLS_ROWAN_CLIENT_TABLE_SCHEMA_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "rowan/v1/schema.pb.h"
#include "storage/model/schema.h"

namespace rowan::cli {

// A table as the node describes it, as storage/model sees it: its columns are
// what values are parsed and compared by. kInvalidArgument for a type that this
// build doesn't know. Options are left at their defaults.
absl::StatusOr<Schema> SchemaFromProto(const v1::Table& table);

// "ts timestamp desc" or "m map<int, text>" as a column of `role`; `desc` and
// `asc` with clustering columns only. The node judges the type: it knows the
// keyspace's user types.
absl::StatusOr<v1::Column> ParseColumn(v1::ColumnRole role,
                                       std::string_view text);

// "name=value" of `table create --option`, such as partitions=64.
absl::Status ParseTableOption(std::string_view text, v1::TableOptions* options);

// kNotFound listing the columns there are.
absl::StatusOr<const Column*> FindColumn(const Schema& schema,
                                         std::string_view name);

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_CLIENT_TABLE_SCHEMA_H_
