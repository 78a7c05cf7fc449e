// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/sstable/table_maker.h"

#include <map>
#include <utility>

#include "gtest/gtest.h"
#include "storage/base/coding.h"
#include "storage/model/key_codec.h"
#include "tests/lib/row_literals.h"
#include "tests/storage/model/random_row.h"

namespace rowan {
namespace {

std::string Ordered(int32_t ck) {
  std::string bytes(1, position::kComponent);
  PutBig(static_cast<uint32_t>(ck) ^ 0x80000000u, &bytes);
  return bytes;
}

VectorFragment RowFragmentOf(int32_t ck, std::string image) {
  return {RowFragment::Kind::kRow, RowPosition(ck), std::move(image), {}, {}};
}

std::string RandomBytes(SimRandom* random, size_t max) {
  std::string bytes(random->Below(max + 1), 'x');
  // Half of them don't compress.
  if (random->Below(2) == 0) {
    for (char& c : bytes) c = static_cast<char>(random->Next());
  }
  return bytes;
}

// Rows 0, 2, 4, ... and deletion changes before some of them.
std::vector<VectorFragment> RandomFragments(SimRandom* random,
                                            const RandomShape& shape) {
  std::vector<VectorFragment> fragments;
  DeletionTime open;
  const auto change = [&](int32_t ck, DeletionTime to) {
    if (to == open) return;
    fragments.push_back({RowFragment::Kind::kDeletionChange,
                         BoundPosition(ck, position::kBefore),
                         {},
                         open,
                         to});
    open = to;
  };
  const auto rows = static_cast<int32_t>(random->Below(shape.rows_max + 1));
  for (int32_t i = 0; i < rows; ++i) {
    if (random->Below(6) == 0) {
      const DeletionTime deletion{static_cast<int64_t>(random->Below(3)),
                                  static_cast<uint32_t>(random->Below(9))};
      change(2 * i - 1, random->Below(3) == 0 ? DeletionTime{} : deletion);
    }
    if (random->Below(4) == 0) continue;
    Row row = RandomRow(*random);
    const std::string value = RandomBytes(random, shape.value_bytes_max);
    row.cells.push_back(LiveCell(9, 5, value));
    std::string image;
    AppendRowImage(row, &image);
    fragments.push_back(RowFragmentOf(2 * i, std::move(image)));
  }
  change(2 * rows, {});
  return fragments;
}

}  // namespace

std::shared_ptr<const Schema> MakerSchema() {
  auto schema = std::make_shared<Schema>();
  schema->id = TableId{7};
  schema->version = SchemaVersion{1};
  schema->keyspace = "ks";
  schema->table = "t";
  const auto add = [&](uint32_t id, const char* name, TypeKind type,
                       ColumnRole role) {
    schema->columns.push_back({ColumnId{id}, name, {type}, role, false});
  };
  add(1, "key", TypeKind::kText, ColumnRole::kPartitionKey);
  add(2, "ck", TypeKind::kInt, ColumnRole::kClustering);
  add(3, "st", TypeKind::kText, ColumnRole::kStatic);
  add(4, "v", TypeKind::kBlob, ColumnRole::kRegular);
  add(5, "d", TypeKind::kDouble, ColumnRole::kRegular);
  add(6, "t", TypeKind::kTimestamp, ColumnRole::kRegular);
  return schema;
}

std::string RowPosition(int32_t ck) {
  return Ordered(ck) + std::string(1, position::kEnd);
}

std::string BoundPosition(int32_t ck, char kind) {
  return Ordered(ck) + std::string(1, kind);
}

std::string RowImageOf(std::string_view value, int64_t timestamp) {
  Row row;
  row.liveness.timestamp = timestamp;
  row.cells.push_back(LiveCell(4, timestamp, value));
  std::string image;
  AppendRowImage(row, &image);
  return image;
}

SSTableWriterOptions MakerOptions(Compression compression) {
  SSTableWriterOptions options;
  options.schema = MakerSchema();
  options.file = FileId{42};
  options.compression = compression;
  options.log_from = LogPosition{100};
  options.log_to = LogPosition{200};
  options.written_at_us = 1'700'000'000'000'000;
  return options;
}

SSTableStatistics WriteTable(FileSystem* fs, const std::string& path,
                             const std::vector<VectorWideRow>& wide_rows,
                             SSTableWriterOptions options) {
  auto writer = SSTableWriter::Create(fs, path, std::move(options));
  EXPECT_TRUE(writer.ok()) << writer.status();
  for (const VectorWideRow& wide_row : wide_rows) {
    EXPECT_TRUE((*writer)
                    ->BeginWideRow({wide_row.token, wide_row.partition_key,
                                    wide_row.deletion, wide_row.static_row})
                    .ok());
    for (const VectorFragment& f : wide_row.fragments) {
      EXPECT_TRUE(
          (*writer)->Add({f.kind, f.position, f.image, f.below, f.above}).ok());
    }
    EXPECT_TRUE((*writer)->EndWideRow().ok());
  }
  auto statistics = (*writer)->Finish();
  EXPECT_TRUE(statistics.ok()) << statistics.status();
  return *statistics;
}

std::shared_ptr<SSTableReader> OpenTable(FileSystem* fs,
                                         const std::string& path) {
  auto table = SSTableReader::Open(fs, path);
  EXPECT_TRUE(table.ok()) << table.status();
  return table.ok() ? *table : nullptr;
}

std::vector<VectorWideRow> ReadTable(const SSTableReader& table) {
  auto rows = table.NewSSTableIterator(Blocking::kMayWait, nullptr);
  return ReadAll(rows.get());
}

std::vector<VectorWideRow> RandomWideRows(SimRandom* random,
                                          const RandomShape& shape) {
  std::map<std::pair<uint64_t, std::string>, VectorWideRow> sorted;
  for (size_t i = 0; i < shape.wide_rows; ++i) {
    VectorWideRow wide_row;
    wide_row.token = Token{random->Next() % shape.tokens};
    wide_row.partition_key = "key" + std::to_string(random->Below(1000));
    if (random->Below(4) == 0) {
      wide_row.deletion = {static_cast<int64_t>(random->Below(50)),
                           static_cast<uint32_t>(random->Below(50))};
    }
    if (random->Below(3) == 0) {
      AppendRowImage(RandomRow(*random), &wide_row.static_row);
    }
    wide_row.fragments = RandomFragments(random, shape);
    sorted[{wide_row.token.value, wide_row.partition_key}] =
        std::move(wide_row);
  }
  std::vector<VectorWideRow> wide_rows;
  for (auto& [key, wide_row] : sorted) wide_rows.push_back(std::move(wide_row));
  return wide_rows;
}

VectorWideRow LargeWideRow(uint64_t token, size_t rows, size_t value_bytes) {
  VectorWideRow wide_row{.token = Token{token}, .partition_key = "large"};
  const std::string image = RowImageOf(std::string(value_bytes, 'v'));
  for (size_t i = 0; i < rows; ++i) {
    wide_row.fragments.push_back(RowFragmentOf(static_cast<int32_t>(i), image));
  }
  return wide_row;
}

}  // namespace rowan
