// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_SCHEMA_CODEC_H_
#define ROWAN_NODE_SERVICE_SCHEMA_CODEC_H_

#include <span>

#include "absl/status/statusor.h"
#include "rowan/v1/schema.pb.h"
#include "storage/model/schema.h"

namespace rowan {

// A table that a client describes; defaults filled in, no ids yet.
// `user_types` are its keyspace's, each not frozen. kInvalidArgument with the
// field.
absl::StatusOr<Schema> DecodeTable(const v1::Table& table,
                                   std::span<const ColumnType> user_types);

// A column without its id, of the same errors.
absl::StatusOr<Column> DecodeColumn(const v1::Column& column,
                                    std::span<const ColumnType> user_types);

// Overwrites what `in` sets. kInvalidArgument with the field.
absl::Status DecodeOptions(const v1::TableOptions& in, TableOptions* out);

// A table as clients see it, everything set.
void EncodeTable(const Schema& schema, v1::Table* table);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_SCHEMA_CODEC_H_
