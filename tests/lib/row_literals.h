// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_LIB_ROW_LITERALS_H_
#define ROWAN_TESTS_LIB_ROW_LITERALS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/model/key_codec.h"
#include "storage/model/mutation.h"

namespace rowan {

// Short ways to write positions, cells and mutations in tests. Positions have
// one component of one byte, `k` in 0..255.
inline std::string PositionOf(int k, char kind) {
  return {position::kComponent, static_cast<char>(k), kind};
}
inline std::string RowAt(int k) { return PositionOf(k, position::kEnd); }
inline std::string BeforeRow(int k) { return PositionOf(k, position::kBefore); }
inline std::string AfterRow(int k) { return PositionOf(k, position::kAfter); }

// `value` must outlive the cell, `path` (below) too.
inline Cell LiveCell(uint32_t column, int64_t timestamp,
                     std::string_view value) {
  return {ColumnId{column}, CellKind::kLive, timestamp, 0, 0, value};
}
inline Cell ExpiringCell(uint32_t column, int64_t timestamp, uint32_t ttl_s,
                         uint32_t expiry_s, std::string_view value) {
  return {
      ColumnId{column}, CellKind::kExpiring, timestamp, ttl_s, expiry_s, value};
}
inline Cell CellTombstone(uint32_t column, int64_t timestamp,
                          uint32_t local_time_s) {
  return {
      ColumnId{column}, CellKind::kTombstone, timestamp, 0, local_time_s, {}};
}

// The element `path` of a collection: Element("a", LiveCell(6, 10, "v")).
inline Cell Element(std::string_view path, Cell cell) {
  cell.path = path;
  return cell;
}
inline Cell ColumnDeletion(uint32_t column, int64_t timestamp,
                           uint32_t local_time_s) {
  Cell cell = CellTombstone(column, timestamp, local_time_s);
  cell.kind = CellKind::kColumnDeletion;
  return cell;
}

// A mutation of the wide row `key` at `token`, built part by part; keeps the
// bytes it is given.
class MutationBuilder {
 public:
  MutationBuilder(uint64_t token, std::string key, TableId table = {}) {
    mutation_.table = table;
    mutation_.token = Token{token};
    mutation_.partition_key = mutation_.Keep(std::move(key));
  }
  MutationBuilder(MutationBuilder&&) = default;
  MutationBuilder(const MutationBuilder&) = delete;
  MutationBuilder& operator=(const MutationBuilder&) = delete;

  MutationBuilder& DeleteWideRow(DeletionTime deletion) {
    mutation_.wide_row_deletion = deletion;
    return *this;
  }
  // Rows from `first` to `last`, both included.
  MutationBuilder& DeleteRange(int first, int last, DeletionTime deletion) {
    mutation_.range_tombstones.push_back({mutation_.Keep(BeforeRow(first)),
                                          mutation_.Keep(AfterRow(last)),
                                          deletion});
    return *this;
  }
  MutationBuilder& DeleteRow(int k, DeletionTime deletion) {
    return Put(k, Row{{}, deletion, {}});
  }
  // One cell of row `k`.
  MutationBuilder& Set(int k, Cell cell) {
    return Put(k, Row{{}, {}, {Kept(cell)}});
  }
  // The marker of row `k`, as an insert leaves it.
  MutationBuilder& Mark(int k, Liveness marker) {
    return Put(k, Row{marker, {}, {}});
  }
  MutationBuilder& SetStatic(Cell cell) {
    if (!mutation_.static_row.has_value()) mutation_.static_row.emplace();
    mutation_.static_row->cells.push_back(Kept(cell));
    return *this;
  }

  const Mutation& mutation() const { return mutation_; }

 private:
  MutationBuilder& Put(int k, Row row) {
    mutation_.rows.push_back({mutation_.Keep(RowAt(k)), std::move(row)});
    return *this;
  }
  Cell Kept(Cell cell) {
    cell.value = mutation_.Keep(std::string(cell.value));
    cell.path = mutation_.Keep(std::string(cell.path));
    return cell;
  }

  Mutation mutation_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_LIB_ROW_LITERALS_H_
