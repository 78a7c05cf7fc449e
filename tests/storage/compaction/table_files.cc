// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/compaction/table_files.h"

#include <utility>

#include "gtest/gtest.h"
#include "storage/base/check.h"
#include "storage/compaction/stepwise_writer.h"
#include "tests/lib/fold_mutations.h"

namespace rowan {
namespace {

std::shared_ptr<const Schema> TestSchema() {
  Schema schema;
  schema.id = TableId{7};
  schema.version = SchemaVersion{1};
  schema.keyspace = "ks";
  schema.table = "t";
  const ColumnType text{TypeKind::kText};
  const ColumnType tinyint{TypeKind::kTinyint};
  schema.columns = {
      {ColumnId{21}, "pk", text, ColumnRole::kPartitionKey, false},
      {ColumnId{22}, "ck", tinyint, ColumnRole::kClustering, false},
      {ColumnId{9}, "s", text, ColumnRole::kStatic, false},
      {ColumnId{1}, "a", text, ColumnRole::kRegular, false},
      {ColumnId{2}, "b", text, ColumnRole::kRegular, false},
      {ColumnId{3}, "c", text, ColumnRole::kRegular, false},
  };
  return std::make_shared<const Schema>(std::move(schema));
}

}  // namespace

TableFiles::TableFiles() : schema_(TestSchema()) {
  ROWAN_CHECK(fs_.CreateDirectory(kDirectory).ok());
  ROWAN_CHECK(fs_.SyncDirectory("/").ok());
}

std::string TableFiles::PathOf(FileId file) {
  return std::string(kDirectory) + "/" + std::to_string(file.value) + ".sst";
}

SSTableWriterOptions TableFiles::NextOptions() {
  SSTableWriterOptions options;
  options.schema = schema_;
  options.file = FileId{next_file_++};
  options.log_from = LogPosition{10 * options.file.value};
  options.log_to = LogPosition{10 * options.file.value + 9};
  return options;
}

std::shared_ptr<SSTable> TableFiles::Write(
    const std::vector<const Mutation*>& mutations) {
  SSTableWriterOptions options = NextOptions();
  const FileId file = options.file;
  StepwiseWriter writer(
      std::make_unique<VectorRowIterator>(FoldMutations(mutations)), &fs_,
      PathOf(file), std::move(options));
  for (;;) {
    const absl::StatusOr<bool> finished = writer.Step();
    ROWAN_CHECK(finished.ok());
    if (*finished) break;
  }
  ROWAN_CHECK(writer.file().has_value());
  return Open(file);
}

std::shared_ptr<SSTable> TableFiles::Open(FileId file) {
  auto table = SSTable::Open(&fs_, PathOf(file));
  EXPECT_TRUE(table.ok()) << table.status();
  return *std::move(table);
}

std::vector<VectorWideRow> TableFiles::Read(FileId file) {
  const std::shared_ptr<SSTable> table = Open(file);
  return ReadAll(table->NewIterator(Blocking::kMayWait, nullptr).get());
}

std::vector<std::string> TableFiles::FileNames() {
  auto names = fs_.List(kDirectory);
  ROWAN_CHECK(names.ok());
  return *std::move(names);
}

}  // namespace rowan
