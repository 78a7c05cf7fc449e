// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_COMPOSITE_TYPE_BYTES_H_
#define ROWAN_STORAGE_MODEL_COMPOSITE_TYPE_BYTES_H_

#include <string>
#include <string_view>

#include "storage/model/composite/column_type.h"

namespace rowan {

// A type as bytes ("Types" in storage/model/FORMAT.md). REQUIRES: CheckType.
void PutType(const ColumnType& type, std::string* out);

// Takes a type from the front of *in; false when there is none. The type is
// bounded in depth and count but may still fail CheckType.
bool GetType(std::string_view* in, ColumnType* type);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_COMPOSITE_TYPE_BYTES_H_
