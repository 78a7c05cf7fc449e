// SPDX-License-Identifier: Apache-2.0
#include "node/service/batch_service.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "node/service/data_service.h"
#include "node/service/limits.h"
#include "node/service/page_token.h"
#include "node/service/row_encoder.h"
#include "node/service/table_lookup.h"
#include "node/service/wire/request_error.h"
#include "node/service/write_decoder.h"
#include "storage/base/mutex.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

using BatchReadCall = UnaryCall<v1::BatchReadRequest, v1::BatchReadResponse>;
using BatchWriteCall = UnaryCall<v1::BatchWriteRequest, v1::BatchWriteResponse>;

// A BatchRead under way. Deletes itself at its end.
class ReadBatch {
 public:
  ReadBatch(Coordinator* coordinator, BatchReadCall* call)
      : coordinator_(coordinator), call_(call) {}

  // Starts reads until one has to wait; its callback goes on from there. So a
  // thousand reads that answer at once don't nest a thousand calls deep.
  void Run() {
    while (next_ < call_->request().reads_size()) {
      turn_.store(Turn::kStarting);
      if (!StartOne()) continue;
      if (turn_.exchange(Turn::kWaiting) == Turn::kStarting) return;
    }
    BatchReadCall* const call = call_;
    delete this;
    call->Finish(absl::OkStatus());
  }

 private:
  // Who goes on when a read has been started and has answered: the later.
  enum class Turn { kStarting, kWaiting, kAnswered };

  // False when the read answered without the engine.
  bool StartOne() {
    const v1::ReadRequest& request = call_->request().reads(next_++);
    v1::BatchReadResult* result = call_->response()->add_results();
    absl::StatusOr<DecodedRead> read =
        StartRead(*coordinator_, request, call_->deadline_ns());
    if (!read.ok()) {
      FillError(read.status(), result->mutable_error());
      return false;
    }
    if (bytes_left_ == 0) {
      absl::Status status = AnswerLater(*read, result->mutable_page());
      if (!status.ok()) FillError(status, result->mutable_error());
      return false;
    }
    read->command.page_bytes_max =
        std::min<uint64_t>(read->command.page_bytes_max, bytes_left_);
    read_.emplace(*std::move(read));
    rows_.emplace(*read_, result->mutable_page());
    ReadPage(coordinator_, &*read_, &*rows_,
             [this, &request, result](absl::StatusOr<PageEnd> end) {
               OnPage(request, std::move(end), result);
             });
    return true;
  }

  void OnPage(const v1::ReadRequest& request, absl::StatusOr<PageEnd> end,
              v1::BatchReadResult* result) {
    absl::Status status = end.status();
    if (end.ok()) {
      status =
          FinishPage(request, *read_, *rows_, *end, result->mutable_page());
    }
    if (status.ok()) {
      // Aggregates have no rows; what they have is in the token and the end.
      const uint64_t bytes =
          read_->aggregator ? result->ByteSizeLong() : rows_->bytes();
      bytes_left_ -= std::min(bytes_left_, bytes);
    } else {
      FillError(
          UnlessAltered(*coordinator_->catalogue(), *read_->schema, status),
          result->mutable_error());
    }
    if (turn_.exchange(Turn::kAnswered) == Turn::kWaiting) Run();
  }

  // An empty page to ask again from.
  static absl::Status AnswerLater(const DecodedRead& read,
                                  v1::ReadResponse* page) {
    page->set_end_reason(v1::END_REASON_BYTES);
    PageToken token{.handle = read.schema->handle,
                    .shape = read.shape,
                    .now_s = read.command.now_s,
                    .limit_left = read.command.limit,
                    .position = read.command.resume};
    // Over its bounds only when the request's token was not of this node.
    if (read.aggregator) {
      ASSIGN_OR_RETURN(token.aggregates, read.aggregator->State());
    }
    page->set_next_page_token(EncodePageToken(token));
    return absl::OkStatus();
  }

  Coordinator* const coordinator_;
  BatchReadCall* const call_;
  int next_ = 0;
  uint64_t bytes_left_ = kPageBytesPlainMax;
  std::atomic<Turn> turn_{Turn::kStarting};
  std::optional<DecodedRead> read_;
  std::optional<RowEncoder> rows_;
};

// A BatchWrite under way. Deletes itself when the last write is answered.
class WriteBatch {
 public:
  WriteBatch(Coordinator* coordinator, BatchWriteCall* call)
      : coordinator_(coordinator), call_(call) {}

  void RunUnordered() {
    for (int i = 0; i < call_->request().writes_size(); ++i) {
      if (absl::Status status = DecodeOne(i); !status.ok()) Fail(i, status);
    }
    // One more, so that the last answer can't come before all are started.
    open_ = mutations_.size() + 1;
    for (size_t i = 0; i < mutations_.size(); ++i) {
      coordinator_->Write(mutations_[i], [this, i](const absl::Status& status) {
        if (!status.ok()) Fail(indexes_[i], status);
        EndOne();
      });
    }
    EndOne();
  }

  void RunLogged() {
    for (int i = 0; i < call_->request().writes_size(); ++i) {
      absl::Status status = DecodeOne(i);
      if (!status.ok()) return Finish(InField(std::move(status), "writes", i));
    }
    coordinator_->WriteAtomic(
        mutations_, [this](const absl::Status& status) { Finish(status); });
  }

  absl::Status ChooseTimestamps() {
    ASSIGN_OR_RETURN(
        timestamp_us_,
        ChooseTimestamp(*coordinator_, call_->request().timestamp_us()));
    call_->response()->set_timestamp_us(timestamp_us_);
    mutations_.reserve(static_cast<size_t>(call_->request().writes_size()));
    return absl::OkStatus();
  }

 private:
  absl::Status DecodeOne(int index) {
    const v1::WriteRequest& write = call_->request().writes(index);
    ASSIGN_OR_RETURN(const std::shared_ptr<const Schema> schema,
                     FindTable(*coordinator_->catalogue(), write.table()));
    WriteMoment moment{.now_us = coordinator_->clock().WallMicros(),
                       .timestamp_us = timestamp_us_};
    if (write.timestamp_us() != 0) {
      RETURN_IF_ERROR(InField(
          CheckTimestamp(write.timestamp_us(), moment.now_us), "timestamp_us"));
      moment.timestamp_us = write.timestamp_us();
    }
    if (schema->counts()) {
      return InField(BadRequest("COUNTER_TABLE",
                                "deletions of counters go one by one, with "
                                "Write"),
                     "table");
    }
    ASSIGN_OR_RETURN(Mutation mutation, DecodeWrite(*schema, write, moment,
                                                    /*lists=*/nullptr));
    mutations_.push_back(std::move(mutation));
    indexes_.push_back(index);
    return absl::OkStatus();
  }

  void Fail(int index, const absl::Status& status) {
    MutexLock lock(mutex_);
    failures_.emplace_back(index, status);
  }

  void EndOne() {
    if (open_.fetch_sub(1) > 1) return;
    std::sort(failures_.begin(), failures_.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [index, status] : failures_) {
      auto* failure = call_->response()->add_failures();
      failure->set_index(static_cast<uint32_t>(index));
      FillError(status, failure->mutable_error());
    }
    Finish(absl::OkStatus());
  }

  void Finish(const absl::Status& status) {
    BatchWriteCall* const call = call_;
    delete this;
    call->Finish(status);
  }

  Coordinator* const coordinator_;
  BatchWriteCall* const call_;
  int64_t timestamp_us_ = 0;
  std::vector<Mutation> mutations_;
  std::vector<int> indexes_;  // of mutations_ in the request
  std::atomic<size_t> open_{0};
  Mutex mutex_;
  std::vector<std::pair<int, absl::Status>> failures_ ROWAN_GUARDED_BY(mutex_);
};

absl::Status CheckCount(std::string_view field, int count, int max) {
  if (count >= 1 && count <= max) return absl::OkStatus();
  std::string limit = "number of ";
  limit += field;
  limit += " (1 at least)";
  return InField(
      OverLimit(absl::StatusCode::kInvalidArgument, limit,
                static_cast<uint64_t>(count), static_cast<uint64_t>(max)),
      field);
}

}  // namespace

void BatchService::BatchRead(BatchReadCall* call) {
  absl::Status status =
      CheckCount("reads", call->request().reads_size(), kBatchReadsMax);
  if (!status.ok()) return call->Finish(status);
  (new ReadBatch(coordinator_, call))->Run();
}

void BatchService::BatchWrite(BatchWriteCall* call) {
  const v1::BatchWriteRequest& request = call->request();
  absl::Status status =
      CheckCount("writes", request.writes_size(), kBatchWritesMax);
  if (status.ok() && request.mode() != v1::BATCH_MODE_UNORDERED &&
      request.mode() != v1::BATCH_MODE_LOGGED) {
    status =
        InField(BadRequest("BAD_MODE", "expected UNORDERED or LOGGED"), "mode");
  }
  if (!status.ok()) return call->Finish(status);
  auto batch = std::make_unique<WriteBatch>(coordinator_, call);
  status = batch->ChooseTimestamps();
  if (!status.ok()) return call->Finish(status);
  if (request.mode() == v1::BATCH_MODE_UNORDERED) {
    batch.release()->RunUnordered();
  } else {
    batch.release()->RunLogged();
  }
}

}  // namespace rowan
