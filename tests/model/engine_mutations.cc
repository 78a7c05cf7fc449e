// SPDX-License-Identifier: Apache-2.0
#include "tests/model/engine_mutations.h"

#include <algorithm>
#include <string>
#include <utility>

#include "storage/base/check.h"
#include "tests/model/made_write.h"

namespace rowan {
namespace {

using Kind = WritePart::Kind;

class Builder {
 public:
  Builder(const TableShape& shape, const Schema& schema,
          const WriteOperation& write, int64_t timestamp, uint32_t made_s,
          std::vector<Mutation>* mutations)
      : shape_(shape),
        schema_(schema),
        write_(write),
        timestamp_(timestamp),
        made_s_(made_s),
        mutations_(mutations) {}

  void Build() {
    const size_t first = mutations_->size();
    StartMutation();
    for (const WritePart& part : write_.parts) {
      switch (part.kind) {
        case Kind::kDeleteWideRow:
          mutation().wide_row_deletion = Deletion();
          break;
        case Kind::kDeleteRange:
          AddRange(part.range);
          break;
        default:
          AddToRow(part);
      }
    }
    for (size_t i = first; i < mutations_->size(); ++i) {
      Mutation& made = (*mutations_)[i];
      for (RowChange& change : made.rows) Sort(&change.row);
      if (made.static_row) Sort(&*made.static_row);
    }
  }

 private:
  Mutation& mutation() { return mutations_->back(); }
  DeletionTime Deletion() const { return {timestamp_, made_s_}; }

  void StartMutation() {
    mutations_->emplace_back();
    mutation().table = schema_.id;
    mutation().token = TokenOfKeyNumber(write_.key);
    mutation().partition_key = mutation().Keep(KeyBytes(schema_, write_.key));
  }

  void AddRange(const Slice& range) {
    mutation().range_tombstones.push_back(
        {mutation().Keep(StartPosition(schema_, range.start)),
         mutation().Keep(EndPosition(schema_, range.end)), Deletion()});
  }

  void AddToRow(const WritePart& part) {
    if (part.row.fixed) {
      if (mutation().static_row && !AddTo(part, &*mutation().static_row)) {
        StartMutation();
      }
      if (!mutation().static_row) {
        (void)AddTo(part, &mutation().static_row.emplace());
      }
      return;
    }
    std::vector<RowChange>& rows = mutation().rows;
    const std::string position = RowPosition(schema_, part.row);
    if (!rows.empty() && rows.back().position == position &&
        AddTo(part, &rows.back().row)) {
      return;
    }
    rows.push_back({mutation().Keep(position), {}});
    (void)AddTo(part, &rows.back().row);
  }

  // False when the row has that place already.
  bool AddTo(const WritePart& part, Row* row) {
    if (part.kind == Kind::kDeleteRow) {
      if (!row->deletion.none()) return false;
      row->deletion = Deletion();
      return true;
    }
    if (part.kind == Kind::kMark) {
      if (!row->liveness.none()) return false;
      const bool expires = part.ttl_s != 0;
      row->liveness = {timestamp_, part.ttl_s,
                       expires ? made_s_ + part.ttl_s : 0};
      return true;
    }
    const Cell cell = CellOf(part);
    for (const Cell& other : row->cells) {
      if (ComparePlaces(cell, other) == 0) return false;
    }
    row->cells.push_back(cell);
    return true;
  }

  // Of a kSet, or of a deletion.
  Cell CellOf(const WritePart& part) {
    const ColumnKind kind = KindOf(shape_, part.column);
    Cell cell{.column = FindColumn(schema_, part.column)->id,
              .timestamp = timestamp_};
    if (part.kind == Kind::kSet || part.kind == Kind::kUnset) {
      cell.path = mutation().Keep(PathBytes(kind, part.path));
    }
    switch (part.kind) {
      case Kind::kUnset:
        cell.kind = CellKind::kTombstone;
        cell.local_time_s = made_s_;
        return cell;
      case Kind::kClearColumn:
      case Kind::kOverwrite:
        cell.kind = CellKind::kColumnDeletion;
        cell.local_time_s = made_s_;
        if (part.kind == Kind::kOverwrite) --cell.timestamp;
        return cell;
      default:
        break;
    }
    if (part.ttl_s != 0) {
      cell.kind = CellKind::kExpiring;
      cell.ttl_s = part.ttl_s;
      cell.local_time_s = made_s_ + part.ttl_s;
    }
    cell.value =
        mutation().Keep(CellBytes(kind, part.value, part.fields, shape_.fat));
    return cell;
  }

  static void Sort(Row* row) {
    std::sort(
        row->cells.begin(), row->cells.end(),
        [](const Cell& a, const Cell& b) { return ComparePlaces(a, b) < 0; });
  }

  const TableShape& shape_;
  const Schema& schema_;
  const WriteOperation& write_;
  const int64_t timestamp_;
  const uint32_t made_s_;
  std::vector<Mutation>* const mutations_;
};

}  // namespace

void AppendMutations(const TableShape& shape, const Schema& schema,
                     const WriteOperation& write, int64_t timestamp,
                     uint32_t made_s, std::vector<Mutation>* mutations) {
  Builder(shape, schema, write, timestamp, made_s, mutations).Build();
}

Mutation OneMutation(const TableShape& shape, const Schema& schema,
                     const WriteOperation& write, int64_t timestamp,
                     uint32_t made_s) {
  std::vector<Mutation> mutations;
  AppendMutations(shape, schema, write, timestamp, made_s, &mutations);
  ROWAN_CHECK(mutations.size() == 1);
  return std::move(mutations[0]);
}

void CutToOneMutation(const TableShape& shape, const Schema& schema,
                      WriteOperation* write) {
  for (; !write->parts.empty(); write->parts.pop_back()) {
    std::vector<Mutation> mutations;
    const WriteOperation made = MadeWrite(shape, schema, *write, 1);
    AppendMutations(shape, schema, made, 1, 1, &mutations);
    if (mutations.size() == 1) return;
  }
}

}  // namespace rowan
