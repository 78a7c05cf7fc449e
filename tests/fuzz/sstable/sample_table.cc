// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/sstable/sample_table.h"

#include <vector>

#include "partitioner/murmur3.h"
#include "storage/base/check.h"
#include "storage/base/coding.h"
#include "storage/model/key_codec.h"
#include "storage/sstable/sstable_writer.h"
#include "tests/lib/mem_file_system.h"

namespace rowan {
namespace {

std::string IntBytes(int32_t value) {
  std::string bytes;
  PutBig(static_cast<uint32_t>(value), &bytes);
  return bytes;
}

void AddWideRow(SSTableWriter* writer, const std::string& key, int rows,
                const std::string& value) {
  WideRowHead head;
  head.token = TokenOfKey(key);
  head.partition_key = key;
  std::string static_row;
  AppendRowImage(SampleRow(5), &static_row);
  head.static_row = static_row;
  head.deletion = {3, 1'767'000'000};
  ROWAN_CHECK(writer->BeginWideRow(head).ok());
  const DeletionTime open{7, 1'767'000'001};
  for (int i = 0; i < rows; ++i) {
    Row row = SampleRow(10 + i);
    row.cells.front().value = value;
    std::string image;
    AppendRowImage(row, &image);
    const std::string position = SamplePosition(i, "c");
    const std::string bound =
        position.substr(0, position.size() - 1) + position::kAfter;
    ROWAN_CHECK(writer
                    ->Add({.kind = RowFragment::Kind::kRow,
                           .position = position,
                           .image = image})
                    .ok());
    if (i != 0 && i + 1 != rows) continue;
    // A deletion from behind the first row to behind the last.
    const bool opens = i == 0;
    ROWAN_CHECK(writer
                    ->Add({.kind = RowFragment::Kind::kDeletionChange,
                           .position = bound,
                           .below = opens ? DeletionTime{} : open,
                           .above = opens ? open : DeletionTime{}})
                    .ok());
  }
  ROWAN_CHECK(writer->EndWideRow().ok());
}

}  // namespace

std::shared_ptr<const Schema> SampleSchema() {
  const ColumnType text{TypeKind::kText}, number{TypeKind::kInt};
  auto schema = std::make_shared<Schema>();
  schema->id = TableId{7};
  schema->version = SchemaVersion{3};
  schema->keyspace = "ks";
  schema->table = "t";
  schema->columns = {
      {ColumnId{1}, "pk", text, ColumnRole::kPartitionKey},
      {ColumnId{2}, "p2", number, ColumnRole::kPartitionKey},
      {ColumnId{3}, "ck", number, ColumnRole::kClustering},
      {ColumnId{4}, "c2", text, ColumnRole::kClustering, true},
      {ColumnId{5}, "s", text, ColumnRole::kStatic},
      {ColumnId{6}, "v", {TypeKind::kBlob}, ColumnRole::kRegular},
      {ColumnId{7}, "l", ListOf(number), ColumnRole::kRegular},
      {ColumnId{8}, "t", TupleOf({number, text}), ColumnRole::kRegular}};
  schema->options.partition_prefix_length = 0;
  ROWAN_CHECK(schema->Validate().ok());
  return schema;
}

std::string SamplePosition(int32_t ck, std::string_view c2) {
  const std::string number = IntBytes(ck);
  const std::vector<std::string_view> components = {number, c2};
  return EncodeClustering(*SampleSchema(), components).value();
}

Row SampleRow(int64_t timestamp) {
  Row row;
  row.liveness.timestamp = timestamp;
  row.cells = {{.column = ColumnId{6},
                .kind = CellKind::kExpiring,
                .timestamp = timestamp,
                .ttl_s = 60,
                .local_time_s = 1'767'225'660,
                .value = "value"},
               {.column = ColumnId{7},
                .timestamp = timestamp,
                .value = {"\0\0\0\1", 4},
                .path = "0123456789abcdef"},
               {.column = ColumnId{8},
                .kind = CellKind::kTombstone,
                .timestamp = timestamp,
                .local_time_s = 1'767'225'600}};
  return row;
}

std::string SampleSSTable(Compression compression, bool large) {
  MemFileSystem fs;
  fs.WriteFile("d/keep", "");
  auto writer = SSTableWriter::Create(&fs, "d/t",
                                      {.schema = SampleSchema(),
                                       .file = FileId{9},
                                       .partition = {0, 0},
                                       .compression = compression,
                                       .expected_wide_rows = 3})
                    .value();
  if (large) {
    // Above the target of a block, so that it gets parts.
    AddWideRow(writer.get(), "k", 24, std::string(1200, 'v'));
  } else {
    std::vector<std::pair<Token, std::string>> keys;
    for (const char* text : {"a", "b", "c"}) {
      const std::string number = IntBytes(1);
      const std::vector<std::string_view> components = {text, number};
      const std::string key =
          EncodePartitionKey(*SampleSchema(), components).value();
      keys.emplace_back(TokenOfKey(key), key);
    }
    std::sort(keys.begin(), keys.end());
    for (const auto& [token, key] : keys) {
      AddWideRow(writer.get(), key, 3, "value");
    }
  }
  ROWAN_CHECK(writer->Finish().ok());
  return fs.ReadFile("d/t").value();
}

}  // namespace rowan
