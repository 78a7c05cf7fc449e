// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_LIB_TEST_TABLES_H_
#define ROWAN_TESTS_LIB_TEST_TABLES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "partitioner/murmur3.h"
#include "storage/base/coding.h"
#include "storage/model/key_codec.h"
#include "storage/model/mutation.h"
#include "storage/model/schema.h"

namespace rowan {

// The table that most tests use: PRIMARY KEY (key text, ck bigint), static
// column `s text`, regular column `v text`. Column ids in this order from 1.
inline constexpr ColumnId kStaticColumn{3};
inline constexpr ColumnId kValueColumn{4};

inline std::shared_ptr<const Schema> TestSchema(uint32_t id,
                                                TableOptions options = {}) {
  auto schema = std::make_shared<Schema>();
  schema->id = TableId{id};
  schema->version = SchemaVersion{1};
  schema->keyspace = "test";
  schema->table = "t" + std::to_string(id);
  schema->columns = {
      {ColumnId{1}, "key", {TypeKind::kText}, ColumnRole::kPartitionKey},
      {ColumnId{2}, "ck", {TypeKind::kBigint}, ColumnRole::kClustering},
      {kStaticColumn, "s", {TypeKind::kText}, ColumnRole::kStatic},
      {kValueColumn, "v", {TypeKind::kText}, ColumnRole::kRegular}};
  schema->options = options;
  return schema;
}

// The position of row `ck`, and the bounds before and after it.
inline std::string TestPosition(const Schema& schema, int64_t ck) {
  std::string bytes;
  PutBig(static_cast<uint64_t>(ck), &bytes);
  const std::string_view component = bytes;
  return EncodeClustering(schema, {&component, 1}).value();
}
inline std::string TestBound(const Schema& schema, int64_t ck, BoundSide side) {
  std::string bytes;
  PutBig(static_cast<uint64_t>(ck), &bytes);
  const std::string_view component = bytes;
  return EncodeBound(schema, {&component, 1}, side).value();
}

// The ck of a row's position.
inline int64_t TestClustering(const Schema& schema, std::string_view position) {
  const DecodedPosition decoded = DecodePosition(schema, position).value();
  return static_cast<int64_t>(LoadBig<uint64_t>(decoded.components[0].data()));
}

// A mutation of wide row `key`, to which the calls below add. Copies share it.
class TestMutation {
 public:
  TestMutation(std::shared_ptr<const Schema> schema, std::string_view key)
      : schema_(std::move(schema)) {
    mutation_->table = schema_->id;
    mutation_->partition_key = mutation_->Keep(std::string(key));
    mutation_->token = TokenOfKey(key);
  }

  TestMutation& Put(int64_t ck, std::string_view value, int64_t timestamp) {
    Row row;
    row.liveness.timestamp = timestamp;
    row.cells.push_back(Live(kValueColumn, value, timestamp));
    return Add(ck, std::move(row));
  }
  // One cell, without the marker that an insert leaves.
  TestMutation& Set(int64_t ck, ColumnId column, std::string_view value,
                    int64_t timestamp) {
    Row row;
    row.cells.push_back(Live(column, value, timestamp));
    return Add(ck, std::move(row));
  }
  TestMutation& PutExpiring(int64_t ck, std::string_view value,
                            int64_t timestamp, uint32_t ttl_s,
                            uint32_t expiry_s) {
    Row row;
    row.liveness = {timestamp, ttl_s, expiry_s};
    Cell cell = Live(kValueColumn, value, timestamp);
    cell.kind = CellKind::kExpiring;
    cell.ttl_s = ttl_s;
    cell.local_time_s = expiry_s;
    row.cells.push_back(cell);
    return Add(ck, std::move(row));
  }
  TestMutation& PutStatic(std::string_view value, int64_t timestamp) {
    mutation_->static_row.emplace();
    mutation_->static_row->cells.push_back(
        Live(kStaticColumn, value, timestamp));
    return *this;
  }
  TestMutation& DeleteRow(int64_t ck, DeletionTime deletion) {
    Row row;
    row.deletion = deletion;
    return Add(ck, std::move(row));
  }
  // Rows first..last, both included.
  TestMutation& DeleteRange(int64_t first, int64_t last,
                            DeletionTime deletion) {
    mutation_->range_tombstones.push_back(
        {mutation_->Keep(TestBound(*schema_, first, BoundSide::kBefore)),
         mutation_->Keep(TestBound(*schema_, last, BoundSide::kAfter)),
         deletion});
    return *this;
  }
  TestMutation& DeleteWideRow(DeletionTime deletion) {
    mutation_->wide_row_deletion = deletion;
    return *this;
  }

  const Mutation& mutation() const { return *mutation_; }
  // Leaves nothing behind, in copies neither.
  Mutation Take() { return std::move(*mutation_); }

 private:
  Cell Live(ColumnId column, std::string_view value, int64_t timestamp) {
    Cell cell;
    cell.column = column;
    cell.timestamp = timestamp;
    cell.value = mutation_->Keep(std::string(value));
    return cell;
  }
  TestMutation& Add(int64_t ck, Row row) {
    mutation_->rows.push_back(
        {mutation_->Keep(TestPosition(*schema_, ck)), std::move(row)});
    return *this;
  }

  std::shared_ptr<const Schema> schema_;
  std::shared_ptr<Mutation> mutation_ = std::make_shared<Mutation>();
};

}  // namespace rowan

#endif  // ROWAN_TESTS_LIB_TEST_TABLES_H_
