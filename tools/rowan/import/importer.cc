// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/importer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/check.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/client/failure.h"

namespace rowan::cli {
namespace {

// How long a busy node is left alone when it names no time.
constexpr uint32_t kPauseMs = 100;

bool IsBusy(const absl::Status& status) {
  return absl::IsResourceExhausted(status) || absl::IsAborted(status);
}

// Whether the row is to blame and not the node.
bool IsRowsFault(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsOutOfRange(status);
}

}  // namespace

Importer::Importer(std::string table, size_t files, int64_t start_us,
                   BatchSender& sender, Reject reject)
    : table_(std::move(table)),
      next_timestamp_us_(start_us),
      sender_(sender),
      reject_(std::move(reject)),
      acknowledged_(files, 0) {}

Importer::Batch& Importer::Open() {
  if (!open_) {
    batches_.push_back(std::make_unique<Batch>());
    batches_.back()->request.set_mode(v1::BATCH_MODE_UNORDERED);
    open_ = true;
  }
  return *batches_.back();
}

absl::Status Importer::Add(InputLine line, MappedRow row) {
  const size_t bytes =
      row.change.ByteSizeLong() + row.partition_key.ByteSizeLong();
  if (bytes > kRowBytesMax) {
    return AddRejected(std::move(line),
                       absl::InvalidArgumentError(absl::StrCat(
                           "the row has ", bytes, " bytes, at most ",
                           kRowBytesMax, " fit into one message")));
  }
  row.change.set_timestamp_us(next_timestamp_us_++);
  if (open_ && Open().rows > 0 &&
      Open().bytes + bytes > std::max(kBatchBytesMax, bytes)) {
    open_ = false;
    Send(batches_.back().get());
    RETURN_IF_ERROR(Wait());
  }
  Batch& batch = Open();
  auto* writes = batch.request.mutable_writes();
  std::string key = row.partition_key.SerializeAsString();
  if (writes->empty() || key != batch.last_key) {
    batch.last_key = std::move(key);
    v1::WriteRequest* write = writes->Add();
    write->mutable_table()->set_name(table_);
    *write->mutable_partition_key() = std::move(row.partition_key);
    batch.lines.emplace_back();
  }
  *writes->rbegin()->add_changes() = std::move(row.change);
  batch.reaches[line.file] = line.last_line;
  batch.bytes += bytes;
  ++batch.rows;
  batch.lines.back().push_back(std::move(line));
  return CloseIfFull();
}

absl::Status Importer::AddRejected(InputLine line, const absl::Status& why) {
  RejectLine(line, why);
  Open().reaches[line.file] = line.last_line;
  return failure_;
}

absl::Status Importer::CloseIfFull() {
  const Batch& batch = *batches_.back();
  if (batch.bytes >= kBatchBytesMax || batch.rows >= kBatchRowsMax) {
    open_ = false;
    Send(batches_.back().get());
    return Wait();
  }
  return failure_;
}

absl::Status Importer::Wait() {
  while (failure_.ok() && batches_.size() >= kBatchesMax && in_flight_ > 0) {
    sender_.WaitForOne();
  }
  return failure_;
}

absl::Status Importer::Finish() {
  if (open_ && failure_.ok()) {
    open_ = false;
    Batch* batch = batches_.back().get();
    if (batch->rows > 0) {
      Send(batch);
    } else {
      batch->done = true;
      Retire();
    }
  }
  // After a failure, too: answers that are under way still count.
  while (in_flight_ > 0) sender_.WaitForOne();
  return failure_;
}

void Importer::Send(Batch* batch) {
  ++in_flight_;
  ++batch->attempts;
  sender_.Send(batch->request,
               [this, batch](const absl::Status& status,
                             const v1::BatchWriteResponse& response) {
                 --in_flight_;
                 OnAnswer(batch, status, response);
               });
}

void Importer::OnAnswer(Batch* batch, const absl::Status& status,
                        const v1::BatchWriteResponse& response) {
  uint32_t pause_ms = 0;
  if (status.ok()) {
    KeepFailed(batch, response, &pause_ms);
  } else if (IsBusy(status)) {
    pause_ms = kPauseMs;
    if (batch->attempts >= kAttemptsMax) failure_.Update(status);
  } else {
    failure_.Update(status);
  }
  if (!failure_.ok() && !(status.ok() && batch->lines.empty())) return;
  if (batch->lines.empty()) {
    batch->done = true;
    Retire();
    return;
  }
  if (pause_ms > 0) sender_.Pause(pause_ms);
  Send(batch);
}

void Importer::KeepFailed(Batch* batch, const v1::BatchWriteResponse& response,
                          uint32_t* pause_ms) {
  v1::BatchWriteRequest again;
  again.set_mode(batch->request.mode());
  std::vector<WriteLines> again_lines;
  uint64_t not_written = 0;
  for (const auto& failed : response.failures()) {
    if (failed.index() >= batch->lines.size()) continue;
    const absl::Status why = FromError(failed.error());
    const v1::WriteRequest& write = batch->request.writes(failed.index());
    WriteLines& lines = batch->lines[failed.index()];
    not_written += lines.size();
    if (IsBusy(why) && batch->attempts < kAttemptsMax) {
      *pause_ms =
          std::max({*pause_ms, kPauseMs, failed.error().retry_after_ms()});
      *again.add_writes() = write;
      again_lines.push_back(std::move(lines));
    } else if (!IsRowsFault(why)) {
      failure_.Update(why);
      again_lines.push_back(std::move(lines));
    } else if (lines.size() == 1) {
      RejectLine(lines.front(), why);
    } else {
      // One of these rows is to blame; each alone shows which.
      for (size_t i = 0; i < lines.size(); ++i) {
        v1::WriteRequest* alone = again.add_writes();
        *alone->mutable_table() = write.table();
        *alone->mutable_partition_key() = write.partition_key();
        *alone->add_changes() = write.changes(static_cast<int>(i));
        again_lines.push_back({std::move(lines[i])});
      }
    }
  }
  uint64_t sent = 0;
  for (const v1::WriteRequest& write : batch->request.writes()) {
    sent += write.changes_size();
  }
  rows_ += sent - not_written;
  batch->request = std::move(again);
  batch->lines = std::move(again_lines);
}

void Importer::RejectLine(const InputLine& line, const absl::Status& why) {
  ++rejected_;
  reject_(line, why);
}

void Importer::Retire() {
  while (!batches_.empty() && batches_.front()->done) {
    for (const auto& [file, line] : batches_.front()->reaches) {
      acknowledged_[file] = line;
    }
    batches_.pop_front();
  }
}

}  // namespace rowan::cli
