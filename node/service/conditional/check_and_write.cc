// SPDX-License-Identifier: Apache-2.0
#include "node/service/conditional/check_and_write.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "node/metadata/schema_changed.h"
#include "node/service/conditional/condition_decoder.h"
#include "node/service/key_decoder.h"
#include "node/service/limits.h"
#include "node/service/table_lookup.h"
#include "node/service/wire/request_error.h"
#include "node/service/write_decoder.h"
#include "partitioner/murmur3.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

// Tag, length and the index of one that is left out.
constexpr size_t kRowFramingMax = 8;

using Changes = google::protobuf::RepeatedPtrField<v1::Change>;

DecodedRead AllColumns(std::shared_ptr<const Schema> schema) {
  DecodedRead read;
  for (const Column& column : schema->columns) read.columns.push_back(&column);
  read.schema = std::move(schema);
  return read;
}

absl::Status CheckChanges(const v1::CheckAndWriteRequest& request) {
  const int count = request.success_size() + request.failure_size();
  if (count > kChangesMax) {
    return InField(
        OverLimit(absl::StatusCode::kInvalidArgument, "number of changes",
                  static_cast<uint64_t>(count), kChangesMax),
        "success");
  }
  for (const auto& [field, changes] :
       {std::pair("success", &request.success()),
        std::pair("failure", &request.failure())}) {
    RETURN_IF_ERROR(CheckNoTimestamps(*changes, field));
  }
  return absl::OkStatus();
}

// What an answer takes at least, about.
size_t StoredBytes(const ResultRow& shown, const Schema& schema) {
  size_t bytes = 0;
  for (const Row* row : {shown.static_row, shown.row}) {
    if (row == nullptr) continue;
    for (const Cell& cell : row->cells) {
      const Column* column = schema.FindColumn(cell.column);
      // The path of a list's element is its place, which no answer shows.
      const bool shown_path =
          column != nullptr && column->type.kind != TypeKind::kList;
      bytes += cell.value.size() + (shown_path ? cell.path.size() : 0);
    }
  }
  return bytes;
}

}  // namespace

CheckAndWrite::CheckAndWrite(WideRowPlace place,
                             std::shared_ptr<const Schema> schema,
                             const v1::CheckAndWriteRequest& request,
                             int64_t deadline_ns,
                             v1::CheckAndWriteResponse* response, Done done)
    : ConditionalWrite(std::move(place), deadline_ns),
      request_(request),
      response_(response),
      done_(std::move(done)),
      all_columns_(AllColumns(std::move(schema))),
      encoder_(all_columns_, nullptr) {}

absl::StatusOr<std::unique_ptr<CheckAndWrite>> CheckAndWrite::Decode(
    std::shared_ptr<const Schema> schema,
    const v1::CheckAndWriteRequest& request, int64_t now_us,
    int64_t deadline_ns, v1::CheckAndWriteResponse* response, Done done) {
  absl::StatusOr<std::string> key =
      DecodePartitionKeyOf(*schema, request.partition_key());
  if (!key.ok()) return InField(key.status(), "partition_key");
  ASSIGN_OR_RETURN(DecodedConditions conditions,
                   DecodeConditions(*schema, request.conditions()));
  RETURN_IF_ERROR(CheckChanges(request));
  ReadSet read_set;
  ListLookup success_lists, failure_lists;
  for (const auto& [field, changes, lists] :
       {std::tuple("success", &request.success(), &success_lists),
        std::tuple("failure", &request.failure(), &failure_lists)}) {
    ASSIGN_OR_RETURN(
        const Mutation mutation,
        DecodeChanges(*schema, *key, *changes, field,
                      {.now_us = now_us, .timestamp_us = now_us}, lists));
    read_set.AddChanges(mutation);
  }
  const Token token = TokenOfKey(*key);
  std::unique_ptr<CheckAndWrite> write(
      new CheckAndWrite({schema->id, token, *std::move(key)}, schema, request,
                        deadline_ns, response, std::move(done)));
  write->judge_ = ConditionJudge(std::move(conditions.wide_row));
  write->answers_ = conditions.answers;
  write->read_set_ = std::move(read_set);
  write->success_lists_ = std::move(success_lists);
  write->failure_lists_ = std::move(failure_lists);
  return write;
}

std::vector<ReadCommand> CheckAndWrite::Reads() {
  for (int i = 0; i < answers_; ++i) response_->add_current();
  if (request_.table().table_case() == v1::TableRef::kName) {
    FillColumns(all_columns_, response_->mutable_columns());
  }
  const size_t bytes = response_->ByteSizeLong();
  answer_bytes_left_ =
      kPlainAnswerBytesMax - std::min(kPlainAnswerBytesMax, bytes);
  return judge_.Reads(std::move(read_set_));
}

size_t CheckAndWrite::OnRow(const ResultRow& row) {
  if (!judge_.reads_rows()) return 0;
  judge_.OnRow(row, [this](const ResultRow& current, int answer) {
    Show(current, answer);
  });
  success_lists_.Take(row);
  failure_lists_.Take(row);
  return 0;
}

void CheckAndWrite::Show(const ResultRow& row, int answer) {
  if (StoredBytes(row, *all_columns_.schema) < answer_bytes_left_) {
    v1::Row* const out = response_->mutable_current(answer);
    status_.Update(encoder_.EncodeRow(row, out));
    const size_t bytes = out->ByteSizeLong() + kRowFramingMax;
    if (bytes <= answer_bytes_left_) {
      answer_bytes_left_ -= bytes;
      return;
    }
    // No other one is encoded in vain.
    out->Clear();
    answer_bytes_left_ = 0;
  }
  response_->add_current_left_out(static_cast<uint32_t>(answer));
}

absl::Status CheckAndWrite::OnRead(const PageEnd& end) {
  RETURN_IF_ERROR(judge_.OnRead(end));
  return status_;
}

void CheckAndWrite::Finish(const absl::Status& status) {
  done_(
      UnlessAltered(*coordinator().catalogue(), *all_columns_.schema, status));
}

absl::StatusOr<std::optional<Mutation>> CheckAndWrite::Decide() {
  RETURN_IF_ERROR(UnlessColumnDropped(
      coordinator().local_engine().FindTable(place().table).get(),
      *all_columns_.schema, [this](ColumnId column) {
        return judge_.Compares(column) || success_lists_.Asks(column) ||
               failure_lists_.Asks(column);
      }));
  const bool applied = judge_.applied();
  response_->set_applied(applied);
  std::sort(response_->mutable_current_left_out()->begin(),
            response_->mutable_current_left_out()->end());
  const Changes& changes = applied ? request_.success() : request_.failure();
  if (changes.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const int64_t timestamp_us, TimestampAbove());
  ListLookup& lists = applied ? success_lists_ : failure_lists_;
  lists.EndRead();
  ASSIGN_OR_RETURN(Mutation mutation,
                   DecodeChanges(*all_columns_.schema, place().partition_key,
                                 changes, applied ? "success" : "failure",
                                 {.now_us = coordinator().clock().WallMicros(),
                                  .timestamp_us = timestamp_us},
                                 &lists));
  // Operations on lists may have found nothing to do.
  if (!mutation.empty()) response_->set_timestamp_us(timestamp_us);
  return mutation;
}

}  // namespace rowan
