// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_COMPOSITE_TYPE_NAME_H_
#define ROWAN_STORAGE_MODEL_COMPOSITE_TYPE_NAME_H_

#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/model/composite/column_type.h"

namespace rowan {

// Types as CQL writes them: text, list<int>, frozen<map<text, frozen<set<
// uuid>>>>, tuple<int, text>, vector<float, 3>, and a user type's name without
// its keyspace. "unknown" for what is no type.
std::string TypeName(const ColumnType& type);

// Whether CQL means a type of its own by this word, or the form of one: no user
// type may be called so, since its columns could not be read back by name.
bool IsTypeWord(std::string_view word);

// The other way; "varchar" is text. What stands inside a frozen type or a tuple
// needs no frozen<> of its own, as in Cassandra. `user_types` are those that a
// name may mean, each not frozen. The type passes CheckType; otherwise
// kInvalidArgument naming the place (1 is the first letter) and, for an unknown
// name, the nearest known one.
absl::StatusOr<ColumnType> TypeFromName(
    std::string_view text, std::span<const ColumnType> user_types = {});

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_COMPOSITE_TYPE_NAME_H_
