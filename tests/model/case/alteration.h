// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_CASE_ALTERATION_H_
#define ROWAN_TESTS_MODEL_CASE_ALTERATION_H_

#include <memory>

#include "tests/model/case/table_shape.h"

namespace rowan {

// Table options that a case changes to.
inline constexpr int kTunings = 4;

// One change of the table's schema.
struct Alteration {
  enum class Kind : uint8_t {
    kDrop,
    kAdd,     // a column that was dropped, with a new id and no value
    kRename,  // to its other name, and back
    kGrow,    // its user type gets a field
    kTune,    // no column's: the table's options become `tuning`
  };
  Kind kind = Kind::kDrop;
  ColumnName column;
  int tuning = 0;  // below kTunings
};

// The next version of `schema`; nullptr when there is nothing to do: the column
// isn't there, or is, or has no user type that could grow.
std::shared_ptr<const Schema> Altered(const TableShape& shape,
                                      const Schema& schema,
                                      const Alteration& alteration);

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_CASE_ALTERATION_H_
