// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_STATE_DISK_SPACE_H_
#define ROWAN_STORAGE_ENGINE_STATE_DISK_SPACE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/base/file_system.h"
#include "storage/base/mutex.h"

namespace rowan {

// Decides what may still take room on the disks of data and log, as it was last
// found there: README.md, "Full disk". Writes end at the reserve, deletions at
// half of it, merges begin only where their output fits above that half; the
// rest is for flushes and the log.
//
// Thread-safe. Asking whether writes go on is one load; looking asks the file
// system and is for background steps.
class DiskSpace {
 public:
  // `directories`: whose file systems count; one that doesn't tell, doesn't.
  // `reserve_bytes` 0: nothing is ever refused.
  DiskSpace(FileSystem* fs, std::vector<std::string> directories,
            uint64_t reserve_bytes);

  // Whether a write is to ask RefuseWrite.
  bool full() const { return full_.load(std::memory_order_relaxed); }
  // kResourceExhausted with reason DISK_FULL, for whoever wrote; OK for what
  // only deletes while half of the reserve is left.
  absl::Status RefuseWrite(bool only_deletes) const;
  // Why writes are refused, for an operator; "": they aren't.
  std::string why() const;

  // Asks the file systems. `log`: why the log lacks a segment, if it does; that
  // counts when it is kResourceExhausted, whatever the file systems say;
  // kUnavailable is said with the rest. Logs when writes end and when they
  // begin again.
  void Look(const absl::Status& log);

  // Room that a merge under way may still take. Given back when it is gone.
  class Hold {
   public:
    Hold(DiskSpace* space, uint64_t bytes) : space_(space), bytes_(bytes) {}
    ~Hold() { space_->held_bytes_.fetch_sub(bytes_); }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    DiskSpace* const space_;
    const uint64_t bytes_;
  };
  // kResourceExhausted when `bytes` more don't fit beside what other merges
  // hold and what is kept for flushes and the log.
  absl::StatusOr<std::unique_ptr<Hold>> HoldForMerge(uint64_t bytes);

  uint64_t reserve_bytes() const { return reserve_bytes_; }

 private:
  // The least of all; INT64_MAX when none tells.
  uint64_t FreeBytes() const;

  FileSystem* const fs_;
  const std::vector<std::string> directories_;
  const uint64_t reserve_bytes_;
  std::atomic<bool> full_{false};
  std::atomic<bool> deletions_end_{false};
  std::atomic<uint64_t> held_bytes_{0};
  mutable Mutex mutex_;
  std::string told_ ROWAN_GUARDED_BY(mutex_);  // to who writes: no paths
  std::string why_ ROWAN_GUARDED_BY(mutex_);
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_STATE_DISK_SPACE_H_
