// SPDX-License-Identifier: Apache-2.0
#include "commitlog/commit_log.h"

#include <utility>

#include "commitlog/log_recovery.h"
#include "storage/base/status_macros.h"

namespace rowan {

absl::StatusOr<std::unique_ptr<CommitLog>> CommitLog::Open(
    const CommitLogOptions& options, FileSystem* fs, Clock* clock,
    Executor* executor, LogNeed need, LogReplay* replay, LogClient* client,
    LogRecovery* recovery) {
  RETURN_IF_ERROR(Annotate(CheckOptions(options), "commit log"));
  auto recovered = RecoverLog(options, fs, clock, need, replay, recovery);
  RETURN_IF_ERROR(Annotate(recovered.status(), "commit log"));
  auto pool = std::make_shared<SegmentPool>(options, fs, executor,
                                            std::move(recovered->free),
                                            recovered->next_number);
  auto writer = std::make_shared<LogWriter>(options, clock, executor, client,
                                            pool, *std::move(recovered));
  pool->Start([weak = std::weak_ptr<LogWriter>(writer)] {
    if (auto self = weak.lock()) self->OnSegmentTried();
  });
  return std::unique_ptr<CommitLog>(
      new CommitLog(std::move(pool), std::move(writer),
                    Geometry(options.segment_bytes).RecordSizeMax()));
}

CommitLog::CommitLog(std::shared_ptr<SegmentPool> pool,
                     std::shared_ptr<LogWriter> writer, size_t record_size_max)
    : pool_(std::move(pool)),
      writer_(std::move(writer)),
      record_size_max_(record_size_max) {}

CommitLog::~CommitLog() {
  pool_->Stop([] {});
  writer_->Abandon();
}

absl::Status CommitLog::Append(size_t size,
                               absl::FunctionRef<void(std::span<char>)> encode,
                               LogAppend* append) {
  return writer_->Append(size, encode, append);
}

LogPosition CommitLog::Tail() const { return writer_->Tail(); }
void CommitLog::Release(LogPosition head) { writer_->Release(head); }
LogPosition CommitLog::Head() const { return writer_->Head(); }
uint64_t CommitLog::BytesInUse() const { return writer_->BytesInUse(); }
DurationCounts CommitLog::SyncDurations() const {
  return writer_->SyncDurations();
}
size_t CommitLog::RecordSizeMax() const { return record_size_max_; }
absl::Status CommitLog::failed() const { return writer_->failed(); }
absl::Status CommitLog::spare_failure() const { return pool_->failure(); }
void CommitLog::EndWaits() { writer_->EndWaits(); }
void CommitLog::Close(absl::AnyInvocable<void(absl::Status)> done) {
  writer_->Close(std::move(done));
}

LogOpener MakeOpener(CommitLogOptions options, FileSystem* fs, Clock* clock,
                     Executor* executor) {
  return [options = std::move(options), fs, clock, executor](
             LogNeed need, LogReplay* replay, LogClient* client,
             LogRecovery* recovery)
             -> absl::StatusOr<std::unique_ptr<MutationLog>> {
    return CommitLog::Open(options, fs, clock, executor, need, replay, client,
                           recovery);
  };
}

}  // namespace rowan
