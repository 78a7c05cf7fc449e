// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan_bench/bench_store.h"

namespace rowan {

absl::StatusOr<std::unique_ptr<BenchStore>> OpenRocksDbStore(
    const BenchStoreOptions&) {
  return absl::UnimplementedError(
      "this build has no RocksDB: install librocksdb-dev and build again");
}

}  // namespace rowan
