// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_LIB_ROW_ITERATOR_CONFORMANCE_H_
#define ROWAN_TESTS_LIB_ROW_ITERATOR_CONFORMANCE_H_

#include <functional>
#include <memory>

#include "storage/model/row_iterator.h"

namespace rowan {

// Holds any RowIterator to the rules of storage/model/row_iterator.h: order,
// joins of deletion changes, and every seek (to each wide row and between, to
// each bound in both directions) against what a full forward scan shows. `open`
// makes a fresh iterator over the same data each time. Failures are reported
// through GoogleTest. Quadratic in the fragments of a wide row.
void ExpectRowIteratorConforms(
    const std::function<std::unique_ptr<RowIterator>()>& open);

}  // namespace rowan

#endif  // ROWAN_TESTS_LIB_ROW_ITERATOR_CONFORMANCE_H_
