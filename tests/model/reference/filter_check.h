// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_REFERENCE_FILTER_CHECK_H_
#define ROWAN_TESTS_MODEL_REFERENCE_FILTER_CHECK_H_

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "storage/read/row_filter.h"
#include "tests/model/case/asked_predicate.h"
#include "tests/model/case/column_values.h"
#include "tests/model/reference/history.h"

namespace rowan {

// Whether something holds: it may, and it must, where cells need not be seen.
struct Verdict {
  bool may = true;
  bool must = true;
  Verdict operator&(const Verdict& other) const {
    return {may && other.may, must && other.must};
  }
};

// The predicates of a read by the model: a column is the one that the table had
// when the read began, with the fields that its type had.
class FilterCheck {
 public:
  // Leaves out what `schema` doesn't have, and in distinct reads what isn't of
  // a static column.
  FilterCheck(const TableShape& shape, std::shared_ptr<const Schema> schema,
              const std::vector<AskedPredicate>& asked, bool distinct);

  // What the engine is asked.
  std::vector<Predicate> Predicates() const;
  // The same; null when nothing is.
  std::shared_ptr<const RowFilter> EngineFilter() const;

  // `now`: the table's schema as it is. Null: there is no such row.
  Verdict ForWideRow(const Schema& now, const SeenRow* fixed) const;
  Verdict ForRow(const Schema& now, const SeenRow* row) const;

 private:
  static ValueElements ElementsOf(ColumnKind kind, int fields,
                                  const std::vector<const SeenCell*>& cells);
  bool HoldsFor(const AskedPredicate& predicate,
                const std::vector<const SeenCell*>& cells) const;
  static Verdict HoldsForKey(const AskedPredicate& predicate,
                             const SeenRow* row);
  Verdict Holds(const AskedPredicate& predicate, const Schema& now,
                const SeenRow* row) const;
  std::vector<const SeenCell*> CellsOf(const ColumnName& column,
                                       const Schema& now,
                                       const SeenRow* row) const;
  std::string Operand(const AskedPredicate& predicate, int value) const;

  const TableShape& shape_;
  const std::shared_ptr<const Schema> schema_;
  std::vector<AskedPredicate> asked_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_REFERENCE_FILTER_CHECK_H_
