// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_LIST_READS_H_
#define ROWAN_TESTS_MODEL_LIST_READS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/read/read_command.h"
#include "tests/model/case/operation.h"
#include "tests/model/case/table_shape.h"
#include "tests/model/reference/history.h"

namespace rowan {

// The lists that a write reads before it is made, and whether they are what the
// model sees.
class ListReads {
 public:
  // Both must live as long.
  ListReads(const TableShape* shape, const Schema* schema)
      : shape_(shape), schema_(schema) {}

  void OnRow(const ResultRow& row);

  // Of a live element, by its index.
  std::optional<int64_t> PathAt(const RowName& row, const ColumnName& column,
                                int64_t index) const;

  // Which part of `write` met an element that it must not have met, or missed
  // one; nullopt: none.
  std::optional<std::string> WrongIn(const WriteOperation& write,
                                     const SeenWideRow& seen) const;

 private:
  void Take(const std::string& position, const Row& row);

  const TableShape* shape_;
  const Schema* schema_;
  // Paths in order; of positions, "" is the static row.
  std::map<std::pair<std::string, ColumnId>, std::vector<int64_t>> lists_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_LIST_READS_H_
