// SPDX-License-Identifier: Apache-2.0
#include "commitlog/commit_log.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "commitlog/log_recovery.h"
#include "storage/base/status_macros.h"

namespace rowan {

namespace {

// What the runs before have left for the archive.
struct Unarchived {
  std::vector<ArchiveJob> found;  // in log order
  ArchiveJob written;             // the fresh segment
  std::vector<SegmentFile> free;  // to be used again afterwards
};

Unarchived TakeUnarchived(RecoveredLog* log) {
  const SegmentFile& fresh = log->live.back();
  Unarchived rest;
  rest.written = {.id = fresh.id, .path = fresh.path, .end = log->next};
  const auto add = [&rest](const SegmentFile& segment) {
    rest.found.push_back(
        {.id = segment.id, .path = segment.path, .whole = true});
  };
  std::for_each(log->live.begin(), std::prev(log->live.end()), add);
  for (SegmentFile& segment : std::exchange(log->free, {})) {
    if (segment.id.value == 0) {
      log->free.push_back(std::move(segment));
      continue;
    }
    add(segment);
    rest.free.push_back(std::move(segment));
  }
  std::sort(
      rest.found.begin(), rest.found.end(),
      [](const ArchiveJob& a, const ArchiveJob& b) { return a.id < b.id; });
  return rest;
}

}  // namespace

absl::StatusOr<std::unique_ptr<CommitLog>> CommitLog::Open(
    const CommitLogOptions& given, FileSystem* fs, Clock* clock,
    Executor* executor, LogNeed need, LogReplay* replay, LogClient* client,
    LogRecovery* recovery, std::shared_ptr<LogArchive> archive) {
  CommitLogOptions options = given;
  options.keep_segments = archive != nullptr;
  RETURN_IF_ERROR(Annotate(CheckOptions(options), "commit log"));
  auto recovered = RecoverLog(options, fs, clock, need, replay, recovery);
  RETURN_IF_ERROR(Annotate(recovered.status(), "commit log"));
  Unarchived unarchived;
  if (archive != nullptr) unarchived = TakeUnarchived(&*recovered);
  auto pool = std::make_shared<SegmentPool>(options, fs, executor,
                                            std::move(recovered->free),
                                            recovered->next_number);
  auto writer = std::make_shared<LogWriter>(
      options, clock, executor, client, pool, archive, *std::move(recovered));
  pool->Start([weak = std::weak_ptr<LogWriter>(writer)] {
    if (auto self = weak.lock()) self->OnSegmentTried();
  });
  if (archive != nullptr) {
    archive->Start(options.segment_bytes, pool, std::move(unarchived.found),
                   std::move(unarchived.written));
    for (SegmentFile& segment : unarchived.free) {
      archive->Give(std::move(segment));
    }
  }
  return std::unique_ptr<CommitLog>(
      new CommitLog(std::move(pool), std::move(archive), std::move(writer),
                    Geometry(options.segment_bytes).RecordSizeMax()));
}

CommitLog::CommitLog(std::shared_ptr<SegmentPool> pool,
                     std::shared_ptr<LogArchive> archive,
                     std::shared_ptr<LogWriter> writer, size_t record_size_max)
    : pool_(std::move(pool)),
      archive_(std::move(archive)),
      writer_(std::move(writer)),
      record_size_max_(record_size_max) {}

CommitLog::~CommitLog() {
  if (archive_ != nullptr) archive_->Abandon();
  pool_->Stop([] {});
  writer_->Abandon();
}

absl::Status CommitLog::Append(size_t size,
                               absl::FunctionRef<void(std::span<char>)> encode,
                               LogAppend* append) {
  return writer_->Append(size, encode, append);
}

LogPosition CommitLog::Tail() const { return writer_->Tail(); }
void CommitLog::WhenDurable(LogPosition position,
                            absl::AnyInvocable<void(absl::Status)> done) {
  writer_->WhenDurable(position, std::move(done));
}
void CommitLog::Release(LogPosition head) { writer_->Release(head); }
LogPosition CommitLog::Head() const { return writer_->Head(); }
uint64_t CommitLog::BytesInUse() const { return writer_->BytesInUse(); }
DurationCounts CommitLog::SyncDurations() const {
  return writer_->SyncDurations();
}
size_t CommitLog::RecordSizeMax() const { return record_size_max_; }
absl::Status CommitLog::failed() const { return writer_->failed(); }
absl::Status CommitLog::spare_failure() const {
  const absl::Status pool = pool_->failure();
  if (!pool.ok() || archive_ == nullptr) return pool;
  const LogArchiveStatus archive = archive_->status();
  if (archive.failure.ok()) return pool;
  return absl::UnavailableError(
      absl::StrCat("its archive fails, and ", archive.bytes_held >> 20,
                   " MiB of it can't be used again until then: ",
                   archive.failure.message()));
}
void CommitLog::EndWaits() { writer_->EndWaits(); }
void CommitLog::Close(absl::AnyInvocable<void(absl::Status)> done) {
  writer_->Close(std::move(done));
}

LogOpener MakeOpener(CommitLogOptions options, FileSystem* fs, Clock* clock,
                     Executor* executor, std::shared_ptr<LogArchive> archive) {
  return
      [options = std::move(options), fs, clock, executor,
       archive = std::move(archive)](LogNeed need, LogReplay* replay,
                                     LogClient* client, LogRecovery* recovery)
          -> absl::StatusOr<std::unique_ptr<MutationLog>> {
        return CommitLog::Open(options, fs, clock, executor, need, replay,
                               client, recovery, archive);
      };
}

}  // namespace rowan
