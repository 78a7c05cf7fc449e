// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/table_schema.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/client/proto_type.h"

namespace rowan::cli {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// A type has blanks inside its brackets only.
bool HasBlankOutside(std::string_view type) {
  int depth = 0;
  for (const char c : type) {
    depth += c == '<' ? 1 : c == '>' ? -1 : 0;
    if (depth == 0 && kBlanks.find(c) != std::string_view::npos) return true;
  }
  return false;
}

ColumnRole RoleFromProto(v1::ColumnRole role) {
  switch (role) {
    case v1::COLUMN_ROLE_PARTITION_KEY:
      return ColumnRole::kPartitionKey;
    case v1::COLUMN_ROLE_CLUSTERING:
      return ColumnRole::kClustering;
    case v1::COLUMN_ROLE_STATIC:
      return ColumnRole::kStatic;
    default:
      return ColumnRole::kRegular;
  }
}

absl::Status BadOption(std::string_view text, std::string_view expected) {
  return absl::InvalidArgumentError(
      absl::StrCat("table option '", std::string(text), "': expected ",
                   std::string(expected)));
}

absl::Status ParseCompression(const std::string& value, std::string_view text,
                              v1::TableOptions* options) {
  v1::Compression compression;
  if (!v1::Compression_Parse(
          absl::StrCat("COMPRESSION_", absl::AsciiStrToUpper(value)),
          &compression)) {
    return BadOption(text, "none, lz4 or zstd");
  }
  options->set_compression(compression);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Schema> SchemaFromProto(const v1::Table& table) {
  Schema schema;
  schema.handle = TableHandle{table.handle()};
  schema.version = SchemaVersion{table.schema_version()};
  schema.keyspace = table.keyspace();
  schema.table = table.name();
  for (const v1::Column& column : table.columns()) {
    ASSIGN_OR_RETURN(const ColumnType type, TypeOfColumn(column));
    schema.columns.push_back(Column{ColumnId{column.id()}, column.name(), type,
                                    RoleFromProto(column.role()),
                                    column.descending()});
  }
  return schema;
}

absl::StatusOr<v1::Column> ParseColumn(v1::ColumnRole role,
                                       std::string_view text) {
  const bool is_clustering = role == v1::COLUMN_ROLE_CLUSTERING;
  std::string_view rest = Trimmed(text);
  v1::Column column;
  column.set_role(role);
  const std::string_view name = rest.substr(0, rest.find_first_of(kBlanks));
  column.set_name(std::string(name));
  rest = Trimmed(rest.substr(name.size()));
  for (const std::string_view order : {" asc", " desc"}) {
    if (!is_clustering || !rest.ends_with(order)) continue;
    column.set_descending(order == " desc");
    rest = Trimmed(rest.substr(0, rest.size() - order.size()));
    break;
  }
  if (rest.empty() || HasBlankOutside(rest)) {
    return absl::InvalidArgumentError(
        absl::StrCat("column '", std::string(text), "': expected 'NAME TYPE",
                     is_clustering ? " [asc|desc]'" : "'"));
  }
  column.set_cql_type(std::string(rest));
  return column;
}

absl::Status ParseTableOption(std::string_view text,
                              v1::TableOptions* options) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) return BadOption(text, "NAME=VALUE");
  std::string name(text.substr(0, equals));
  std::replace(name.begin(), name.end(), '-', '_');
  const std::string value(text.substr(equals + 1));
  if (name == "compression") return ParseCompression(value, text, options);
  int64_t number = 0;
  const bool is_number = absl::SimpleAtoi(value, &number);
  if (name == "partitions") {
    if (!is_number || number < 1 || number > 65536) {
      return BadOption(text, "a power of two in 1..65536");
    }
    options->set_partitions(static_cast<uint32_t>(number));
  } else if (name == "compaction_scaling") {
    if (!is_number || number < -32 || number > 32) {
      return BadOption(text, "a number in -32..32");
    }
    options->set_compaction_scaling(static_cast<int32_t>(number));
  } else if (name == "default_ttl_s" || name == "default_ttl") {
    if (!is_number) return BadOption(text, "seconds");
    options->set_default_ttl_s(number);
  } else if (name == "tombstone_grace_s" || name == "tombstone_grace") {
    if (!is_number) return BadOption(text, "seconds");
    options->set_tombstone_grace_s(number);
  } else {
    return BadOption(text,
                     "one of partitions, compaction_scaling, compression, "
                     "default_ttl_s, tombstone_grace_s");
  }
  return absl::OkStatus();
}

absl::StatusOr<const Column*> FindColumn(const Schema& schema,
                                         std::string_view name) {
  if (const Column* column = schema.FindColumn(name)) return column;
  std::vector<std::string> names;
  for (const Column& column : schema.columns) names.push_back(column.name);
  return absl::NotFoundError(absl::StrCat(
      "table ", schema.keyspace, ".", schema.table, " has no column '",
      std::string(name), "'; it has ", absl::StrJoin(names, ", ")));
}

}  // namespace rowan::cli
