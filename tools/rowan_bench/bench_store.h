// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_BENCH_BENCH_STORE_H_
#define ROWAN_TOOLS_ROWAN_BENCH_BENCH_STORE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rowan {

// The rows of a benchmark: wide row w of `rows / rows_per_wide_row`, row r in
// it; a key of 16 + 8 bytes and a value of 128, half of it compressible. The
// same bytes for every store.
struct BenchRows {
  uint64_t rows = 0;
  uint64_t rows_per_wide_row = 1;

  uint64_t wide_rows() const { return rows / rows_per_wide_row; }
};

inline constexpr size_t kBenchTableKeyBytes = 16;
inline constexpr size_t kBenchValueBytes = 128;

std::string BenchTableKey(uint64_t wide_row);
void BenchValue(uint64_t row, std::string* value);

// A permutation of [0, size): the i-th number of a random order that needs no
// memory (a Feistel network, walked until it falls inside).
uint64_t Shuffled(uint64_t i, uint64_t size);

enum class BenchSync {
  kProcess,  // an answered write survives the process
  kDisk,     // ... and a power cut
};

struct BenchStoreOptions {
  std::string directory;  // empty and the store's own
  BenchSync sync = BenchSync::kProcess;
  uint64_t memtable_bytes = uint64_t{64} << 20;
  uint64_t cache_bytes = uint64_t{512} << 20;
};

// One engine under test. Calls block until all of their work is done; each is a
// workload's inner loop, so that nothing of the harness stands in it.
class BenchStore {
 public:
  virtual ~BenchStore() = default;

  virtual std::string name() const = 0;
  // Writes every row once in random order, `in_flight` at a time.
  virtual absl::Status Load(const BenchRows& rows, int in_flight) = 0;
  // Reads `count` rows at random, each of which is there, and checks the value.
  virtual absl::Status PointReads(const BenchRows& rows, uint64_t count) = 0;
  // Reads 10 rows behind a random row of a random wide row, `count` times.
  virtual absl::Status Slices(const BenchRows& rows, uint64_t count) = 0;
  // Reads every row in the store's order; kDataLoss when the count is off.
  virtual absl::Status Scan(const BenchRows& rows) = 0;
  // Brings what is in memory to the disk.
  virtual absl::Status Flush() = 0;
  // Merges everything into one sorted run.
  virtual absl::Status Compact() = 0;
  virtual uint64_t DiskBytes() const = 0;
};

absl::StatusOr<std::unique_ptr<BenchStore>> OpenRowanStore(
    const BenchStoreOptions& options);
// kUnimplemented in a build without RocksDB.
absl::StatusOr<std::unique_ptr<BenchStore>> OpenRocksDbStore(
    const BenchStoreOptions& options);

}  // namespace rowan

#endif  // ROWAN_TOOLS_ROWAN_BENCH_BENCH_STORE_H_
