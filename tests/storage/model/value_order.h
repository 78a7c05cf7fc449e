// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_MODEL_VALUE_ORDER_H_
#define ROWAN_TESTS_STORAGE_MODEL_VALUE_ORDER_H_

#include <string_view>

#include "storage/model/schema.h"

namespace rowan {

// How Cassandra orders two values of one scalar type: negative, 0 or positive.
// Written from the meaning of the values, with none of the production code's
// helpers: the oracle of the key codec.
int CompareValues(TypeKind kind, std::string_view a, std::string_view b);

}  // namespace rowan

#endif  // ROWAN_TESTS_STORAGE_MODEL_VALUE_ORDER_H_
