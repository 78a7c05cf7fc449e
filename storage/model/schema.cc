// SPDX-License-Identifier: Apache-2.0
#include "storage/model/schema.h"

#include <algorithm>
#include <set>

#include "partitioner/partition_id.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/type_name.h"

namespace rowan {
namespace {

constexpr int32_t kScalingMax = 32;

absl::Status Invalid(const std::string& field, std::string_view expected) {
  return absl::InvalidArgumentError(field + ": expected " +
                                    std::string(expected));
}

absl::Status CheckName(const std::string& field, std::string_view name) {
  if (IsName(name)) return absl::OkStatus();
  return Invalid(field, "1 to 48 of a-z, 0-9 and _, starting with a letter");
}

bool IsKnown(ColumnRole role) {
  return role >= ColumnRole::kPartitionKey && role <= ColumnRole::kRegular;
}

absl::Status CheckColumnType(const std::string& field, const Column& column) {
  RETURN_IF_ERROR(Annotate(CheckType(column.type), field));
  if (IsKey(column.role)) {
    if (column.type.kind == TypeKind::kCounter) {
      return Invalid(field, "no counter for a key column");
    }
    if (HasCellPerElement(column.type)) {
      return Invalid(field,
                     "frozen<" + TypeName(column.type) + "> for a key column");
    }
    if (!HasOrder(column.type)) {
      return Invalid(field,
                     "a type with an order for a key column; a duration has "
                     "none");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckColumn(const Column& column) {
  const std::string field = "column '" + column.name + "'";
  RETURN_IF_ERROR(CheckName(field + " name", column.name));
  if (column.id.value == 0) return Invalid(field + " id", "a number above 0");
  if (column.id.value > kColumnIdMax) {
    return Invalid(field + " id", "at most " + std::to_string(kColumnIdMax));
  }
  if (!IsKnown(column.role)) return Invalid(field + " role", "a role");
  RETURN_IF_ERROR(CheckColumnType(field + " type", column));
  if (column.descending && column.role != ColumnRole::kClustering) {
    return Invalid(field + " order",
                   "ascending for a column that is not a clustering column");
  }
  return absl::OkStatus();
}

absl::Status CheckColumns(const std::vector<Column>& columns) {
  if (columns.size() > kColumnsMax) {
    return Invalid("columns",
                   "at most 4096, not " + std::to_string(columns.size()));
  }
  std::set<std::string_view> names;
  std::set<ColumnId> ids;
  for (size_t i = 0; i < columns.size(); ++i) {
    const Column& column = columns[i];
    RETURN_IF_ERROR(CheckColumn(column));
    const std::string field = "column '" + column.name + "'";
    if (!names.insert(column.name).second) {
      return Invalid(field + " name", "a name that no other column has");
    }
    if (!ids.insert(column.id).second) {
      return Invalid(field + " id", "an id that no other column has");
    }
    if (i > 0 && columns[i - 1].role > column.role) {
      return Invalid(field + " place",
                     "partition key, clustering, static, then regular columns");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckDropped(const Schema& schema) {
  ColumnId before;
  for (const ColumnId id : schema.dropped) {
    const bool in_place = before < id && id.value <= kColumnIdMax &&
                          schema.FindColumn(id) == nullptr;
    if (!in_place) {
      return Invalid("dropped column " + std::to_string(id.value),
                     "ascending ids of no column, at most " +
                         std::to_string(kColumnIdMax));
    }
    before = id;
  }
  return absl::OkStatus();
}

absl::Status CheckRoles(const Schema& schema) {
  const auto has = [&schema](ColumnRole role) {
    return std::any_of(schema.columns.begin(), schema.columns.end(),
                       [role](const Column& c) { return c.role == role; });
  };
  if (!has(ColumnRole::kPartitionKey)) {
    return Invalid("columns", "at least one partition key column");
  }
  if (has(ColumnRole::kStatic) && !has(ColumnRole::kClustering)) {
    return Invalid("columns",
                   "a clustering column in a table with static columns");
  }
  return absl::OkStatus();
}

absl::Status CheckCounters(const Schema& schema) {
  const bool counts = schema.counts();
  for (const Column& column : schema.columns) {
    const bool is_counter = column.type.kind == TypeKind::kCounter;
    if (IsKey(column.role) || is_counter == counts) continue;
    return Invalid("column '" + column.name + "' type",
                   "all columns beyond the key to be counters, or none: put "
                   "counters into a table of their own");
  }
  if (counts && schema.options.default_ttl_s != 0) {
    return Invalid("option default_ttl_s",
                   "0 in a table of counters, which don't expire");
  }
  return absl::OkStatus();
}

absl::Status CheckOptions(const TableOptions& options) {
  if (options.partition_prefix_length > kPartitionPrefixMax) {
    return Invalid("option partition_prefix_length", "0 to 16");
  }
  if (options.compaction_scaling < -kScalingMax ||
      options.compaction_scaling > kScalingMax) {
    return Invalid("option compaction_scaling", "-32 to 32");
  }
  if (options.compression > Compression::kZstd) {
    return Invalid("option compression", "none, lz4 or zstd");
  }
  if (options.default_ttl_s > kTtlMaxS) {
    return Invalid("option default_ttl_s",
                   "0 to " + std::to_string(kTtlMaxS) + " (20 years)");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Schema::Validate() const {
  RETURN_IF_ERROR(CheckName("keyspace", keyspace));
  RETURN_IF_ERROR(CheckName("table", table));
  RETURN_IF_ERROR(CheckColumns(columns));
  RETURN_IF_ERROR(CheckDropped(*this));
  RETURN_IF_ERROR(CheckRoles(*this));
  RETURN_IF_ERROR(CheckCounters(*this));
  return CheckOptions(options);
}

const Column* Schema::FindColumn(std::string_view name) const {
  for (const Column& column : columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

const Column* Schema::FindColumn(ColumnId id) const {
  for (const Column& column : columns) {
    if (column.id == id) return &column;
  }
  return nullptr;
}

ColumnId Schema::NextColumnId() const {
  uint32_t last = dropped.empty() ? 0 : dropped.back().value;
  for (const Column& column : columns) last = std::max(last, column.id.value);
  return ColumnId{last + 1};
}

std::vector<const Column*> Schema::ColumnsOf(ColumnRole role) const {
  std::vector<const Column*> found;
  for (const Column& column : columns) {
    if (column.role == role) found.push_back(&column);
  }
  return found;
}

}  // namespace rowan
