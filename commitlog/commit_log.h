// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_COMMIT_LOG_H_
#define ROWAN_COMMITLOG_COMMIT_LOG_H_

#include <memory>
#include <span>

#include "absl/status/statusor.h"
#include "commitlog/commit_log_options.h"
#include "commitlog/log_archive.h"
#include "commitlog/log_writer.h"
#include "commitlog/segment_pool.h"
#include "storage/base/clock.h"
#include "storage/base/executor.h"
#include "storage/base/file_system.h"
#include "storage/base/mutation_log.h"

namespace rowan {

// The commit log of a node: a directory of recycled segment files, written in
// aligned chunks that many records share. Thread-safe; owns no thread.
//
// Destroying it without Close leaves the files as a crash would, and calls the
// client no more. `fs`, `clock`, `executor` and `client` outlive it and the
// tasks it has posted.
class CommitLog : public MutationLog {
 public:
  // As LogOpener. kInvalidArgument for options out of bounds,
  // kFailedPrecondition when the files have segments of another size. The
  // caller makes sure that one process opens a directory. `archive`: for this
  // one opening, or null.
  static absl::StatusOr<std::unique_ptr<CommitLog>> Open(
      const CommitLogOptions& options, FileSystem* fs, Clock* clock,
      Executor* executor, LogNeed need, LogReplay* replay, LogClient* client,
      LogRecovery* recovery, std::shared_ptr<LogArchive> archive = nullptr);

  ~CommitLog() override;

  absl::Status Append(size_t size,
                      absl::FunctionRef<void(std::span<char>)> encode,
                      LogAppend* append) override;
  LogPosition Tail() const override;
  void WhenDurable(LogPosition position,
                   absl::AnyInvocable<void(absl::Status)> done) override;
  void Release(LogPosition head) override;
  LogPosition Head() const override;
  uint64_t BytesInUse() const override;
  DurationCounts SyncDurations() const override;
  size_t RecordSizeMax() const override;
  absl::Status failed() const override;
  absl::Status spare_failure() const override;
  void EndWaits() override;
  void Close(absl::AnyInvocable<void(absl::Status)> done) override;

 private:
  CommitLog(std::shared_ptr<SegmentPool> pool,
            std::shared_ptr<LogArchive> archive,
            std::shared_ptr<LogWriter> writer, size_t record_size_max);

  const std::shared_ptr<SegmentPool> pool_;
  const std::shared_ptr<LogArchive> archive_;
  const std::shared_ptr<LogWriter> writer_;
  const size_t record_size_max_;
};

// Open with everything but the engine's part bound; with an archive, for one
// call.
LogOpener MakeOpener(CommitLogOptions options, FileSystem* fs, Clock* clock,
                     Executor* executor,
                     std::shared_ptr<LogArchive> archive = nullptr);

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_COMMIT_LOG_H_
