// SPDX-License-Identifier: Apache-2.0
#include "node/service/schema_codec.h"

#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/service/wire/data_type.h"
#include "node/service/wire/request_error.h"
#include "partitioner/partition_id.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/type_name.h"

namespace rowan {
namespace {

constexpr uint32_t kPartitionsMax = uint32_t{1} << kPartitionPrefixMax;
constexpr int32_t kScalingMax = 32;

// Both sides number roles alike.
static_assert(static_cast<int>(ColumnRole::kPartitionKey) ==
              v1::COLUMN_ROLE_PARTITION_KEY);
static_assert(static_cast<int>(ColumnRole::kRegular) ==
              v1::COLUMN_ROLE_REGULAR);

absl::Status Outside(std::string_view field, int64_t got, int64_t min,
                     int64_t max) {
  return InField(
      BadRequest("BAD_OPTION", absl::StrCat(std::string(field), " lies in ",
                                            min, "..", max, "; got ", got)),
      field);
}

// A type of `type` alone: one without parameters.
absl::StatusOr<ColumnType> DecodeKind(v1::ColumnType kind) {
  v1::DataType type;
  if (kind < v1::COLUMN_TYPE_LIST) type.set_kind(kind);
  if (type.kind() != v1::COLUMN_TYPE_UNSPECIFIED) {
    return DecodeDataType(type, {});
  }
  return BadRequest("BAD_COLUMN",
                    "a type with parameters stands in data_type or cql_type");
}

// Of `type`, `data_type` and `cql_type` at least one is there, and all that are
// say the same, so that a table as it was answered can be made again.
absl::StatusOr<ColumnType> DecodeType(const v1::Column& in,
                                      std::span<const ColumnType> user_types) {
  const bool has_kind = in.type() != v1::COLUMN_TYPE_UNSPECIFIED;
  std::optional<ColumnType> type;
  bool agree = true;
  if (in.has_data_type()) {
    auto decoded = DecodeDataType(in.data_type(), user_types);
    if (!decoded.ok()) return InField(decoded.status(), "data_type");
    type = *std::move(decoded);
  }
  if (!in.cql_type().empty()) {
    auto decoded = TypeFromName(in.cql_type(), user_types);
    if (!decoded.ok()) {
      return InField(WithReason(decoded.status(), "BAD_TYPE"), "cql_type");
    }
    agree = !type || *type == *decoded;
    type = *std::move(decoded);
  }
  if (!type && has_kind) {
    auto decoded = DecodeKind(in.type());
    if (!decoded.ok()) return InField(decoded.status(), "type");
    type = *std::move(decoded);
  }
  agree &= type && (!has_kind || in.type() == EncodeTypeKind(type->kind));
  if (agree) return *std::move(type);
  return InField(
      BadRequest("BAD_COLUMN", type ? "type, data_type and cql_type differ"
                                    : "expected a type: data_type or cql_type"),
      "type");
}

}  // namespace

absl::StatusOr<Column> DecodeColumn(const v1::Column& in,
                                    std::span<const ColumnType> user_types) {
  absl::StatusOr<ColumnType> type = DecodeType(in, user_types);
  if (!type.ok()) {
    return Prefixed(type.status(), absl::StrCat("column '", in.name(), "'"));
  }
  if (!v1::ColumnRole_IsValid(in.role()) ||
      in.role() == v1::COLUMN_ROLE_UNSPECIFIED) {
    return InField(BadRequest("BAD_COLUMN", absl::StrCat("column '", in.name(),
                                                         "' has no known "
                                                         "role")),
                   "role");
  }
  Column column;
  column.name = in.name();
  column.type = *std::move(type);
  column.role = static_cast<ColumnRole>(in.role());
  column.descending = in.descending();
  if (column.descending && column.role != ColumnRole::kClustering) {
    return InField(
        BadRequest("BAD_COLUMN", "only clustering columns can be descending"),
        "descending");
  }
  return column;
}

namespace {

absl::Status DecodeTimes(const v1::TableOptions& in, TableOptions* out) {
  constexpr int64_t kGraceMax = std::numeric_limits<uint32_t>::max();
  if (in.has_default_ttl_s()) {
    if (in.default_ttl_s() < 0 || in.default_ttl_s() > int64_t{kTtlMaxS}) {
      return Outside("default_ttl_s", in.default_ttl_s(), 0, kTtlMaxS);
    }
    out->default_ttl_s = static_cast<uint32_t>(in.default_ttl_s());
  }
  if (in.has_tombstone_grace_s()) {
    if (in.tombstone_grace_s() < 0 || in.tombstone_grace_s() > kGraceMax) {
      return Outside("tombstone_grace_s", in.tombstone_grace_s(), 0, kGraceMax);
    }
    out->tombstone_grace_s = static_cast<uint32_t>(in.tombstone_grace_s());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status DecodeOptions(const v1::TableOptions& in, TableOptions* out) {
  if (in.has_partitions()) {
    if (!std::has_single_bit(in.partitions()) ||
        in.partitions() > kPartitionsMax) {
      return InField(
          BadRequest("BAD_OPTION",
                     absl::StrCat("partitions is a power of two in 1..",
                                  kPartitionsMax, "; got ", in.partitions())),
          "partitions");
    }
    out->partition_prefix_length =
        static_cast<uint8_t>(std::countr_zero(in.partitions()));
  }
  if (in.has_compaction_scaling()) {
    if (in.compaction_scaling() < -kScalingMax ||
        in.compaction_scaling() > kScalingMax) {
      return Outside("compaction_scaling", in.compaction_scaling(),
                     -kScalingMax, kScalingMax);
    }
    out->compaction_scaling = in.compaction_scaling();
  }
  switch (in.compression()) {
    case v1::COMPRESSION_UNSPECIFIED:
      break;
    case v1::COMPRESSION_NONE:
      out->compression = Compression::kNone;
      break;
    case v1::COMPRESSION_LZ4:
      out->compression = Compression::kLz4;
      break;
    case v1::COMPRESSION_ZSTD:
      out->compression = Compression::kZstd;
      break;
    default:
      return InField(BadRequest("BAD_OPTION", "an unknown compression"),
                     "compression");
  }
  return DecodeTimes(in, out);
}

namespace {

v1::Compression EncodeCompression(Compression compression) {
  switch (compression) {
    case Compression::kNone:
      return v1::COMPRESSION_NONE;
    case Compression::kLz4:
      return v1::COMPRESSION_LZ4;
    case Compression::kZstd:
      return v1::COMPRESSION_ZSTD;
  }
  return v1::COMPRESSION_UNSPECIFIED;
}

}  // namespace

absl::StatusOr<Schema> DecodeTable(const v1::Table& table,
                                   std::span<const ColumnType> user_types) {
  Schema schema;
  schema.keyspace = table.keyspace();
  schema.table = table.name();
  if (static_cast<size_t>(table.columns_size()) > kColumnsMax) {
    return InField(
        OverLimit(absl::StatusCode::kInvalidArgument, "number of columns",
                  static_cast<uint64_t>(table.columns_size()), kColumnsMax),
        "columns");
  }
  for (int i = 0; i < table.columns_size(); ++i) {
    absl::StatusOr<Column> column = DecodeColumn(table.columns(i), user_types);
    if (!column.ok()) return InField(column.status(), "columns", i);
    schema.columns.push_back(*std::move(column));
  }
  RETURN_IF_ERROR(
      InField(DecodeOptions(table.options(), &schema.options), "options"));
  return schema;
}

void EncodeTable(const Schema& schema, v1::Table* table) {
  table->set_keyspace(schema.keyspace);
  table->set_name(schema.table);
  for (const Column& column : schema.columns) {
    v1::Column* out = table->add_columns();
    out->set_name(column.name);
    out->set_type(EncodeTypeKind(column.type.kind));
    EncodeDataType(column.type, out->mutable_data_type());
    out->set_cql_type(TypeName(column.type));
    out->set_role(static_cast<v1::ColumnRole>(column.role));
    out->set_descending(column.descending);
    out->set_id(column.id.value);
  }
  v1::TableOptions* options = table->mutable_options();
  options->set_partitions(uint32_t{1}
                          << schema.options.partition_prefix_length);
  options->set_compaction_scaling(schema.options.compaction_scaling);
  options->set_compression(EncodeCompression(schema.options.compression));
  options->set_default_ttl_s(schema.options.default_ttl_s);
  options->set_tombstone_grace_s(schema.options.tombstone_grace_s);
  table->set_handle(schema.handle.value);
  table->set_schema_version(schema.version.value);
}

}  // namespace rowan
