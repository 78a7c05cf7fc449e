// SPDX-License-Identifier: Apache-2.0
#include "node/service/table_lookup.h"

#include "absl/strings/str_cat.h"
#include "node/metadata/schema_changed.h"
#include "node/service/wire/request_error.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

// Names come from the client and go into a message: cut to what a name can be.
std::string Shown(std::string_view name) {
  std::string shown(name.substr(0, kNameLengthMax));
  if (name.size() > kNameLengthMax) shown += "...";
  return shown;
}

absl::Status UnknownTable(std::string_view message) {
  return RequestError(absl::StatusCode::kNotFound, "UNKNOWN_TABLE", message);
}

absl::Status WithheldTable() {
  return RequestError(
      absl::StatusCode::kFailedPrecondition, "OUTCOME_UNKNOWN",
      "it is not known whether the table's last change is stored; restart the "
      "node, which finds it done or not");
}

absl::Status NoSuchTable(const Catalogue& catalogue, const v1::TableRef& ref) {
  if (ref.table_case() == v1::TableRef::kHandle) {
    return InField(catalogue.Withheld(TableHandle{ref.handle()})
                       ? WithheldTable()
                       : UnknownTable(absl::StrCat(
                             "no table has the handle ", ref.handle(),
                             "; it was dropped, or never was")),
                   "handle");
  }
  const std::string_view name = ref.name();
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos) {
    return InField(BadRequest("BAD_NAME", absl::StrCat("'", Shown(name),
                                                       "' is not of the form "
                                                       "keyspace.table")),
                   "name");
  }
  return InField(NoTable(catalogue, name.substr(0, dot), name.substr(dot + 1)),
                 "name");
}

absl::StatusOr<const Column*> ByName(const Schema& schema,
                                     const std::string& name) {
  const Column* column = schema.FindColumn(name);
  if (column != nullptr) return column;
  return BadRequest("UNKNOWN_COLUMN", absl::StrCat("the table has no column '",
                                                   Shown(name), "'"));
}

absl::StatusOr<const Column*> ById(const Schema& schema, uint32_t id) {
  const Column* column = schema.FindColumn(ColumnId{id});
  if (column != nullptr) return column;
  return BadRequest("UNKNOWN_COLUMN",
                    absl::StrCat("the table has no column with id ", id));
}

}  // namespace

absl::Status NoTable(const Catalogue& catalogue, std::string_view keyspace,
                     std::string_view table) {
  std::string name(keyspace);
  name += '.';
  name += table;
  if (catalogue.Withheld(name)) return WithheldTable();
  return UnknownTable(
      catalogue.HasKeyspace(keyspace)
          ? absl::StrCat("table '", Shown(keyspace), ".", Shown(table),
                         "' doesn't exist")
          : absl::StrCat("keyspace '", Shown(keyspace), "' doesn't exist"));
}

absl::StatusOr<std::shared_ptr<const Schema>> FindTable(
    const Catalogue& catalogue, const v1::TableRef& ref) {
  std::shared_ptr<const Schema> schema;
  switch (ref.table_case()) {
    case v1::TableRef::kName:
      schema = catalogue.FindByFullName(ref.name());
      break;
    case v1::TableRef::kHandle:
      schema = catalogue.Find(TableHandle{ref.handle()});
      break;
    case v1::TableRef::TABLE_NOT_SET:
      return InField(
          BadRequest("MISSING_TABLE", "expected the table's name or handle"),
          "table");
  }
  if (schema == nullptr) return InField(NoSuchTable(catalogue, ref), "table");
  if (ref.schema_version() != 0 &&
      ref.schema_version() != schema->version.value) {
    return InField(SchemaChanged(*schema, ref.schema_version()),
                   "table.schema_version");
  }
  return schema;
}

absl::Status UnlessAltered(const Catalogue& catalogue, const Schema& used,
                           const absl::Status& status) {
  if (!absl::IsDataLoss(status)) return status;
  const auto now = catalogue.Find(used.handle);
  if (now == nullptr || now->version == used.version) return status;
  return SchemaChanged(*now, used.version.value);
}

absl::StatusOr<std::vector<const Column*>> FindColumns(
    const Schema& schema,
    const google::protobuf::RepeatedPtrField<std::string>& names,
    const google::protobuf::RepeatedField<uint32_t>& ids) {
  if (!names.empty() && !ids.empty()) {
    return InField(
        BadRequest("BAD_COLUMNS", "name columns by name or by id, not both"),
        "column_ids");
  }
  const auto count = static_cast<size_t>(names.size() + ids.size());
  if (count > kColumnsMax) {
    return InField(OverLimit(absl::StatusCode::kInvalidArgument,
                             "number of columns", count, kColumnsMax),
                   names.empty() ? "column_ids" : "columns");
  }
  std::vector<const Column*> columns;
  columns.reserve(count);
  for (int i = 0; i < names.size(); ++i) {
    absl::StatusOr<const Column*> column = ByName(schema, names[i]);
    if (!column.ok()) return InField(column.status(), "columns", i);
    columns.push_back(*column);
  }
  for (int i = 0; i < ids.size(); ++i) {
    absl::StatusOr<const Column*> column = ById(schema, ids[i]);
    if (!column.ok()) return InField(column.status(), "column_ids", i);
    columns.push_back(*column);
  }
  return columns;
}

absl::StatusOr<const Column*> FindOneColumn(const Schema& schema,
                                            const std::string& name,
                                            uint32_t id) {
  if (name.empty() == (id == 0)) {
    return InField(
        BadRequest("BAD_COLUMNS", "expected a column, by name or by id"),
        "column");
  }
  absl::StatusOr<const Column*> column =
      name.empty() ? ById(schema, id) : ByName(schema, name);
  if (column.ok()) return column;
  return InField(column.status(), name.empty() ? "column_id" : "column");
}

}  // namespace rowan
