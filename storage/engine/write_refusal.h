// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_WRITE_REFUSAL_H_
#define ROWAN_STORAGE_ENGINE_WRITE_REFUSAL_H_

#include <span>

#include "absl/status/status.h"
#include "storage/engine/state/engine_core.h"
#include "storage/model/mutation.h"

namespace rowan {

// What clients hear of a disk that fails or fills up: sentences without paths;
// the node's status has these.

// Why these mutations are not to be written now; OK when they are. Two loads
// while all is well.
absl::Status WriteRefusal(const EngineCore& core,
                          std::span<const Mutation> mutations);
// kUnavailable, reason READ_ONLY: the engine has failed; nothing was written.
absl::Status ReadOnlyError();
// kUnknown, reason OUTCOME_UNKNOWN: the log failed with the write on its way.
absl::Status OutcomeUnknownError();

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_WRITE_REFUSAL_H_
