// SPDX-License-Identifier: Apache-2.0
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <thread>
#include <vector>

#include "storage/base/coding.h"
#include "storage/base/status_macros.h"
#include "tools/rowan_bench/bench_store.h"

namespace rowan {
namespace {

absl::Status FromRocks(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("rocksdb: ", status.ToString()));
}

std::string FullKey(uint64_t wide_row, uint64_t row) {
  std::string key = BenchTableKey(wide_row);
  PutBig(row, &key);
  return key;
}

class RocksDbStore final : public BenchStore {
 public:
  static absl::StatusOr<std::unique_ptr<BenchStore>> Open(
      const BenchStoreOptions& options) {
    rocksdb::Options rocks;
    rocks.create_if_missing = true;
    rocks.compression = rocksdb::kNoCompression;
    rocks.write_buffer_size = options.memtable_bytes;
    rocks.max_write_buffer_number = 4;
    rocks.max_background_jobs = 2;
    rocks.enable_pipelined_write = true;
    rocksdb::BlockBasedTableOptions table;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    table.block_cache = rocksdb::NewLRUCache(options.cache_bytes);
    rocks.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    auto store = std::make_unique<RocksDbStore>();
    store->write_.sync = options.sync == BenchSync::kDisk;
    rocksdb::DB* db = nullptr;
    RETURN_IF_ERROR(
        FromRocks(rocksdb::DB::Open(rocks, options.directory, &db)));
    store->db_.reset(db);
    return store;
  }

  std::string name() const override { return "rocksdb"; }

  // One thread without syncs (more gain it nothing); a thread per write in
  // flight with them.
  absl::Status Load(const BenchRows& rows, int in_flight) override {
    const int writers = write_.sync ? in_flight : 1;
    std::vector<std::thread> threads;
    std::vector<absl::Status> results(static_cast<size_t>(writers));
    for (int writer = 0; writer < writers; ++writer) {
      threads.emplace_back([&, writer] {
        results[static_cast<size_t>(writer)] =
            LoadPart(rows, static_cast<uint64_t>(writer),
                     static_cast<uint64_t>(writers));
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const absl::Status& result : results) RETURN_IF_ERROR(result);
    return absl::OkStatus();
  }

  absl::Status PointReads(const BenchRows& rows, uint64_t count) override {
    std::string expected;
    rocksdb::PinnableSlice value;
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t row = Shuffled(i % rows.rows, rows.rows);
      value.Reset();
      RETURN_IF_ERROR(FromRocks(db_->Get(
          {}, db_->DefaultColumnFamily(),
          FullKey(row / rows.rows_per_wide_row, row % rows.rows_per_wide_row),
          &value)));
      BenchValue(row, &expected);
      if (value != expected) return absl::DataLossError("a row is not there");
    }
    return absl::OkStatus();
  }

  absl::Status Slices(const BenchRows& rows, uint64_t count) override {
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t wide_row =
          Shuffled(i % rows.wide_rows(), rows.wide_rows());
      const uint64_t from =
          Shuffled(i % rows.rows, rows.rows) % (rows.rows_per_wide_row - 10);
      std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator({}));
      int found = 0;
      for (at->Seek(FullKey(wide_row, from)); at->Valid() && found < 10;
           at->Next()) {
        found += at->value().size() == kBenchValueBytes;
      }
      if (found != 10) return absl::DataLossError("a slice is short");
    }
    return absl::OkStatus();
  }

  absl::Status Scan(const BenchRows& rows) override {
    std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator({}));
    uint64_t found = 0;
    for (at->SeekToFirst(); at->Valid(); at->Next()) {
      found += at->value().size() == kBenchValueBytes;
    }
    RETURN_IF_ERROR(FromRocks(at->status()));
    if (found != rows.rows) return absl::DataLossError("the scan lost rows");
    return absl::OkStatus();
  }

  absl::Status Flush() override { return FromRocks(db_->Flush({})); }
  absl::Status Compact() override {
    rocksdb::CompactRangeOptions options;
    options.bottommost_level_compaction =
        rocksdb::BottommostLevelCompaction::kForce;
    return FromRocks(db_->CompactRange(options, nullptr, nullptr));
  }

  uint64_t DiskBytes() const override {
    uint64_t bytes = 0;
    db_->GetIntProperty("rocksdb.total-sst-files-size", &bytes);
    return bytes;
  }

 private:
  absl::Status LoadPart(const BenchRows& rows, uint64_t first, uint64_t step) {
    std::string value;
    for (uint64_t i = first; i < rows.rows; i += step) {
      const uint64_t row = Shuffled(i, rows.rows);
      BenchValue(row, &value);
      RETURN_IF_ERROR(FromRocks(db_->Put(
          write_,
          FullKey(row / rows.rows_per_wide_row, row % rows.rows_per_wide_row),
          value)));
    }
    return absl::OkStatus();
  }

  rocksdb::WriteOptions write_;
  std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<BenchStore>> OpenRocksDbStore(
    const BenchStoreOptions& options) {
  return RocksDbStore::Open(options);
}

}  // namespace rowan
