// SPDX-License-Identifier: Apache-2.0
#include "tests/lib/fault_plan.h"

#include <utility>

namespace rowan {
namespace {

bool Matches(FileOp wanted, FileOp op) {
  return wanted == FileOp::kAnyChange ? IsChange(op) : wanted == op;
}

}  // namespace

bool IsChange(FileOp op) {
  return op != FileOp::kOpen && op != FileOp::kRead && op != FileOp::kList &&
         op != FileOp::kLock;
}

void FaultPlan::FailNext(FileOp op, std::string_view path_part, int nth,
                         absl::Status status, bool sticky) {
  faults_.push_back(
      {op, std::string(path_part), nth, std::move(status), sticky, false});
}

void FaultPlan::FailHalfway(std::string_view path_part, int nth,
                            absl::Status status, bool sticky) {
  faults_.push_back({FileOp::kWrite, std::string(path_part), nth,
                     std::move(status), sticky, true});
}

absl::Status FaultPlan::Next(FileOp op, std::string_view path) {
  absl::Status result;
  halfway_ = false;
  for (auto fault = faults_.begin(); fault != faults_.end();) {
    if (!Matches(fault->op, op) ||
        path.find(fault->path_part) == std::string_view::npos) {
      ++fault;
      continue;
    }
    if (fault->remaining > 0) --fault->remaining;
    if (fault->remaining > 0) {
      ++fault;
      continue;
    }
    if (result.ok()) halfway_ = fault->halfway;
    result.Update(fault->status);
    fault = fault->sticky ? fault + 1 : faults_.erase(fault);
  }
  return result;
}

}  // namespace rowan
