// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_CELLS_LIST_PLACE_H_
#define ROWAN_NODE_SERVICE_CELLS_LIST_PLACE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/base/ids.h"

namespace rowan {

// Where an element goes that is written to a list.
enum class ListEnd : uint8_t { kBack = 1, kFront = 2 };

// An element on its way into a list.
struct ListElement {
  ColumnId column;
  ListEnd end = ListEnd::kBack;
  int64_t timestamp_us = 0;
  // Among the elements of one write, below kListElementsMax.
  uint32_t index = 0;
  std::string_view bytes;
};

// More than a request has room for.
inline constexpr uint32_t kListElementsMax = 1 << 22;

// The timeuuid of an element ("List elements" in storage/model/FORMAT.md): a
// function of what is written, so that a write that is repeated with its
// timestamp is the same write. kInvalidArgument for a timestamp that no UUID
// can hold.
absl::StatusOr<std::string> TimeuuidOf(const ListElement& element);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_CELLS_LIST_PLACE_H_
