// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_TABLE_LOOKUP_H_
#define ROWAN_NODE_SERVICE_TABLE_LOOKUP_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "node/metadata/catalogue.h"
#include "rowan/v1/types.pb.h"
#include "storage/model/schema.h"

namespace rowan {

// The table a request means. kInvalidArgument, kNotFound (UNKNOWN_TABLE),
// kFailedPrecondition (SCHEMA_CHANGED, with the present version;
// OUTCOME_UNKNOWN, of a table that the catalogue withholds).
absl::StatusOr<std::shared_ptr<const Schema>> FindTable(
    const Catalogue& catalogue, const v1::TableRef& ref);
// Why the catalogue has no table of that name: one of the last three.
absl::Status NoTable(const Catalogue& catalogue, std::string_view keyspace,
                     std::string_view table);

// What a read with schema `used` answers instead of `status`: SCHEMA_CHANGED
// instead of kDataLoss when the table was altered since, as keys that hold a
// field which a user type got meanwhile can't be told from damaged ones
// (ReadWholeKeyForm).
absl::Status UnlessAltered(const Catalogue& catalogue, const Schema& used,
                           const absl::Status& status);

// The columns that a request lists by name or by id, in its order. At most
// kColumnsMax; not both forms; kInvalidArgument (UNKNOWN_COLUMN) with the
// field.
absl::StatusOr<std::vector<const Column*>> FindColumns(
    const Schema& schema,
    const google::protobuf::RepeatedPtrField<std::string>& names,
    const google::protobuf::RepeatedField<uint32_t>& ids);

// The one column that a message names by name or by id, in its fields `column`
// and `column_id`. UNKNOWN_COLUMN; BAD_COLUMNS (both, or neither).
absl::StatusOr<const Column*> FindOneColumn(const Schema& schema,
                                            const std::string& name,
                                            uint32_t id);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_TABLE_LOOKUP_H_
