// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_REFERENCE_TOTALS_H_
#define ROWAN_TESTS_MODEL_REFERENCE_TOTALS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/read/aggregator.h"
#include "tests/model/case/table_shape.h"
#include "tests/model/reference/page_check.h"

namespace rowan {

// Every aggregate that the table's columns allow, over the rows of one read:
// the engine's, whose state goes through bytes from page to page, beside what
// is worked out from the rows that the pages showed, which the model has
// checked.
class Totals {
 public:
  Totals(const TableShape& shape, std::shared_ptr<const Schema> schema);

  // Of the page under way.
  void Add(const ResultRow& row) { status_.Update(aggregator_->Add(row)); }
  // What is wrong behind a page of these rows.
  std::optional<std::string> EndPage(const std::vector<GotRow>& rows);

 private:
  // What a row has of an aggregate's column; nullopt is null.
  std::optional<std::string> ValueIn(const Aggregate& aggregate,
                                     const GotRow& row) const;
  struct Value {
    std::string bytes;
    std::vector<int64_t> order;  // as columns of their type compare
  };
  Value ValueOf(const Aggregate& aggregate, std::string bytes) const;
  static std::optional<std::string> Expected(const Aggregate& aggregate,
                                             const std::vector<Value>& values);

  const TableShape& shape_;
  const std::shared_ptr<const Schema> schema_;
  std::vector<Aggregate> aggregates_;
  std::vector<std::vector<Value>> values_;  // of each, those not null
  std::unique_ptr<Aggregator> aggregator_;
  absl::Status status_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_REFERENCE_TOTALS_H_
