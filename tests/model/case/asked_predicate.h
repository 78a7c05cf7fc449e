// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_CASE_ASKED_PREDICATE_H_
#define ROWAN_TESTS_MODEL_CASE_ASKED_PREDICATE_H_

#include <string>
#include <string_view>
#include <vector>

#include "storage/read/predicate.h"
#include "tests/model/case/table_shape.h"

namespace rowan {

// One comparison that a read asks of its rows.
struct AskedPredicate {
  int component = -1;  // of the clustering key; else `column`
  ColumnName column;
  PredicateOp op = PredicateOp::kIsNull;
  // kIn any number, null operators none, the others one: whole values, paths of
  // kContainsKey and of a set's kContains, other elements of kContains.
  std::vector<int> values;
};

// "where=r0:lt:2", "where=c1:in:0.2", "where=s0:null". Takes the word without
// its "where="; false for what the table hasn't, or its type can't be asked.
std::string FormatPredicate(const AskedPredicate& predicate);
bool ParsePredicate(const TableShape& shape, std::string_view text,
                    AskedPredicate* predicate);

// Whether values of the column can be asked so here.
bool CanBeAsked(const TableShape& shape, const AskedPredicate& predicate);

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_CASE_ASKED_PREDICATE_H_
