// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_CASE_RANDOM_WRITE_H_
#define ROWAN_TESTS_MODEL_CASE_RANDOM_WRITE_H_

#include <vector>

#include "tests/lib/sim_random.h"
#include "tests/model/case/operation.h"
#include "tests/model/case/table_shape.h"

namespace rowan {

// Draws writes of one table, and what reads of them ask for.
class RandomWrite {
 public:
  // Both must live as long.
  RandomWrite(const TableShape& shape, SimRandom* random);

  WriteOperation Write();
  // One that may read first.
  WriteOperation QueuedWrite();
  int Key() { return static_cast<int>(random_->Below(keys_)); }
  // REQUIRES: there is one.
  ColumnName Column(bool fixed);
  RowName Row();  // not the static one
  // Ascending and apart; at most nine.
  std::vector<Slice> Slices();

 private:
  WritePart Part(const RowName& row);
  WritePart CellPart(const RowName& row);
  WritePart::Kind ElementPart(ColumnKind kind);
  std::vector<int> Components(size_t count);
  Bound RandomBound();

  const TableShape& shape_;
  SimRandom* const random_;
  const uint64_t keys_;  // few wide rows, or all
};

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_CASE_RANDOM_WRITE_H_
