// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_LIB_FOLD_MUTATIONS_H_
#define ROWAN_TESTS_LIB_FOLD_MUTATIONS_H_

#include <vector>

#include "storage/model/mutation.h"
#include "tests/lib/vector_row_iterator.h"

namespace rowan {

// What a source shows that holds exactly `mutations` (of one table, in any
// order): rows merged, range tombstones turned into deletion changes, nothing
// hidden dropped. Quadratic; for tests.
std::vector<VectorWideRow> FoldMutations(
    const std::vector<const Mutation*>& mutations);

}  // namespace rowan

#endif  // ROWAN_TESTS_LIB_FOLD_MUTATIONS_H_
