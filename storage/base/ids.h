// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_IDS_H_
#define ROWAN_STORAGE_BASE_IDS_H_

#include <compare>
#include <cstdint>
#include <functional>

namespace rowan {

// A number that names one kind of thing and mixes with no other: an index, a
// count and an id never meet by accident. Value type, ordered, hashable.
template <typename Tag, typename Int>
struct Id {
  Int value = 0;
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Id& id) {
    return H::combine(std::move(h), id.value);
  }
};

// A table's data; given out once per node and never used again, so that a table
// created after a drop under the same name, or emptied by a truncation, shares
// nothing with the old one.
using TableId = Id<struct TableTag, uint32_t>;
// What clients name a table by from its creation to its drop: the first id of
// its data, kept when a truncation gives it another. Never used again.
using TableHandle = Id<struct TableHandleTag, uint32_t>;
// A column within its table; never changes and is never used again.
using ColumnId = Id<struct ColumnTag, uint32_t>;
// Grows by one with every change of a table's schema.
using SchemaVersion = Id<struct SchemaVersionTag, uint32_t>;
// An SSTable file of this node; grows, never reused.
using FileId = Id<struct FileTag, uint64_t>;
// A byte position in the endless space of the commit log. Position 0 is before
// every record.
using LogPosition = Id<struct LogPositionTag, uint64_t>;

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_IDS_H_
