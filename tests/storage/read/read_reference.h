// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_READ_READ_REFERENCE_H_
#define ROWAN_TESTS_STORAGE_READ_READ_REFERENCE_H_

#include <span>
#include <string>
#include <vector>

#include "storage/read/read_command.h"
#include "tests/lib/row_literals.h"

namespace rowan {

// A row as a reader got it; cells as "id=value" in ascending id, elements as
// "id[path]=value".
struct ShownRow {
  uint64_t token = 0;
  std::string partition_key;
  std::string position;
  std::vector<std::string> cells;
  std::vector<std::string> static_cells;
  friend bool operator==(const ShownRow&, const ShownRow&) = default;
};
ShownRow ShownRowOf(const ResultRow& row);
std::ostream& operator<<(std::ostream& out, const ShownRow& row);

// All rows that `command` asks for behind its resume position (limits included,
// page bounds ignored), worked out cell by cell from the list of all writes by
// the rules of Cassandra. Shares no code with storage/model/reconcile.h.
std::vector<ShownRow> ReferenceRead(std::span<const MutationBuilder> writes,
                                    const ReadCommand& command);

}  // namespace rowan

#endif  // ROWAN_TESTS_STORAGE_READ_READ_REFERENCE_H_
