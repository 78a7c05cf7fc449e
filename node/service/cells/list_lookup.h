// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_CELLS_LIST_LOOKUP_H_
#define ROWAN_NODE_SERVICE_CELLS_LIST_LOOKUP_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "storage/base/ids.h"
#include "storage/model/composite/column_type.h"
#include "storage/model/row.h"
#include "storage/model/schema.h"
#include "storage/read/read_command.h"

namespace rowan {

// Of one write; as many as it may bring changes.
inline constexpr size_t kListRemovalsMax = 100'000;

// Finds elements of lists by index or by value, for the changes of one write:
// first all is asked for, then the rows of a read are taken, then it answers.
// Indexes count the live elements that were read, from 0, whatever the write
// itself changes. Rows are named by position, "" is the static row.
//
// Thread-compatible. Keeps the paths that were asked for and nothing else of a
// list: what a request asks bounds it, and kListRemovalsMax.
class ListLookup {
 public:
  void AskIndex(std::string_view position, ColumnId column, uint32_t index);
  // The elements of the list `column` whose normal form is `bytes`, as
  // EncodeValue makes them.
  void AskEqual(std::string_view position, const Column& column,
                std::string_view bytes);
  // Whether elements of this column were asked for.
  bool Asks(ColumnId column) const;
  // Nothing was asked for.
  bool empty() const { return rows_.empty(); }

  // A row of the read, live cells only. One that comes again counts once.
  void Take(std::string_view position, const Row& row);
  // The same for a row of a page and the static row that comes with it.
  void Take(const ResultRow& row);
  // All rows have been taken: a list of which none was seen is empty.
  void EndRead() { answers_ = true; }
  bool answers() const { return answers_; }

  // The next need answers(), and what was asked for.

  // kOutOfRange (INDEX_OUT_OF_RANGE) when the list has no such index.
  absl::StatusOr<std::string> PathAt(std::string_view position, ColumnId column,
                                     uint32_t index) const;
  // The paths of all that are equal to one of those asked for, the first time;
  // then none. kResourceExhausted above kListRemovalsMax over all lists.
  absl::StatusOr<std::vector<std::string>> TakeEqual(std::string_view position,
                                                     ColumnId column);

 private:
  struct List {
    std::map<uint32_t, std::string> paths;  // by index
    absl::flat_hash_set<std::string> values;
    ColumnType element;  // of `values`; one that holds no fields is not set
    std::vector<std::string> equal;  // paths
    uint64_t length = 0;
    bool taken = false;
  };
  using Lists = std::map<uint32_t, List>;  // by column id

  void TakeList(ColumnId column, const Row& row, List* list);
  static bool IsWanted(const List& list, std::string_view element);

  std::map<std::string, Lists, std::less<>> rows_;  // by position
  size_t removals_ = 0;
  bool answers_ = false;
};

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_CELLS_LIST_LOOKUP_H_
