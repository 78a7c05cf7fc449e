// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_LIB_MEM_FILE_SYSTEM_H_
#define ROWAN_TESTS_LIB_MEM_FILE_SYSTEM_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/base/executor.h"
#include "storage/base/file_system.h"
#include "storage/base/mutex.h"
#include "tests/lib/fault_plan.h"
#include "tests/lib/mem_tree.h"

namespace rowan {

// What was done to one path, or to all.
struct FileCounters {
  uint64_t opens = 0;
  uint64_t reads = 0, bytes_read = 0;
  uint64_t writes = 0, bytes_written = 0;
  uint64_t syncs = 0;  // Sync, SyncAsync and durable writes
  uint64_t directory_syncs = 0;
};

// A disk in memory that forgets what was not synced, fails on request and
// counts everything. It behaves like Linux at its least helpful: a new name is
// durable only after SyncDirectory of its directory (a new directory only after
// SyncDirectory of its parent), and a failed sync drops the unsynced bytes.
//
//   MemFileSystem fs(&executor);
//   ... the engine writes and syncs ...
//   fs.PowerCut();
//   ... open a new engine on &fs ...
//
// Asynchronous operations take effect and call back in a task of `executor`, or
// inline when that is null. Thread-safe; deterministic when used from one
// thread. Must outlive its files.
class MemFileSystem : public FileSystem {
 public:
  explicit MemFileSystem(Executor* executor = nullptr) : executor_(executor) {}
  ~MemFileSystem() override;

  // --- Death. Open files and locks of before answer kAborted from now on, and
  // so do the asynchronous operations that had not taken effect.

  // The process dies; everything written stays.
  void Crash();
  // The machine dies; only synced bytes and synced names stay.
  void PowerCut();
  // The same, but a disk saves some of its own accord, in any order: unsynced
  // writes (whole or half), truncations and changes of single names for which
  // `keep` answers true (MemNode::PowerCut).
  void PowerCut(const std::function<bool()>& keep);

  // --- Images: what a disk held at one moment, with what was on its way there.

  // Called before each operation that changes the disk takes effect, under the
  // lock: it must not call the file system. A durable write is two operations,
  // a kWrite and then a kSync, which finds the bytes unsynced. Null ends it.
  using ChangeWatcher = std::function<void(FileOp op, std::string_view path,
                                           const MemTree& before)>;
  void WatchChanges(ChangeWatcher watcher);
  MemTree Image() const;
  // Another disk is put in; to those who have files open a death.
  void Load(MemTree image);

  // --- Operations in flight.

  // Holds asynchronous operations on paths that contain `path_part`: they take
  // no effect until released. Turning it off releases nothing by itself.
  void HoldAsync(bool hold, std::string_view path_part = "");
  // Lets the oldest one go on; false when none is held.
  bool ReleaseOne();
  void ReleaseAll();
  size_t held_count() const;

  // --- Faults.

  // FaultPlan::FailNext. A durable write is a kWrite and then a kSync.
  void FailNext(FileOp op, std::string_view path_part, int nth,
                absl::Status status, bool sticky = false);
  // FaultPlan::FailHalfway.
  void FailHalfway(std::string_view path_part, int nth, absl::Status status,
                   bool sticky = false);
  // Runs `action` before the next Link takes effect: what others do meanwhile.
  void BeforeNextLink(std::function<void()> action);
  // A bad sector: reads of `path` that touch these bytes answer kDataLoss. One
  // a path.
  void SetUnreadable(const std::string& path, uint64_t offset, uint64_t bytes);
  // Bad sectors are faults too.
  void ClearFaults();
  // Replaces bytes of an existing file, on the disk too.
  void Corrupt(const std::string& path, uint64_t offset,
               std::string_view bytes);
  // When false, ReadAtIfCached answers WouldBlock(). True by default.
  void SetCached(bool cached);
  // From now on ReadAtIfCached answers WouldBlock() unless all bytes lie in
  // pages of 4 KiB that have been read since.
  void DropCache();
  void SetFreeBytes(uint64_t bytes);

  // --- A test's own access: never counted, never failing by plan.

  absl::StatusOr<std::string> ReadFile(const std::string& path) const;
  // Makes the file with its directories, all durable.
  void WriteFile(const std::string& path, std::string_view contents);

  FileCounters Counters() const;
  // Of files opened as `path`.
  FileCounters Counters(const std::string& path) const;
  void ResetCounters();

  // --- FileSystem.

  absl::StatusOr<std::unique_ptr<File>> Open(
      const std::string& path, const OpenOptions& options) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status Remove(const std::string& path) override;
  absl::Status Link(const std::string& from, const std::string& to) override;
  absl::StatusOr<bool> Exists(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> List(
      const std::string& directory) override;
  absl::Status CreateDirectory(const std::string& path) override;
  absl::Status RemoveDirectory(const std::string& path) override;
  absl::Status SyncDirectory(const std::string& directory) override;
  absl::StatusOr<std::unique_ptr<FileLock>> Lock(
      const std::string& path) override;
  absl::StatusOr<uint64_t> FreeBytes(const std::string& path) override;

 private:
  friend class MemFile;
  friend class MemFileLock;

  struct Held {
    std::string path;
    Task operation;
  };

  // Starts an asynchronous operation, now or when it is released.
  void Submit(const std::string& path, Task operation);
  void Dispatch(Task operation);
  void Unlock(const std::string& path, uint64_t generation);
  void EndProcess();  // what Crash, PowerCut and Load share
  // What every operation begins with: it is watched, and may be told to fail.
  absl::Status Begin(FileOp op, std::string_view path) ROWAN_REQUIRES(mutex_);
  bool InCache(const MemNode* node, uint64_t offset, size_t size) const
      ROWAN_REQUIRES(mutex_);
  void CacheRead(const MemNode* node, uint64_t offset, size_t size)
      ROWAN_REQUIRES(mutex_);
  // Adds to the counters of `path` and of all.
  void Count(const std::string& path,
             const std::function<void(FileCounters&)>& add)
      ROWAN_REQUIRES(mutex_);

  Executor* const executor_;
  mutable Mutex mutex_;
  MemTree tree_ ROWAN_GUARDED_BY(mutex_);
  FaultPlan faults_ ROWAN_GUARDED_BY(mutex_);
  ChangeWatcher watcher_ ROWAN_GUARDED_BY(mutex_);
  std::function<void()> before_link_ ROWAN_GUARDED_BY(mutex_);
  struct BadSector {
    uint64_t begin, end;
  };
  std::map<std::string, BadSector> unreadable_ ROWAN_GUARDED_BY(mutex_);
  uint64_t generation_ ROWAN_GUARDED_BY(mutex_) = 0;  // grows with every death
  std::set<std::string> locks_ ROWAN_GUARDED_BY(mutex_);
  bool hold_ ROWAN_GUARDED_BY(mutex_) = false;
  std::string hold_path_part_ ROWAN_GUARDED_BY(mutex_);
  std::deque<Held> held_ ROWAN_GUARDED_BY(mutex_);
  // Whether all bytes are in memory; else the pages that are.
  bool cached_ ROWAN_GUARDED_BY(mutex_) = true;
  bool caches_reads_ ROWAN_GUARDED_BY(mutex_) = false;
  std::set<std::pair<const MemNode*, uint64_t>> pages_ ROWAN_GUARDED_BY(mutex_);
  uint64_t free_bytes_ ROWAN_GUARDED_BY(mutex_) = uint64_t{1} << 40;
  FileCounters total_ ROWAN_GUARDED_BY(mutex_);
  std::map<std::string, FileCounters> by_path_ ROWAN_GUARDED_BY(mutex_);
};

}  // namespace rowan

#endif  // ROWAN_TESTS_LIB_MEM_FILE_SYSTEM_H_
