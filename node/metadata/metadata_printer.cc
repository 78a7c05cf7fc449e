// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/metadata_printer.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "node/metadata/catalogue.h"
#include "node/metadata/checked_file.h"
#include "node/metadata/identity.h"
#include "node/metadata/snapshot_codec.h"
#include "storage/base/coding.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/type_name.h"

namespace rowan {
namespace {

const char* RoleName(ColumnRole role) {
  switch (role) {
    case ColumnRole::kPartitionKey:
      return "partition key";
    case ColumnRole::kClustering:
      return "clustering";
    case ColumnRole::kStatic:
      return "static";
    case ColumnRole::kRegular:
      return "regular";
  }
  return "unknown";
}

void AddSchema(const Schema& schema, MetadataFacts* facts) {
  facts->emplace_back(
      "table",
      absl::StrCat(
          schema.keyspace, ".", schema.table, " id=", schema.id.value,
          " version=", schema.version.value, " handle=", schema.handle.value,
          " partitions=", 1u << schema.options.partition_prefix_length));
  for (const Column& column : schema.columns) {
    facts->emplace_back(
        "column",
        absl::StrCat(column.name, " ", TypeName(column.type), " ",
                     RoleName(column.role), column.descending ? " desc" : "",
                     " id=", column.id.value));
  }
}

absl::Status AddIdentity(std::string_view payload, MetadataFacts* facts) {
  ASSIGN_OR_RETURN(const Identity identity, DecodeIdentity(payload));
  facts->emplace_back("node_id", absl::BytesToHexString(identity.node_id));
  facts->emplace_back("node_name", identity.node_name);
  return absl::OkStatus();
}

absl::Status AddClock(std::string_view payload, MetadataFacts* facts) {
  uint64_t bound_us;
  if (!GetLittle(&payload, &bound_us) || !payload.empty()) {
    return absl::DataLossError("the bound of the clock is malformed");
  }
  facts->emplace_back("timestamps_below_us", absl::StrCat(bound_us));
  return absl::OkStatus();
}

absl::Status AddCatalogue(std::string_view payload, MetadataFacts* facts) {
  ASSIGN_OR_RETURN(const Catalogue catalogue, Catalogue::Decode(payload));
  for (const std::string& keyspace : catalogue.keyspaces()) {
    facts->emplace_back("keyspace", keyspace);
  }
  for (const auto& [name, type] : catalogue.types()) {
    facts->emplace_back("type", name);
    for (size_t i = 0; i < type.arguments->field_names.size(); ++i) {
      facts->emplace_back("field",
                          absl::StrCat(type.arguments->field_names[i], " ",
                                       TypeName(type.arguments->types[i])));
    }
  }
  for (const auto& [name, schema] : catalogue.tables()) {
    AddSchema(*schema, facts);
  }
  return absl::OkStatus();
}

absl::Status AddSnapshot(std::string_view payload, MetadataFacts* facts) {
  ASSIGN_OR_RETURN(const Snapshot snapshot, DecodeSnapshot(payload));
  facts->emplace_back("created_at_us", absl::StrCat(snapshot.created_at_us));
  AddSchema(snapshot.schema, facts);
  for (const TableFiles::Partition& one : snapshot.files.partitions) {
    facts->emplace_back(
        "partition",
        absl::StrCat(static_cast<int>(one.id.prefix_length), ":",
                     one.id.prefix_bits, one.lost.empty() ? "" : " lost ",
                     absl::CHexEscape(one.lost)));
    for (const TableFiles::Partition::File& file : one.files) {
      facts->emplace_back("file", absl::StrCat(file.name, " level=", file.level,
                                               " bytes=", file.bytes));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<MetadataFacts> DescribeMetadata(std::string_view name,
                                               std::string_view bytes) {
  ASSIGN_OR_RETURN(const CheckedFile file, DecodeCheckedFile(bytes));
  MetadataFacts facts = {{"kind", std::string(name)},
                         {"version", absl::StrCat(file.version)}};
  absl::Status added = absl::InvalidArgumentError(
      "its name is none of identity, clock, catalogue and snapshot");
  if (name == "identity") added = AddIdentity(file.payload, &facts);
  if (name == "clock") added = AddClock(file.payload, &facts);
  if (name == "catalogue") added = AddCatalogue(file.payload, &facts);
  if (name == "snapshot") added = AddSnapshot(file.payload, &facts);
  RETURN_IF_ERROR(added);
  return facts;
}

}  // namespace rowan
