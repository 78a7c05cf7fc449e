// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_METADATA_USER_TYPE_USE_H_
#define ROWAN_NODE_METADATA_USER_TYPE_USE_H_

#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/metadata/catalogue.h"
#include "storage/model/composite/column_type.h"

namespace rowan {

// Calls `visit` for `type`, if it is a user type, and for all inside it.
void VisitUserTypes(const ColumnType& type,
                    absl::FunctionRef<void(const ColumnType&)> visit);

// Whether `type` is the user type `keyspace`.`name`, or holds it.
bool UsesUserType(const ColumnType& type, std::string_view keyspace,
                  std::string_view name);

// `type` with the user type `before` replaced by `after`, wherever it stands.
ColumnType WithUserType(const ColumnType& type, const ColumnType& before,
                        const ColumnType& after);

// The first table or user type (other than itself) that uses the user type
// `keyspace`.`name`, as "table 'ks.t'"; empty when there is none.
std::string UserOf(const Catalogue& catalogue, std::string_view keyspace,
                   std::string_view name);

// `type` of an earlier time, maybe of another keyspace, with its user types as
// `keyspace` has them now under their names: old values are read as such. Each
// must begin with the fields of then, of the same names; kFailedPrecondition
// (TYPE_CHANGED) otherwise.
absl::StatusOr<ColumnType> AsInCatalogue(const Catalogue& catalogue,
                                         std::string_view keyspace,
                                         const ColumnType& type);

// Every user type inside `type` is of `keyspace` and as `catalogue` has it:
// kFailedPrecondition (TYPE_CHANGED) otherwise: it was changed since the
// request was decoded.
absl::Status CheckUserTypes(const Catalogue& catalogue,
                            std::string_view keyspace, const ColumnType& type);

}  // namespace rowan

#endif  // ROWAN_NODE_METADATA_USER_TYPE_USE_H_
