// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_COMPOSITE_ELEMENT_PATH_H_
#define ROWAN_STORAGE_MODEL_COMPOSITE_ELEMENT_PATH_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "storage/model/composite/column_type.h"

namespace rowan {

// The paths of elements ("Paths" in storage/model/FORMAT.md). All take a type
// that passes CheckType and has a cell per element.

// What a path is the key form of: a set's element, a map's key, the timeuuid of
// a list's element. Nullptr for user types, whose paths are numbers of fields.
const ColumnType* PathType(const ColumnType& type);

// The path of what PathType says, or of a field. May be longer than
// kPathBytesMax.
void AppendPath(const ColumnType& type, std::string_view value,
                std::string* out);
void AppendFieldPath(size_t field, std::string* out);

// The other way; false, or nullopt, when `path` is none of the type. Replaces
// *value. What lies in a path may be of a later version of a user type, as in
// ReadWholeKeyForm.
bool ReadPath(const ColumnType& type, std::string_view path,
              std::string* value);
std::optional<size_t> FieldOfPath(const ColumnType& type,
                                  std::string_view path);
// Whether `path` is of a field that the user type `type` got later, or got
// since `type` was read: nothing to a reader that doesn't know it. False for
// all other types.
bool IsOfLaterField(const ColumnType& type, std::string_view path);

// The type of the value of the cell at `path`. Nullptr for sets, whose cells
// have none, and for a field that the type doesn't have.
const ColumnType* ElementType(const ColumnType& type, std::string_view path);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_COMPOSITE_ELEMENT_PATH_H_
