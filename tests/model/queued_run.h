// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_QUEUED_RUN_H_
#define ROWAN_TESTS_MODEL_QUEUED_RUN_H_

#include <memory>
#include <optional>
#include <string>

#include "tests/model/case/operation.h"
#include "tests/model/node_world.h"
#include "tests/model/reference/history.h"

namespace rowan {

// Makes a write that takes its turn in the queue of the node's coordinator,
// since it reads lists first, and tells the model. What is wrong; nullopt:
// nothing.
std::optional<std::string> RunQueued(
    const TableShape& shape, const std::shared_ptr<const Schema>& schema,
    const WriteOperation& write, NodeWorld* node, History* history);

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_QUEUED_RUN_H_
