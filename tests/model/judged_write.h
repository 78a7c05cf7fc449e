// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_JUDGED_WRITE_H_
#define ROWAN_TESTS_MODEL_JUDGED_WRITE_H_

#include <memory>

#include "absl/functional/any_invocable.h"
#include "node/coordinator/conditional_write.h"
#include "tests/model/check_run.h"

namespace rowan {

// A conditional write in the node's steps: its queue, reads, judge and
// timestamps, with the cells of the case. `shape` and `check` live until
// `done`, which is called once.
std::unique_ptr<ConditionalWrite> JudgedWrite(
    const TableShape& shape, std::shared_ptr<const Schema> schema,
    const CheckOperation& check, absl::AnyInvocable<void(CheckOutcome)> done);

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_JUDGED_WRITE_H_
