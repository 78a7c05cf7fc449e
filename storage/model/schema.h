// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_SCHEMA_H_
#define ROWAN_STORAGE_MODEL_SCHEMA_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/base/ids.h"
#include "storage/model/composite/column_type.h"

namespace rowan {

enum class ColumnRole : uint8_t {
  kPartitionKey = 1,
  kClustering = 2,
  kStatic = 3,
  kRegular = 4,
};

// Of the partition key or the clustering key.
inline bool IsKey(ColumnRole role) {
  return role == ColumnRole::kPartitionKey || role == ColumnRole::kClustering;
}

struct Column {
  ColumnId id;
  std::string name;  // 1..48 of [a-z0-9_], starting with a letter
  ColumnType type;
  ColumnRole role = ColumnRole::kRegular;
  bool descending = false;  // kClustering only
};

enum class Compression : uint8_t { kNone = 0, kLz4 = 1, kZstd = 2 };

struct TableOptions {
  uint8_t partition_prefix_length = 4;  // 2^n partitions, n in 0..16
  // Density-level compaction: > 0 tiered with fan-out 2+w, < 0 leveled with
  // fan-out 2-w, 0 fan-out 2. In -32..32. Default as Cassandra's T4.
  int32_t compaction_scaling = 2;
  Compression compression = Compression::kNone;
  uint32_t default_ttl_s = 0;            // 0: none; at most kTtlMaxS
  uint32_t tombstone_grace_s = 864'000;  // 10 days, as in Cassandra
  friend bool operator==(const TableOptions&, const TableOptions&) = default;
};

inline constexpr uint32_t kTtlMaxS = 20 * 365 * 24 * 3600;
inline constexpr size_t kColumnsMax = 4096;
// Ids are given out in order and never again. The bound keeps what is indexed
// by them small.
inline constexpr uint32_t kColumnIdMax = 65'535;
// Limits count the user's (Cassandra-serialised) bytes.
inline constexpr size_t kPartitionKeyBytesMax = 65535;
inline constexpr size_t kClusteringBytesMax = 65535;
inline constexpr size_t kCellBytesMax = 8 << 20;

// One version of one table's shape. Immutable once built; shared as
// std::shared_ptr<const Schema> by readers, writers and files.
//
// Invariants (checked by Validate): at least one partition key column; names
// unique; ids unique, above 0 and at most kColumnIdMax; columns ordered
// partition key, clustering, static, regular, each in declaration order; no
// static column without a clustering column; types as CheckType wants them, in
// keys frozen and without a duration; columns beyond the key all counters, or
// none, and counters without a default TTL; dropped ids ascending and of no
// column.
struct Schema {
  TableId id;
  SchemaVersion version;
  std::string keyspace;
  std::string table;
  std::vector<Column> columns;
  TableOptions options;
  // 0 only in schemas that are not of a catalogue.
  TableHandle handle;
  // Ids of columns that the table had once. Their cells may still be met in
  // files, memtables and the log, and are nothing to anyone. A cell of an id
  // that is neither here nor in `columns` is of a later version, and stays.
  std::vector<ColumnId> dropped;

  // kInvalidArgument naming the field and what was expected.
  absl::Status Validate() const;

  // Whether its columns beyond the key are counters: changed by increments and
  // deletions only.
  bool counts() const {
    return !columns.empty() && columns.back().type.kind == TypeKind::kCounter;
  }

  // Nullptr when there is none. Linear in the columns.
  const Column* FindColumn(std::string_view name) const;
  const Column* FindColumn(ColumnId id) const;

  // The smallest id above all that were given out.
  ColumnId NextColumnId() const;

  // The columns of one role in order.
  std::vector<const Column*> ColumnsOf(ColumnRole role) const;
};

// Self-describing bytes (storage/model/FORMAT.md) for SSTable footers and the
// node's metadata. Decode answers kDataLoss for anything malformed.
std::string EncodeSchema(const Schema& schema);
absl::StatusOr<Schema> DecodeSchema(std::string_view bytes);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_SCHEMA_H_
