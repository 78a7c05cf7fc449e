// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/state/disk_space.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "storage/base/error_reason.h"
#include "storage/base/logging.h"

namespace rowan {
namespace {

// Writes begin again this part of the reserve above it, so that a disk that
// stays at the edge doesn't answer every other write.
constexpr uint64_t kBackAboveShare = 8;

std::string MiB(uint64_t bytes) {
  return absl::StrFormat("%.1f MiB", static_cast<double>(bytes) / (1 << 20));
}

absl::Status DiskFull(const std::string& message) {
  return WithReason(absl::ResourceExhaustedError(message), "DISK_FULL");
}

}  // namespace

DiskSpace::DiskSpace(FileSystem* fs, std::vector<std::string> directories,
                     uint64_t reserve_bytes)
    : fs_(fs),
      directories_(std::move(directories)),
      reserve_bytes_(reserve_bytes) {}

uint64_t DiskSpace::FreeBytes() const {
  uint64_t least = std::numeric_limits<int64_t>::max();
  for (const std::string& directory : directories_) {
    const auto free = fs_->FreeBytes(directory);
    if (free.ok()) least = std::min(least, *free);
  }
  return least;
}

void DiskSpace::Look(const absl::Status& log) {
  if (reserve_bytes_ == 0) return;
  const uint64_t free = FreeBytes();
  const bool log_full = absl::IsResourceExhausted(log);
  const bool archive_fails = absl::IsUnavailable(log);
  const bool was_full = full_.load();
  const uint64_t enough =
      was_full ? reserve_bytes_ + reserve_bytes_ / kBackAboveShare
               : reserve_bytes_;
  const bool now_full = log_full || free < enough;
  {
    MutexLock lock(mutex_);
    told_ = free < enough
                ? absl::StrCat("disk is nearly full: ", MiB(free),
                               " are free and ", MiB(reserve_bytes_),
                               " are kept for flushes, merges and the commit "
                               "log")
                : absl::StrCat(
                      "disk takes no further segment of the commit "
                      "log, though ",
                      MiB(free), " are free: a quota or a limit?");
    if (archive_fails) {
      absl::StrAppend(&told_, "; the archive of the commit log fails");
    }
    why_ = now_full ? absl::StrCat("the ", told_) : "";
    if (now_full && !log.ok()) absl::StrAppend(&why_, "; ", log.message());
  }
  deletions_end_.store(log_full || free < reserve_bytes_ / 2);
  full_.store(now_full);
  if (now_full == was_full) return;
  Log(now_full ? LogLevel::kError : LogLevel::kInfo,
      now_full ? "writes are refused: the disk is nearly full"
               : "writes are taken again: the disk has room",
      {{"free_bytes", free}, {"reserve_bytes", reserve_bytes_}, {"log", log}});
}

absl::Status DiskSpace::RefuseWrite(bool only_deletes) const {
  if (!full() || (only_deletes && !deletions_end_.load())) {
    return absl::OkStatus();
  }
  MutexLock lock(mutex_);
  return DiskFull(absl::StrCat(
      "the node's ", told_,
      "; nothing was written. Reads go on. Make room (drop tables or "
      "snapshots, delete rows and compact, or give the node a larger disk) and "
      "writes go on by themselves"));
}

std::string DiskSpace::why() const {
  MutexLock lock(mutex_);
  return why_;
}

absl::StatusOr<std::unique_ptr<DiskSpace::Hold>> DiskSpace::HoldForMerge(
    uint64_t bytes) {
  const uint64_t before = held_bytes_.fetch_add(bytes);
  auto hold = std::make_unique<Hold>(this, bytes);
  if (reserve_bytes_ == 0) return hold;
  const uint64_t free = FreeBytes();
  const uint64_t kept = reserve_bytes_ / 2 + before;
  if (free >= kept && free - kept >= bytes) return hold;
  return DiskFull(absl::StrCat(
      "no room for a merge of ", MiB(bytes), ": ", MiB(free), " are free, ",
      MiB(kept), " are kept for other merges, flushes and the commit log"));
}

}  // namespace rowan
