// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/row_mapper.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/status_macros.h"
#include "storage/model/value.h"
#include "tools/rowan/client/proto_value.h"
#include "tools/rowan/client/table_schema.h"
#include "tools/rowan/import/json_column.h"

namespace rowan::cli {

int RowMapper::ColumnOf(const std::string& name) const {
  const auto it = options_.renames.find(name);
  const std::string& column = it == options_.renames.end() ? name : it->second;
  for (size_t i = 0; i < schema_->columns.size(); ++i) {
    if (schema_->columns[i].name == column) return static_cast<int>(i);
  }
  return -1;
}

absl::Status RowMapper::SetConstants() {
  for (const auto& [from, to] : options_.renames) {
    RETURN_IF_ERROR(FindColumn(*schema_, to).status());
  }
  constants_.resize(schema_->columns.size());
  for (const auto& [name, text] : options_.constants) {
    ASSIGN_OR_RETURN(const Column* column, FindColumn(*schema_, name));
    RETURN_IF_ERROR(SetValue(static_cast<int>(column - schema_->columns.data()),
                             text, &constants_));
  }
  return absl::OkStatus();
}

absl::StatusOr<RowMapper> RowMapper::ForCsv(
    const Schema& schema, const MappingOptions& options,
    const std::vector<std::string>& names) {
  RowMapper mapper(schema, options);
  RETURN_IF_ERROR(mapper.SetConstants());
  std::set<int> fed;
  for (const std::string& name : names) {
    const int column = mapper.ColumnOf(name);
    if (column >= 0 && !fed.insert(column).second) {
      return absl::InvalidArgumentError(absl::StrCat(
          "two fields feed the column '", schema.columns[column].name, "'"));
    }
    mapper.columns_.push_back(column);
  }
  for (const auto& [from, to] : options.renames) {
    if (std::find(names.begin(), names.end(), from) == names.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("no field is called '", from, "'; there are ",
                       absl::StrJoin(names, ", ")));
    }
  }
  RETURN_IF_ERROR(mapper.CheckKeysAreFed(fed, names));
  return mapper;
}

absl::Status RowMapper::CheckKeysAreFed(
    const std::set<int>& fed, const std::vector<std::string>& names) const {
  bool regular = false;
  for (const int column : fed) {
    regular |= schema_->columns[column].role == ColumnRole::kRegular;
  }
  for (size_t i = 0; i < schema_->columns.size(); ++i) {
    const Column& column = schema_->columns[i];
    const bool needed = column.role == ColumnRole::kPartitionKey ||
                        (column.role == ColumnRole::kClustering && regular);
    if (needed && !constants_[i] && !fed.contains(static_cast<int>(i))) {
      return absl::InvalidArgumentError(
          absl::StrCat("no field feeds the key column '", column.name,
                       "'; there are ", absl::StrJoin(names, ", "),
                       "; use --map FIELD=COLUMN or --const COLUMN=VALUE"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<RowMapper> RowMapper::ForJson(const Schema& schema,
                                             const MappingOptions& options) {
  RowMapper mapper(schema, options);
  RETURN_IF_ERROR(mapper.SetConstants());
  return mapper;
}

absl::Status RowMapper::SetValue(int column, std::string_view text,
                                 Values* values) const {
  auto value = ProtoFromText(schema_->columns[column].type, text);
  if (!value.ok()) {
    return Annotate(
        value.status(),
        absl::StrCat("column '", schema_->columns[column].name, "'"));
  }
  (*values)[column] = *std::move(value);
  return absl::OkStatus();
}

absl::StatusOr<MappedRow> RowMapper::Map(const CsvRecord& record) const {
  if (!record.error.empty()) return absl::InvalidArgumentError(record.error);
  if (record.fields.size() != columns_.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "too ", record.fields.size() < columns_.size() ? "few" : "many",
        " fields: expected ", columns_.size(), ", got ", record.fields.size()));
  }
  if (!CheckValue(ColumnType{TypeKind::kText}, record.raw).ok()) {
    return absl::InvalidArgumentError("the line is not UTF-8");
  }
  Values values = constants_;
  for (size_t i = 0; i < columns_.size(); ++i) {
    const CsvField& field = record.fields[i];
    if (columns_[i] < 0) continue;
    if (!field.quoted &&
        (field.text.empty() || field.text == options_.null_text)) {
      continue;
    }
    RETURN_IF_ERROR(SetValue(columns_[i], field.text, &values));
  }
  return Build(std::move(values));
}

absl::StatusOr<MappedRow> RowMapper::Map(const JsonValue& object) const {
  using Kind = JsonValue::Kind;
  Values values = constants_;
  for (size_t i = 0; i < object.parts.size(); ++i) {
    const JsonValue& json = object.parts[i];
    const int column = ColumnOf(object.names[i]);
    if (column < 0 || json.kind == Kind::kNull ||
        (json.kind == Kind::kScalar && json.text == options_.null_text)) {
      continue;
    }
    const Column& to = schema_->columns[column];
    const auto bytes = BytesFromJson(to.type, json);
    if (!bytes.ok()) {
      return Annotate(bytes.status(), absl::StrCat("column '", to.name, "'"));
    }
    values[column] = ProtoFromBytes(to.type, *bytes);
  }
  return Build(std::move(values));
}

absl::StatusOr<MappedRow> RowMapper::Build(Values values) const {
  MappedRow row;
  v1::Upsert* upsert = row.change.mutable_upsert();
  std::string missing;  // the first clustering column without a value
  bool regular = false;
  for (size_t i = 0; i < values.size(); ++i) {
    const Column& column = schema_->columns[i];
    if (!values[i]) {
      if (column.role == ColumnRole::kPartitionKey) {
        return absl::InvalidArgumentError(
            absl::StrCat("key column '", column.name, "' has no value"));
      }
      if (column.role == ColumnRole::kClustering && missing.empty()) {
        missing = column.name;
      }
      continue;
    }
    switch (column.role) {
      case ColumnRole::kPartitionKey:
        *row.partition_key.add_values() = *std::move(values[i]);
        break;
      case ColumnRole::kClustering:
        regular |= !missing.empty();
        *upsert->mutable_clustering()->add_values() = *std::move(values[i]);
        break;
      case ColumnRole::kRegular:
      case ColumnRole::kStatic:
        regular |= column.role == ColumnRole::kRegular;
        upsert->add_columns(column.name);
        *upsert->add_values() = *std::move(values[i]);
        break;
    }
  }
  const bool only_static = !regular && upsert->columns_size() > 0 &&
                           upsert->clustering().values_size() == 0;
  if (!missing.empty() && !only_static) {
    return absl::InvalidArgumentError(
        absl::StrCat("key column '", missing, "' has no value"));
  }
  return row;
}

}  // namespace rowan::cli
