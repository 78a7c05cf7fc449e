// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_SCHEMA_CHANGE_H_
#define ROWAN_STORAGE_MODEL_SCHEMA_CHANGE_H_

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "storage/model/schema.h"

namespace rowan {

// The steps that an alteration of a table is made of, applied to a copy of its
// schema; pure. Key columns are renamed only: they are in the bytes of keys.
// Whether what comes out is a schema, Schema::Validate says. After an error
// *schema is as it was.

// Static or regular; gives it an id that no column had before, and the place
// behind the last column of its role. kInvalidArgument; kResourceExhausted when
// all ids were given out.
absl::Status AddColumn(Column column, Schema* schema);

// Static or regular; its id joins Schema::dropped, so that its values are gone
// for good. kNotFound, kInvalidArgument.
absl::Status DropColumn(std::string_view name, Schema* schema);

// Old name to new name, all at once, so that two columns may swap names.
// kNotFound.
absl::Status RenameColumns(
    const std::map<std::string, std::string, std::less<>>& names,
    Schema* schema);

// kInvalidArgument when a table of counters would become one without, or the
// other way round: what increments left behind (request ids) would be taken for
// rows, or be deleted with them.
absl::Status CheckAlteration(const Schema& before, const Schema& after);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_SCHEMA_CHANGE_H_
