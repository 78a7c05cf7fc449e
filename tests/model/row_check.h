// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_ROW_CHECK_H_
#define ROWAN_TESTS_MODEL_ROW_CHECK_H_

#include <optional>
#include <string>
#include <vector>

#include "tests/model/case/table_shape.h"
#include "tests/model/history.h"
#include "tests/model/page_check.h"

namespace rowan {

// Holds one row of an answer to what the model sees. Answers what is wrong.
class RowCheck {
 public:
  RowCheck(const TableShape& shape,
           const std::optional<std::vector<ColumnName>>& columns)
      : shape_(shape), columns_(columns) {}

  std::optional<std::string> Row(const SeenRow& expected,
                                 const GotRow& got) const;
  // The static row that comes with each row.
  std::optional<std::string> Fixed(const std::optional<SeenRow>& expected,
                                   const GotRow& got) const;

 private:
  std::optional<std::string> Cells(const std::vector<SeenCell>& expected,
                                   const std::vector<GotCell>& got) const;
  bool Asked(const ColumnName& column) const;

  const TableShape& shape_;
  const std::optional<std::vector<ColumnName>>& columns_;
};

// For people.
std::string DescribeSeen(const TableShape& shape, int key, const SeenRow& row);
std::string DescribeGot(const TableShape& shape, const Schema& schema,
                        const GotRow& row);

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_ROW_CHECK_H_
