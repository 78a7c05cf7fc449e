// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_REFERENCE_ROW_CHECK_H_
#define ROWAN_TESTS_MODEL_REFERENCE_ROW_CHECK_H_

#include <optional>
#include <string>
#include <vector>

#include "tests/model/case/table_shape.h"
#include "tests/model/reference/got_row.h"
#include "tests/model/reference/history.h"

namespace rowan {

// Holds one row of an answer to what the model sees. Answers what is wrong.
class RowCheck {
 public:
  // `now`: the table's schema as it is. `columns`: those that were asked for;
  // one that was dropped since and came again isn't.
  RowCheck(const TableShape& shape, const Schema& now,
           const std::optional<std::vector<ColumnId>>& columns)
      : shape_(shape), now_(now), columns_(columns) {}

  std::optional<std::string> Row(const SeenRow& expected,
                                 const GotRow& got) const;
  // The static row that comes with each row.
  std::optional<std::string> Fixed(const std::optional<SeenRow>& expected,
                                   const GotRow& got) const;

 private:
  std::optional<std::string> Cells(const std::vector<SeenCell>& expected,
                                   const std::vector<GotCell>& got) const;
  bool Asked(ColumnId column) const;

  const TableShape& shape_;
  const Schema& now_;
  const std::optional<std::vector<ColumnId>>& columns_;
};

// For people.
std::string DescribeSeen(int key, const SeenRow& row);
std::string DescribeGot(const TableShape& shape, const Schema& schema,
                        const GotRow& row);

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_REFERENCE_ROW_CHECK_H_
