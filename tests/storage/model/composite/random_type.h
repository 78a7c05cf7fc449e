// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_MODEL_COMPOSITE_RANDOM_TYPE_H_
#define ROWAN_TESTS_STORAGE_MODEL_COMPOSITE_RANDOM_TYPE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "storage/model/composite/column_type.h"
#include "tests/lib/sim_random.h"

namespace rowan {

enum class Durations { kToo, kNot };

ColumnType UserType(std::string name, std::vector<std::string> fields,
                    std::vector<ColumnType> types);

// A frozen composite type, with others inside it to `depth`.
ColumnType RandomComposite(SimRandom& random, size_t depth,
                           Durations durations);

// A value of `type`, short and with edges, so that values share prefixes and
// tie. Of the many NaNs, the one that is read from text.
std::string RandomValueOf(SimRandom& random, const ColumnType& type);

}  // namespace rowan

#endif  // ROWAN_TESTS_STORAGE_MODEL_COMPOSITE_RANDOM_TYPE_H_
