// SPDX-License-Identifier: Apache-2.0
#include "node/service/row_encoder.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/service/aggregate_codec.h"
#include "node/service/cells/element_reader.h"
#include "node/service/limits.h"
#include "node/service/page_token.h"
#include "node/service/wire/data_type.h"
#include "node/service/wire/missing_fields.h"
#include "node/service/wire/request_error.h"
#include "node/service/wire/value_codec.h"
#include "storage/base/coding.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/composite_codec.h"
#include "storage/model/composite/element_path.h"
#include "storage/model/counter.h"
#include "storage/model/key_codec.h"

namespace rowan {
namespace {

v1::EndReason EndReasonOf(EndReason reason) {
  switch (reason) {
    case EndReason::kExhausted:
      return v1::END_REASON_EXHAUSTED;
    case EndReason::kRows:
      return v1::END_REASON_ROWS;
    case EndReason::kBytes:
      return v1::END_REASON_BYTES;
    case EndReason::kTime:
      return v1::END_REASON_TIME;
    case EndReason::kTombstones:
      return v1::END_REASON_TOMBSTONES;
  }
  return v1::END_REASON_UNSPECIFIED;
}

void FillStats(const ReadStats& stats, v1::ReadStats* out) {
  out->set_memtables(stats.memtables);
  out->set_sstables(stats.sstables);
  out->set_sstables_skipped(stats.sstables_skipped);
  out->set_blocks(stats.blocks);
  out->set_block_bytes(stats.block_bytes);
  out->set_rows_scanned(stats.rows_scanned);
  out->set_cells_scanned(stats.cells_scanned);
  out->set_tombstones(stats.tombstones);
  out->set_waits(stats.waits);
  out->set_wait_ns(static_cast<uint64_t>(stats.wait_ns));
  out->set_work_ns(static_cast<uint64_t>(stats.work_ns));
}

void SetCellInfo(const Cell& cell, uint32_t now_s, v1::CellInfo* info) {
  info->set_timestamp_us(cell.timestamp);
  if (cell.kind == CellKind::kExpiring) {
    info->set_ttl_s(cell.local_time_s - now_s);
  }
}

// Adds one live cell of `column` to what is told of the column.
void AddCellInfo(const Column& column, const Cell& cell, uint32_t now_s,
                 v1::CellInfo* info) {
  // Of a counter's replicas, the one that counted last.
  if (column.type.kind == TypeKind::kCounter &&
      info->timestamp_us() >= cell.timestamp) {
    return;
  }
  if (!HasCellPerElement(column.type)) return SetCellInfo(cell, now_s, info);
  const bool first = info->elements_size() == 0;
  SetCellInfo(cell, now_s, info->add_elements());
  if (first || cell.timestamp > info->timestamp_us()) {
    info->set_timestamp_us(cell.timestamp);
  }
}

// What is damaged has no reason of its own.
absl::Status AggregateError(const absl::Status& status) {
  return absl::IsResourceExhausted(status)
             ? WithReason(status, "AGGREGATE_TOO_LARGE")
             : status;
}

// The row of the aggregates, or what they keep for the page that follows.
absl::Status FinishAggregates(const Aggregator& aggregator, bool more,
                              PageToken* token, v1::ReadResponse* response) {
  if (!more) {
    return AggregateError(EncodeAggregateRow(aggregator, response->add_rows()));
  }
  absl::StatusOr<std::string> state = aggregator.State();
  if (!state.ok()) return AggregateError(state.status());
  token->aggregates = *std::move(state);
  // Full of rows that were summed up: the page had its share of work.
  if (response->end_reason() == v1::END_REASON_ROWS) {
    response->set_end_reason(v1::END_REASON_TIME);
  }
  return absl::OkStatus();
}

}  // namespace

RowEncoder::RowEncoder(const DecodedRead& read, v1::ReadResponse* response)
    : read_(read), response_(response) {
  for (size_t i = 0; i < read.columns.size(); ++i) {
    const Column& column = *read.columns[i];
    if (column.role == ColumnRole::kPartitionKey) ++key_columns_;
    if (column.role == ColumnRole::kClustering) ++clustering_columns_;
    if (place_.size() <= column.id.value)
      place_.resize(column.id.value + 1, -1);
    place_[column.id.value] = static_cast<int>(i);
    if (HoldsFields(column.type)) with_fields_.push_back(i);
  }
}

absl::Status RowEncoder::EncodeKey(std::string_view partition_key,
                                   v1::Row* out) {
  ASSIGN_OR_RETURN(const std::vector<std::string_view> components,
                   DecodePartitionKey(*read_.schema, partition_key));
  for (int i = 0; i < key_columns_; ++i) {
    const auto index = static_cast<size_t>(i);
    RETURN_IF_ERROR(DecodeValue(read_.columns[index]->type, components[index],
                                out->mutable_values(i)));
  }
  return absl::OkStatus();
}

absl::Status RowEncoder::EncodePosition(std::string_view position,
                                        v1::Row* out) {
  if (position.empty() || clustering_columns_ == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const DecodedPosition decoded,
                   DecodePosition(*read_.schema, position));
  if (decoded.components.size() != static_cast<size_t>(clustering_columns_)) {
    return absl::DataLossError("a stored row has an incomplete key");
  }
  for (int i = 0; i < clustering_columns_; ++i) {
    const int place = key_columns_ + i;
    RETURN_IF_ERROR(DecodeValue(read_.columns[static_cast<size_t>(place)]->type,
                                decoded.components[static_cast<size_t>(i)],
                                out->mutable_values(place)));
  }
  return absl::OkStatus();
}

absl::Status RowEncoder::EncodeCells(const Row& row, v1::Row* out) {
  for (const Cell& cell : row.cells) {
    if (cell.column.value >= place_.size()) continue;
    const int place = place_[cell.column.value];
    if (place < 0) continue;
    const Column& column = *read_.columns[static_cast<size_t>(place)];
    if (IsOfLaterField(column.type, cell.path)) [[unlikely]]
      continue;
    if (read_.cell_info) {
      AddCellInfo(column, cell, read_.command.now_s, out->mutable_cells(place));
    }
    const ColumnType& type = column.type;
    v1::Value* value = out->mutable_values(place);
    if (HasCellPerElement(type)) [[unlikely]] {
      RETURN_IF_ERROR(AppendElement(type, cell, value));
    } else if (type.kind == TypeKind::kCounter) {
      RETURN_IF_ERROR(AddToCounter(cell, value));
    } else {
      RETURN_IF_ERROR(DecodeValue(type, cell.value, value));
    }
  }
  return absl::OkStatus();
}

absl::Status RowEncoder::AddToCounter(const Cell& cell, v1::Value* counter) {
  int64_t own;
  if (!ReadCounter(cell.value, &own)) {
    return absl::DataLossError("a stored counter is malformed");
  }
  counter->set_int_value(WrappingSum(counter->int_value(), own));
  return absl::OkStatus();
}

size_t RowEncoder::OnRow(const ResultRow& row) {
  if (!status_.ok()) return 0;
  if (read_.aggregator) {
    status_ = AggregateError(read_.aggregator->Add(row));
    return 0;
  }
  v1::Row* out = response_->add_rows();
  status_ = EncodeRow(row, out);
  const size_t size = out->ByteSizeLong();
  const size_t framed = size + 1 + VarintSize(size);
  bytes_ += framed;
  return framed;
}

absl::Status RowEncoder::EncodeRow(const ResultRow& row, v1::Row* out) {
  out->mutable_values()->Reserve(static_cast<int>(read_.columns.size()));
  for (size_t i = 0; i < read_.columns.size(); ++i) {
    out->add_values();
    if (read_.cell_info) out->add_cells();
  }
  RETURN_IF_ERROR(EncodeKey(row.partition_key, out));
  RETURN_IF_ERROR(EncodePosition(row.position, out));
  if (row.static_row != nullptr) {
    RETURN_IF_ERROR(EncodeCells(*row.static_row, out));
  }
  if (row.row != nullptr) RETURN_IF_ERROR(EncodeCells(*row.row, out));
  size_t nulls_left = kShownNullsMax;
  for (const size_t i : with_fields_) {
    ShowMissingFields(read_.columns[i]->type, &nulls_left,
                      out->mutable_values(static_cast<int>(i)));
  }
  for (v1::Value& value : *out->mutable_values()) {
    if (value.kind_case() == v1::Value::KIND_NOT_SET) {
      value.set_null_value(v1::NULL_VALUE);
    }
  }
  return absl::OkStatus();
}

void FillColumns(
    const DecodedRead& read,
    google::protobuf::RepeatedPtrField<v1::ResultColumn>* columns) {
  if (read.aggregator) {
    return EncodeAggregateColumns(*read.aggregator, columns);
  }
  for (const Column* column : read.columns) {
    v1::ResultColumn* out = columns->Add();
    out->set_name(column->name);
    out->set_id(column->id.value);
    EncodeDataType(column->type, out->mutable_type());
  }
}

absl::Status FinishPage(const v1::ReadRequest& request, const DecodedRead& read,
                        const RowEncoder& rows, const PageEnd& end,
                        v1::ReadResponse* response) {
  if (!rows.status().ok()) return rows.status();
  if (read.plain_client && rows.bytes() > kPlainAnswerBytesMax) {
    absl::Status status = RequestError(
        absl::StatusCode::kResourceExhausted, "ROW_TOO_LARGE",
        absl::StrCat("the page takes ", rows.bytes(),
                     " bytes, since one row is large; gRPC clients receive 4 "
                     "MiB unless told otherwise. Raise the client's limit and "
                     "say so with page_bytes above ",
                     kPageBytesPlainMax));
    return WithMetadata(std::move(status), "size",
                        std::to_string(rows.bytes()));
  }
  const bool unlimited =
      read.command.limit == std::numeric_limits<uint64_t>::max();
  const uint64_t limit_left =
      unlimited ? read.command.limit
                : read.command.limit - std::min(read.command.limit, end.rows);
  const bool more = end.resume.has_value() && limit_left > 0;
  response->set_end_reason(EndReasonOf(end.reason));
  PageToken token{.handle = read.schema->handle,
                  .shape = read.shape,
                  .now_s = read.command.now_s,
                  .limit_left = limit_left,
                  .position = end.resume};
  if (read.aggregator) {
    RETURN_IF_ERROR(FinishAggregates(*read.aggregator, more, &token, response));
  }
  if (more) response->set_next_page_token(EncodePageToken(token));
  if (request.table().table_case() == v1::TableRef::kName) {
    FillColumns(read, response->mutable_columns());
  }
  if (request.explain()) FillStats(end.stats, response->mutable_stats());
  return absl::OkStatus();
}

}  // namespace rowan
