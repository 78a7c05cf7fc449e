// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_ENGINE_MUTATIONS_H_
#define ROWAN_TESTS_MODEL_ENGINE_MUTATIONS_H_

#include <cstdint>
#include <vector>

#include "storage/model/mutation.h"
#include "storage/model/schema.h"
#include "tests/model/case/operation.h"
#include "tests/model/case/table_shape.h"

namespace rowan {

// Appends what the engine is given for `write` (made_write.h): one mutation, in
// which parts of one row that follow each other are one row image. A place that
// comes twice makes a second image of its row; in the static row, of which a
// mutation has one, a second mutation.
void AppendMutations(const TableShape& shape, const Schema& schema,
                     const WriteOperation& write, int64_t timestamp,
                     uint32_t made_s, std::vector<Mutation>* mutations);

// The same of a write that makes one.
Mutation OneMutation(const TableShape& shape, const Schema& schema,
                     const WriteOperation& write, int64_t timestamp,
                     uint32_t made_s);

// Leaves out parts, the last first, until the write makes one mutation: what
// queues is one. `write` needn't be made.
void CutToOneMutation(const TableShape& shape, const Schema& schema,
                      WriteOperation* write);

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_ENGINE_MUTATIONS_H_
