// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_CHECK_RUN_H_
#define ROWAN_TESTS_MODEL_CHECK_RUN_H_

#include <memory>
#include <optional>
#include <string>

#include "tests/model/case/operation.h"
#include "tests/model/history.h"
#include "tests/model/node_world.h"

namespace rowan {

// Makes a conditional write through the queue of the node's coordinator. Its
// condition is asked of the engine's rows as node/service asks it, and of the
// model; when it is applied, the model is told. What is wrong; nullopt:
// nothing.
std::optional<std::string> RunCheck(const TableShape& shape,
                                    const std::shared_ptr<const Schema>& schema,
                                    const CheckOperation& operation,
                                    NodeWorld* node, History* history);

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_CHECK_RUN_H_
