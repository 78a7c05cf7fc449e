// SPDX-License-Identifier: Apache-2.0
// One suite for every RowIterator, over the same generated writes: static rows,
// elements, column deletions, ranges that cross blocks, wide rows with an
// index.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "storage/base/check.h"
#include "storage/compaction/flush_job.h"
#include "storage/memtable/memtable.h"
#include "storage/read/merging_iterator.h"
#include "storage/read/purging_iterator.h"
#include "storage/sstable/format/format.h"
#include "storage/sstable/sstable.h"
#include "tests/lib/fold_mutations.h"
#include "tests/lib/mem_file_system.h"
#include "tests/lib/row_iterator_conformance.h"
#include "tests/lib/vector_row_iterator.h"
#include "tests/model/case/generator.h"
#include "tests/model/engine_mutations.h"
#include "tests/model/made_write.h"

namespace rowan {
namespace {

constexpr uint64_t kSeeds = 12;
constexpr uint32_t kMade = 1000;

// The purge time below stands in the middle of the times of the writes.
class HalfMayGo final : public PurgeOracle {
 public:
  int64_t MaxPurgeableTimestamp(Token, std::string_view) override { return 60; }
};

// A merge for reads, as a RowIterator in full: the rows that it put together,
// which it leaves without an image, are encoded.
class MergeOfRows final : public RowIterator {
 public:
  explicit MergeOfRows(std::vector<std::unique_ptr<RowIterator>> sources)
      : rows_(std::move(sources), MergeForm::kRows) {}

  absl::Status SeekWideRow(Token token, std::string_view key) override {
    return rows_.SeekWideRow(token, key);
  }
  absl::Status NextWideRow() override { return rows_.NextWideRow(); }
  bool HasWideRow() const override { return rows_.HasWideRow(); }
  const WideRowHead& wide_row() const override { return rows_.wide_row(); }

  absl::Status SeekRow(std::string_view bound, Direction direction) override {
    return Load(rows_.SeekRow(bound, direction));
  }
  absl::Status NextRow() override { return Load(rows_.NextRow()); }
  bool HasRow() const override { return rows_.HasRow(); }
  const RowFragment& row() const override { return row_; }
  DeletionTime open_deletion() const override { return rows_.open_deletion(); }

 private:
  absl::Status Load(absl::Status status) {
    if (!status.ok() || !rows_.HasRow()) return status;
    row_ = rows_.row();
    const Row* const decoded = rows_.decoded_row();
    if (decoded == nullptr) return status;
    EXPECT_TRUE(row_.image.empty());
    image_.clear();
    AppendRowImage(*decoded, &image_);
    row_.image = image_;
    return status;
  }

  MergingIterator rows_;
  RowFragment row_;
  std::string image_;
};

// All writes of a generated case, dealt to a memtable and a file.
class Sources {
 public:
  explicit Sources(uint64_t seed, bool fat) {
    TestCase test = GenerateCase(seed, OptionSets()[0]);
    test.shape.fat = fat;
    schema_ = SchemaOf(test.shape, {});
    std::vector<WriteOperation> writes;
    for (const Operation& operation : test.operations) {
      for (const WriteOperation& write : operation.writes) {
        writes.push_back(write);
        // Too little would be left.
        std::erase_if(writes.back().parts, [](const WritePart& part) {
          return part.kind == WritePart::Kind::kDeleteWideRow;
        });
      }
    }
    for (size_t i = 0; i < writes.size(); ++i) {
      // Nearly all into one wide row: only then it is large.
      writes[i].key = i % 8 == 0 ? 4 : 5;
      const auto timestamp = static_cast<int64_t>(i);
      AppendMutations(test.shape, *schema_,
                      MadeWrite(test.shape, *schema_, writes[i], timestamp),
                      timestamp, kMade + static_cast<uint32_t>(i % 16),
                      &mutations_);
    }
    for (size_t i = 0; i < mutations_.size(); ++i) {
      Insert(mutations_[i], i % 2 == 0 ? &first_ : &second_);
    }
    Flush();
  }

  std::unique_ptr<RowIterator> InMemory() { return first_.NewIterator(); }
  std::unique_ptr<RowIterator> OnDisk() {
    return file_->NewIterator(Blocking::kMayWait, nullptr);
  }
  std::unique_ptr<RowIterator> Folded() {
    std::vector<const Mutation*> all;
    for (const Mutation& mutation : mutations_) all.push_back(&mutation);
    return std::make_unique<VectorRowIterator>(FoldMutations(all));
  }
  std::unique_ptr<RowIterator> Merged() {
    return std::make_unique<MergingIterator>(Both(), MergeForm::kImages);
  }
  std::unique_ptr<RowIterator> MergedForReads() {
    return std::make_unique<MergeOfRows>(Both());
  }
  std::unique_ptr<RowIterator> Purged() {
    return std::make_unique<PurgingIterator>(Merged(), &oracle_, kMade + 8, 0);
  }
  uint64_t file_bytes() const { return file_->file_bytes(); }

 private:
  std::vector<std::unique_ptr<RowIterator>> Both() {
    std::vector<std::unique_ptr<RowIterator>> sources;
    sources.push_back(InMemory());
    sources.push_back(OnDisk());
    return sources;
  }

  static void Insert(const Mutation& mutation, Memtable* into) {
    std::string bytes(EncodedMutationSize(mutation), '\0');
    EncodeMutation(mutation, bytes.data());
    MutationReader reader(bytes);
    ROWAN_CHECK(reader.ReadHeader().ok());
    ROWAN_CHECK(into->Insert(&reader).ok());
  }

  void Flush() {
    SSTableWriterOptions options;
    options.schema = schema_;
    options.file = FileId{1};
    FlushJob job(second_, &fs_, "/t.sst", std::move(options));
    for (bool finished = false; !finished;) finished = job.Step().value();
    file_ = SSTable::Open(&fs_, "/t.sst").value();
  }

  std::shared_ptr<const Schema> schema_;
  std::vector<Mutation> mutations_;
  MemoryBudget budget_{1 << 30};
  // So that nearly all range tombstones come from kept ones.
  Memtable first_{PartitionId{}, &budget_, 2};
  Memtable second_{PartitionId{}, &budget_, 2};
  MemFileSystem fs_;
  std::shared_ptr<SSTable> file_;
  HalfMayGo oracle_;
};

struct IteratorKind {
  const char* name;
  std::unique_ptr<RowIterator> (Sources::*open)();
};

class RowIterators : public testing::TestWithParam<IteratorKind> {};

TEST_P(RowIterators, ConformOverElementsAndRowIndexes) {
  for (uint64_t seed = 1; seed <= kSeeds && !HasFailure(); ++seed) {
    for (const bool fat : {false, true}) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << " fat " << fat);
      Sources sources(seed, fat);
      ExpectRowIteratorConforms([&] { return (sources.*GetParam().open)(); });
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, RowIterators,
    testing::Values(IteratorKind{"Vector", &Sources::Folded},
                    IteratorKind{"Memtable", &Sources::InMemory},
                    IteratorKind{"SSTable", &Sources::OnDisk},
                    IteratorKind{"Merging", &Sources::Merged},
                    IteratorKind{"MergingForReads", &Sources::MergedForReads},
                    IteratorKind{"Purging", &Sources::Purged}),
    [](const auto& info) { return std::string(info.param.name); });

// Rows of which nothing is left pass by in a merge for reads.
bool IsEmptyRow(const VectorFragment& fragment) {
  Row row;
  return fragment.kind == RowFragment::Kind::kRow &&
         DecodeRowImage(fragment.image, &row).ok() && row.empty();
}

TEST(RowIteratorForms, MergesForReadsAndForFilesShowTheSameRows) {
  size_t passed_by = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Sources sources(seed, false);
    std::vector<VectorWideRow> rows = ReadAll(sources.MergedForReads().get());
    for (VectorWideRow& wide_row : rows) {
      passed_by += std::erase_if(wide_row.fragments, IsEmptyRow);
    }
    EXPECT_EQ(rows, ReadAll(sources.Merged().get())) << "seed " << seed;
  }
  EXPECT_GT(passed_by, 0u);
}

// What the suite above rests on: its wide rows fill blocks enough for an index.
TEST(RowIteratorSources, FatCasesMakeWideRowsOfManyBlocks) {
  uint64_t most = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    most = std::max(most, Sources(seed, true).file_bytes());
  }
  EXPECT_GT(most, 5 * kBlockTargetBytes);
}

}  // namespace
}  // namespace rowan
