// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_LIB_FAULT_PLAN_H_
#define ROWAN_TESTS_LIB_FAULT_PLAN_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace rowan {

// What a file system is asked to do, as a test names it.
enum class FileOp {
  kOpen,    // every open, creating or not
  kCreate,  // an open that makes a new file
  kRead,
  kWrite,
  kSync,  // Sync, SyncAsync, and the sync half of a durable write
  kTruncate,
  kRename,
  kRemove,
  kLink,
  kList,
  kCreateDirectory,
  kRemoveDirectory,
  kSyncDirectory,
  kLock,
  kAnyChange,  // in a plan only: all of these but kOpen, kRead, kList, kLock
};

// Whether kAnyChange stands for it.
bool IsChange(FileOp op);

// Which operations are to fail, and how. Thread-compatible.
class FaultPlan {
 public:
  // The `nth` (1 = the next) operation `op` on a path that contains
  // `path_part` answers `status`; with `sticky` all later ones do too.
  void FailNext(FileOp op, std::string_view path_part, int nth,
                absl::Status status, bool sticky);
  // The same of writes: the first half of the bytes is written, then `status`
  // answered.
  void FailHalfway(std::string_view path_part, int nth, absl::Status status,
                   bool sticky);
  void Clear() { faults_.clear(); }

  // Counts one operation; the status it must fail with, or OK.
  absl::Status Next(FileOp op, std::string_view path);
  // Whether the operation that Next was last asked for fails halfway.
  bool halfway() const { return halfway_; }

 private:
  struct Fault {
    FileOp op;
    std::string path_part;
    int remaining;
    absl::Status status;
    bool sticky;
    bool halfway;
  };
  std::vector<Fault> faults_;
  bool halfway_ = false;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_LIB_FAULT_PLAN_H_
