// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_MODEL_COMPOSITE_COMPOSITE_ORDER_H_
#define ROWAN_TESTS_STORAGE_MODEL_COMPOSITE_COMPOSITE_ORDER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/model/composite/column_type.h"

namespace rowan {

// How Cassandra orders two values of any type that has an order: negative, 0 or
// positive. Takes values apart by itself, with none of the production code's
// helpers: the oracle of key forms.
int CompareOfType(const ColumnType& type, std::string_view a,
                  std::string_view b);

// The parts of a composite value that is known to be good.
std::vector<std::optional<std::string>> PartsOf(const ColumnType& type,
                                                std::string_view value);

}  // namespace rowan

#endif  // ROWAN_TESTS_STORAGE_MODEL_COMPOSITE_COMPOSITE_ORDER_H_
