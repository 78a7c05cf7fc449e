// SPDX-License-Identifier: Apache-2.0
#include "node/service/write_decoder.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/service/cells/cell_maker.h"
#include "node/service/cells/list_operation.h"
#include "node/service/key_decoder.h"
#include "node/service/limits.h"
#include "node/service/table_lookup.h"
#include "node/service/wire/request_error.h"
#include "partitioner/murmur3.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/type_name.h"
#include "storage/model/reconcile.h"

namespace rowan {
namespace {

// Decodes the changes of one write into one mutation.
class WriteDecoder {
 public:
  WriteDecoder(const Schema& schema, const WriteMoment& moment,
               ListLookup* lists, Mutation* mutation)
      : schema_(schema),
        moment_(moment),
        now_s_(static_cast<uint32_t>(moment.now_us / 1'000'000)),
        lists_(lists),
        mutation_(mutation),
        cells_(now_s_, mutation) {}

  absl::Status Decode(const v1::Change& change);

 private:
  absl::Status Upsert(const v1::Upsert& upsert, int64_t timestamp);
  absl::Status DeleteCells(const v1::DeleteCells& change, int64_t timestamp);
  absl::Status DeleteRow(const v1::DeleteRow& change, int64_t timestamp);
  absl::Status DeleteRange(const v1::DeleteRange& change, int64_t timestamp);

  // All that a wide row shows, but not its request ids: who retries what was
  // counted before doesn't count again.
  absl::Status DeleteCounters(int64_t timestamp);

  absl::Status UpdateElements(const v1::UpdateElements& change,
                              int64_t timestamp);
  // The cells of an operation that reads nothing.
  absl::Status ApplyOperation(const v1::UpdateElements& change,
                              const Column& column, const CellStamp& stamp,
                              std::vector<Cell>* cells);
  // One that reads first: asks, or makes the cells of what was read.
  absl::Status UpdateList(const v1::UpdateElements& change,
                          const Column& column, const CellStamp& stamp);

  template <typename Change>
  absl::StatusOr<uint32_t> TtlOf(const Change& change) const;
  // Puts the cells of one change where they belong: static ones into the static
  // row, the others into the row at `clustering`.
  absl::Status Place(const v1::Key* clustering, const Liveness& liveness,
                     std::vector<Cell> regular, std::vector<Cell> statics);
  DeletionTime DeletionAt(int64_t timestamp) const {
    return {timestamp, now_s_};
  }

  const Schema& schema_;
  const WriteMoment& moment_;
  const uint32_t now_s_;
  ListLookup* const lists_;  // null: nothing may read first
  Mutation* const mutation_;
  CellMaker cells_;
};

absl::Status CheckWritable(const Column& column) {
  if (column.role == ColumnRole::kStatic ||
      column.role == ColumnRole::kRegular) {
    return absl::OkStatus();
  }
  return BadRequest("KEY_COLUMN",
                    absl::StrCat("'", column.name,
                                 "' is a key column; its value stands in "
                                 "partition_key or clustering"));
}

absl::Status CheckHasElements(const Column& column) {
  if (HasCellPerElement(column.type)) return absl::OkStatus();
  const std::string type = TypeName(column.type);
  return BadRequest("NO_ELEMENTS",
                    absl::StrCat("'", column.name, "' is a ", type,
                                 ", which is written as a whole (upsert)"));
}

absl::Status NoList(const Column& column) {
  return BadRequest("WRONG_TYPE",
                    absl::StrCat("'", column.name, "' is no list"));
}

absl::Status NotInABatch() {
  return RequestError(
      absl::StatusCode::kFailedPrecondition, "READS_FIRST",
      "finding a list's elements by value or by index takes its turn in the "
      "wide row's queue: send it with Write or CheckAndWrite, not in a batch");
}

// Ascending by place; naming a column twice in one change is an error, since
// nothing says which value is meant.
absl::Status SortCells(std::vector<Cell>* cells) {
  std::sort(cells->begin(), cells->end(), [](const Cell& a, const Cell& b) {
    return ComparePlaces(a, b) < 0;
  });
  const auto twice = std::adjacent_find(
      cells->begin(), cells->end(),
      [](const Cell& a, const Cell& b) { return ComparePlaces(a, b) == 0; });
  if (twice == cells->end()) return absl::OkStatus();
  return InField(
      BadRequest("COLUMN_TWICE", "a column is named twice in one change"),
      "columns");
}

template <typename Change>
absl::StatusOr<uint32_t> WriteDecoder::TtlOf(const Change& change) const {
  const int64_t ttl_s = change.has_ttl_s()
                            ? change.ttl_s()
                            : int64_t{schema_.options.default_ttl_s};
  if (ttl_s < 0 || ttl_s > int64_t{kTtlMaxS}) {
    return InField(
        BadRequest("BAD_TTL", absl::StrCat("a TTL lies in 0..", kTtlMaxS,
                                           " s; got ", ttl_s)),
        "ttl_s");
  }
  if (ttl_s > int64_t{kExpiryMaxS} - now_s_) {
    return InField(BadRequest("BAD_TTL",
                              "what is written would live beyond "
                              "7 February 2106, the last moment "
                              "that is kept"),
                   "ttl_s");
  }
  return static_cast<uint32_t>(ttl_s);
}

absl::Status WriteDecoder::Place(const v1::Key* clustering,
                                 const Liveness& liveness,
                                 std::vector<Cell> regular,
                                 std::vector<Cell> statics) {
  RETURN_IF_ERROR(SortCells(&regular));
  RETURN_IF_ERROR(SortCells(&statics));
  const bool static_only =
      clustering == nullptr && regular.empty() && !statics.empty();
  if (!statics.empty()) {
    Row row;
    row.cells = std::move(statics);
    if (!mutation_->static_row.has_value()) mutation_->static_row.emplace();
    MergeRow(row, &*mutation_->static_row);
  }
  if (static_only) return absl::OkStatus();
  absl::StatusOr<std::string> position = DecodeRowPosition(
      schema_,
      clustering == nullptr ? v1::Key::default_instance() : *clustering);
  if (!position.ok()) return InField(position.status(), "clustering");
  RowChange& change = mutation_->rows.emplace_back();
  change.position = mutation_->Keep(*std::move(position));
  change.row.liveness = liveness;
  change.row.cells = std::move(regular);
  return absl::OkStatus();
}

absl::Status WriteDecoder::Upsert(const v1::Upsert& upsert, int64_t timestamp) {
  if (schema_.counts()) {
    return BadRequest(
        "COUNTER_TABLE",
        "counters are changed with Increment and deleted with "
        "DeleteCells; nothing else can be written to their table");
  }
  ASSIGN_OR_RETURN(const std::vector<const Column*> columns,
                   FindColumns(schema_, upsert.columns(), upsert.column_ids()));
  if (columns.size() != static_cast<size_t>(upsert.values_size())) {
    return InField(BadRequest("VALUE_COUNT",
                              absl::StrCat(columns.size(), " columns, but ",
                                           upsert.values_size(), " values")),
                   "values");
  }
  if (upsert.no_row_marker() && columns.empty()) {
    return BadRequest("EMPTY_CHANGE", "neither a row marker nor a column");
  }
  ASSIGN_OR_RETURN(const uint32_t ttl_s, TtlOf(upsert));
  const CellStamp stamp{timestamp, ttl_s};
  std::vector<Cell> regular, statics;
  for (size_t i = 0; i < columns.size(); ++i) {
    const int index = static_cast<int>(i);
    absl::Status status = CheckWritable(*columns[i]);
    if (!status.ok()) {
      return InField(std::move(status),
                     upsert.columns().empty() ? "column_ids" : "columns",
                     index);
    }
    const bool is_static = columns[i]->role == ColumnRole::kStatic;
    status = cells_.Replace(*columns[i], upsert.values(index), stamp,
                            is_static ? &statics : &regular);
    if (!status.ok()) {
      return InField(Prefixed(status, columns[i]->name), "values", index);
    }
  }
  Liveness liveness;
  if (!upsert.no_row_marker()) {
    liveness.timestamp = timestamp;
    liveness.ttl_s = ttl_s;
    liveness.expiry_s = ttl_s == 0 ? 0 : now_s_ + ttl_s;
  }
  return Place(upsert.has_clustering() ? &upsert.clustering() : nullptr,
               liveness, std::move(regular), std::move(statics));
}

absl::Status WriteDecoder::DeleteCells(const v1::DeleteCells& change,
                                       int64_t timestamp) {
  ASSIGN_OR_RETURN(const std::vector<const Column*> columns,
                   FindColumns(schema_, change.columns(), change.column_ids()));
  if (columns.empty()) {
    return InField(BadRequest("EMPTY_CHANGE", "expected a column at least"),
                   "columns");
  }
  std::vector<Cell> regular, statics;
  for (size_t i = 0; i < columns.size(); ++i) {
    absl::Status status = CheckWritable(*columns[i]);
    if (!status.ok()) {
      return InField(std::move(status),
                     change.columns().empty() ? "column_ids" : "columns",
                     static_cast<int>(i));
    }
    const bool is_static = columns[i]->role == ColumnRole::kStatic;
    cells_.Delete(*columns[i], timestamp, is_static ? &statics : &regular);
  }
  if (regular.empty() && change.has_clustering()) {
    // Only static cells: which row was named doesn't matter, but it must be
    // none that the table can't have.
    RETURN_IF_ERROR(
        InField(DecodeRowPosition(schema_, change.clustering()).status(),
                "clustering"));
    return Place(nullptr, Liveness{}, {}, std::move(statics));
  }
  return Place(change.has_clustering() ? &change.clustering() : nullptr,
               Liveness{}, std::move(regular), std::move(statics));
}

absl::Status WriteDecoder::ApplyOperation(const v1::UpdateElements& change,
                                          const Column& column,
                                          const CellStamp& stamp,
                                          std::vector<Cell>* cells) {
  using Operation = v1::UpdateElements;
  const bool is_list = column.type.kind == TypeKind::kList;
  switch (change.operation_case()) {
    case Operation::kAdd:
      return InField(
          cells_.Add(column, change.add(), ListEnd::kBack, stamp, cells),
          "add");
    case Operation::kPrepend:
      if (!is_list) return InField(NoList(column), "prepend");
      return InField(
          cells_.Add(column, change.prepend(), ListEnd::kFront, stamp, cells),
          "prepend");
    case Operation::kRemove:
      return InField(
          cells_.Remove(column, change.remove(), stamp.timestamp, cells),
          "remove");
    case Operation::kSetAt:
      return InField(NoList(column), "set_at");
    case Operation::kDeleteAt:
      return InField(NoList(column), "delete_at");
    case Operation::OPERATION_NOT_SET:
      break;
  }
  return InField(BadRequest("EMPTY_CHANGE", "expected an operation"),
                 "operation");
}

absl::Status WriteDecoder::UpdateList(const v1::UpdateElements& change,
                                      const Column& column,
                                      const CellStamp& stamp) {
  if (lists_ == nullptr) return NotInABatch();
  const bool is_static = column.role == ColumnRole::kStatic;
  std::string position;
  if (!is_static || change.has_clustering()) {
    absl::StatusOr<std::string> row =
        DecodeRowPosition(schema_, change.clustering());
    if (!row.ok()) return InField(row.status(), "clustering");
    if (!is_static) position = *std::move(row);
  }
  std::vector<Cell> cells;
  RETURN_IF_ERROR(ApplyListOperation(change, column, position, stamp, &cells_,
                                     lists_, &cells));
  // Without cells it says which row is touched, until it is known how. Static
  // columns are always read.
  if (cells.empty() && (is_static || lists_->answers())) {
    return absl::OkStatus();
  }
  return is_static
             ? Place(nullptr, Liveness{}, {}, std::move(cells))
             : Place(&change.clustering(), Liveness{}, std::move(cells), {});
}

absl::Status WriteDecoder::UpdateElements(const v1::UpdateElements& change,
                                          int64_t timestamp) {
  ASSIGN_OR_RETURN(const Column* column,
                   FindOneColumn(schema_, change.column(), change.column_id()));
  absl::Status status = CheckWritable(*column);
  if (status.ok()) status = CheckHasElements(*column);
  if (!status.ok()) {
    return InField(std::move(status),
                   change.column_id() == 0 ? "column" : "column_id");
  }
  ASSIGN_OR_RETURN(const uint32_t ttl_s, TtlOf(change));
  if (ReadsFirst(change, *column)) {
    return Prefixed(UpdateList(change, *column, {timestamp, ttl_s}),
                    column->name);
  }
  std::vector<Cell> regular, statics;
  const bool is_static = column->role == ColumnRole::kStatic;
  std::vector<Cell>& cells = is_static ? statics : regular;
  status = ApplyOperation(change, *column, {timestamp, ttl_s}, &cells);
  if (!status.ok()) return Prefixed(status, column->name);
  if (cells.empty()) {
    return BadRequest("EMPTY_CHANGE", "the operation names no element");
  }
  if (is_static && change.has_clustering()) {
    // As in DeleteCells.
    RETURN_IF_ERROR(
        InField(DecodeRowPosition(schema_, change.clustering()).status(),
                "clustering"));
    return Place(nullptr, Liveness{}, {}, std::move(statics));
  }
  return Place(change.has_clustering() ? &change.clustering() : nullptr,
               Liveness{}, std::move(regular), std::move(statics));
}

absl::Status WriteDecoder::DeleteRow(const v1::DeleteRow& change,
                                     int64_t timestamp) {
  absl::StatusOr<std::string> position =
      DecodeRowPosition(schema_, change.clustering());
  if (!position.ok()) return InField(position.status(), "clustering");
  RowChange& row = mutation_->rows.emplace_back();
  row.position = mutation_->Keep(*std::move(position));
  row.row.deletion = DeletionAt(timestamp);
  return absl::OkStatus();
}

absl::Status WriteDecoder::DeleteRange(const v1::DeleteRange& change,
                                       int64_t timestamp) {
  absl::StatusOr<ClusteringSlice> slice = DecodeSlice(schema_, change.slice());
  if (!slice.ok()) return InField(slice.status(), "slice");
  RangeTombstone& tombstone = mutation_->range_tombstones.emplace_back();
  tombstone.start = mutation_->Keep(std::move(slice->start));
  tombstone.end = mutation_->Keep(std::move(slice->end));
  tombstone.deletion = DeletionAt(timestamp);
  return absl::OkStatus();
}

absl::Status WriteDecoder::DeleteCounters(int64_t timestamp) {
  mutation_->range_tombstones.push_back(
      {kFirstBound, kLastBound, DeletionAt(timestamp)});
  std::vector<Cell> statics;
  for (const Column* column : schema_.ColumnsOf(ColumnRole::kStatic)) {
    cells_.Delete(*column, timestamp, &statics);
  }
  if (statics.empty()) return absl::OkStatus();
  return Place(nullptr, Liveness{}, {}, std::move(statics));
}

absl::Status WriteDecoder::Decode(const v1::Change& change) {
  int64_t timestamp = moment_.timestamp_us;
  if (change.timestamp_us() != 0) {
    timestamp = change.timestamp_us();
    RETURN_IF_ERROR(
        InField(CheckTimestamp(timestamp, moment_.now_us), "timestamp_us"));
  }
  switch (change.change_case()) {
    case v1::Change::kUpsert:
      return InField(Upsert(change.upsert(), timestamp), "upsert");
    case v1::Change::kDeleteCells:
      return InField(DeleteCells(change.delete_cells(), timestamp),
                     "delete_cells");
    case v1::Change::kDeleteRow:
      return InField(DeleteRow(change.delete_row(), timestamp), "delete_row");
    case v1::Change::kDeleteRange:
      return InField(DeleteRange(change.delete_range(), timestamp),
                     "delete_range");
    case v1::Change::kUpdateElements:
      return InField(UpdateElements(change.update_elements(), timestamp),
                     "update_elements");
    case v1::Change::kDeleteWideRow:
      if (schema_.counts()) return DeleteCounters(timestamp);
      mutation_->wide_row_deletion =
          Newer(mutation_->wide_row_deletion, DeletionAt(timestamp));
      return absl::OkStatus();
    case v1::Change::CHANGE_NOT_SET:
      return InField(BadRequest("EMPTY_CHANGE", "expected a change"), "change");
  }
  return absl::InternalError("a change of an unknown kind");
}

}  // namespace

absl::Status CheckTimestamp(int64_t timestamp_us, int64_t now_us) {
  if (timestamp_us == kNoTimestamp) {
    return BadRequest("BAD_TIMESTAMP", "the smallest sint64 is no timestamp");
  }
  if (timestamp_us <= now_us + kTimestampAheadMaxUs) return absl::OkStatus();
  return BadRequest(
      "BAD_TIMESTAMP",
      absl::StrCat("timestamp ", timestamp_us, " us lies ",
                   timestamp_us / 1'000'000 - now_us / 1'000'000,
                   " s ahead of the node's clock; at most 3600 s are taken. "
                   "Timestamps are microseconds since 1970"));
}

absl::Status CheckNoTimestamps(
    const google::protobuf::RepeatedPtrField<v1::Change>& changes,
    std::string_view field) {
  for (int i = 0; i < changes.size(); ++i) {
    if (changes[i].timestamp_us() == 0) continue;
    return InField(
        InField(BadRequest("BAD_TIMESTAMP",
                           "the server chooses the timestamp of what goes "
                           "through the wide row's queue"),
                "timestamp_us"),
        field, i);
  }
  return absl::OkStatus();
}

absl::StatusOr<Mutation> DecodeWrite(const Schema& schema,
                                     const v1::WriteRequest& request,
                                     const WriteMoment& moment,
                                     ListLookup* lists) {
  if (request.changes().empty() || request.changes_size() > kChangesMax) {
    return InField(
        OverLimit(absl::StatusCode::kInvalidArgument,
                  "number of changes (1 at least)",
                  static_cast<uint64_t>(request.changes_size()), kChangesMax),
        "changes");
  }
  absl::StatusOr<std::string> key =
      DecodePartitionKeyOf(schema, request.partition_key());
  if (!key.ok()) return InField(key.status(), "partition_key");
  return DecodeChanges(schema, *std::move(key), request.changes(), "changes",
                       moment, lists);
}

absl::StatusOr<Mutation> DecodeChanges(
    const Schema& schema, std::string partition_key,
    const google::protobuf::RepeatedPtrField<v1::Change>& changes,
    std::string_view field, const WriteMoment& moment, ListLookup* lists) {
  Mutation mutation;
  mutation.table = schema.id;
  mutation.partition_key = mutation.Keep(std::move(partition_key));
  mutation.token = TokenOfKey(mutation.partition_key);
  WriteDecoder decoder(schema, moment, lists, &mutation);
  for (int i = 0; i < changes.size(); ++i) {
    absl::Status status = decoder.Decode(changes[i]);
    if (!status.ok()) return InField(std::move(status), field, i);
  }
  return mutation;
}

}  // namespace rowan
