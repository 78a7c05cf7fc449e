// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/row_arguments.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/model/key_codec.h"
#include "tools/rowan/client/failure.h"
#include "tools/rowan/client/proto_value.h"
#include "tools/rowan/client/table_schema.h"

namespace rowan::cli {
namespace {

// Column -> its text, in the schema's terms.
using Assignments = std::map<const Column*, std::string>;

absl::StatusOr<Assignments> ParseAssignments(
    const Schema& schema, const std::vector<std::string>& words) {
  Assignments assignments;
  for (const std::string& word : words) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", word, "': expected COLUMN=VALUE"));
    }
    ASSIGN_OR_RETURN(const Column* column,
                     FindColumn(schema, word.substr(0, equals)));
    if (!assignments.emplace(column, word.substr(equals + 1)).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("column '", column->name, "' is given twice"));
    }
  }
  return assignments;
}

absl::Status NullInKey(const Column& column) {
  const absl::Status status = absl::InvalidArgumentError(absl::StrCat(
      "key column '", column.name, "' can't be null: expected a value"));
  const bool has_text = column.type.kind == TypeKind::kText ||
                        column.type.kind == TypeKind::kAscii;
  return has_text ? WithHint(status, absl::StrCat(column.name,
                                                  "=\"'null'\", if the text "
                                                  "is meant"))
                  : status;
}

absl::StatusOr<v1::Value> ValueOf(const Column& column, std::string_view text) {
  if (text == kNull) {
    const bool has_null = column.role == ColumnRole::kStatic ||
                          column.role == ColumnRole::kRegular;
    if (!has_null) return NullInKey(column);
    v1::Value null;
    null.set_null_value(v1::NULL_VALUE);
    return null;
  }
  if (IsQuotedNull(text)) text = text.substr(1, text.size() - 2);
  auto value = ProtoFromText(column.type, text);
  if (!value.ok()) {
    return Annotate(value.status(), absl::StrCat("column '", column.name, "'"));
  }
  return value;
}

// Takes the key columns of one role out of `assignments`, as far as they go.
absl::StatusOr<v1::Key> TakeKey(const std::vector<const Column*>& columns,
                                Assignments* assignments) {
  v1::Key key;
  for (const Column* column : columns) {
    const auto it = assignments->find(column);
    if (it == assignments->end()) break;
    ASSIGN_OR_RETURN(*key.add_values(), ValueOf(*column, it->second));
    assignments->erase(it);
  }
  for (const Column* column : columns) {
    if (!assignments->contains(column)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("key column '", column->name, "' is given, but '",
                     columns[key.values_size()]->name, "' before it isn't"));
  }
  return key;
}

// One side of a slice: the components behind the prefix, as values and as
// bytes to compare.
struct Side {
  bool given = false;
  v1::Bound bound;
  std::string position;
};

absl::StatusOr<Side> ParseSide(const Schema& schema, const v1::Key& prefix,
                               std::string_view text) {
  Side side;
  side.given = !text.empty();
  *side.bound.mutable_values() = prefix.values();
  const auto columns = schema.ColumnsOf(ColumnRole::kClustering);
  if (side.given) {
    size_t next = prefix.values_size();
    for (const std::string& part : SplitComponents(text)) {
      if (next == columns.size()) {
        return absl::InvalidArgumentError(absl::StrCat(
            "slice '", std::string(text), "' has more components than the ",
            columns.size(), " clustering columns of the table"));
      }
      ASSIGN_OR_RETURN(*side.bound.add_values(),
                       ValueOf(*columns[next++], part));
    }
  }
  std::vector<std::string> bytes;
  for (const v1::Value& value : side.bound.values()) {
    const Column& column = *columns[bytes.size()];
    ASSIGN_OR_RETURN(bytes.emplace_back(), BytesFromProto(column.type, value));
  }
  const std::vector<std::string_view> views(bytes.begin(), bytes.end());
  ASSIGN_OR_RETURN(side.position,
                   EncodeBound(schema, views, BoundSide::kBefore));
  return side;
}

}  // namespace

absl::StatusOr<RowArguments> ParseRowArguments(
    const Schema& schema, const std::vector<std::string>& words) {
  RowArguments row;
  std::vector<std::string> plain;
  for (const std::string& word : words) {
    ASSIGN_OR_RETURN(std::optional<ElementWord> element,
                     ParseElementWord(schema, word));
    if (element) {
      row.elements.push_back(*std::move(element));
    } else {
      plain.push_back(word);
    }
  }
  ASSIGN_OR_RETURN(Assignments assignments, ParseAssignments(schema, plain));
  const auto partition = schema.ColumnsOf(ColumnRole::kPartitionKey);
  ASSIGN_OR_RETURN(row.partition_key, TakeKey(partition, &assignments));
  const size_t given = row.partition_key.values_size();
  if (given < partition.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("partition key column '", partition[given]->name,
                     "' is missing: give ", partition[given]->name, "=VALUE"));
  }
  const auto clustering = schema.ColumnsOf(ColumnRole::kClustering);
  ASSIGN_OR_RETURN(row.clustering, TakeKey(clustering, &assignments));
  row.clustering_complete =
      static_cast<size_t>(row.clustering.values_size()) == clustering.size();
  for (const Column& column : schema.columns) {
    const auto it = assignments.find(&column);
    if (it == assignments.end()) continue;
    ASSIGN_OR_RETURN(v1::Value value, ValueOf(column, it->second));
    row.cells.emplace_back(&column, std::move(value));
  }
  return row;
}

bool IsQuotedNull(std::string_view text) {
  bool quoted = false;
  while (text.size() > kNull.size() && text.front() == '\'' &&
         text.back() == '\'') {
    text = text.substr(1, text.size() - 2);
    quoted = true;
  }
  return quoted && text == kNull;
}

std::vector<std::string> SplitComponents(std::string_view text) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == ',') {
      parts.back().push_back(text[++i]);
    } else if (text[i] == ',') {
      parts.emplace_back();
    } else {
      parts.back().push_back(text[i]);
    }
  }
  return parts;
}

absl::StatusOr<v1::Key> ParsePartitionKey(const Schema& schema,
                                          std::string_view text) {
  const auto columns = schema.ColumnsOf(ColumnRole::kPartitionKey);
  const std::vector<std::string> parts = SplitComponents(text);
  if (parts.size() != columns.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("key '", std::string(text), "' has ", parts.size(),
                     " components; the partition key has ", columns.size()));
  }
  v1::Key key;
  for (size_t i = 0; i < parts.size(); ++i) {
    ASSIGN_OR_RETURN(*key.add_values(), ValueOf(*columns[i], parts[i]));
  }
  return key;
}

const Column* FirstOtherColumn(const RowArguments& row) {
  if (!row.cells.empty()) return row.cells.front().first;
  return row.elements.empty() ? nullptr : row.elements.front().column;
}

void AddChanges(RowArguments row, const RowWriteOptions& options,
                google::protobuf::RepeatedPtrField<v1::Change>* changes) {
  const bool has_clustering = row.clustering.values_size() > 0;
  if (!row.cells.empty() || row.elements.empty()) {
    v1::Upsert* upsert = changes->Add()->mutable_upsert();
    for (auto& [column, value] : row.cells) {
      upsert->add_columns(column->name);
      *upsert->add_values() = std::move(value);
    }
    if (has_clustering) *upsert->mutable_clustering() = row.clustering;
    upsert->set_no_row_marker(options.no_row_marker);
    if (options.ttl_s) upsert->set_ttl_s(*options.ttl_s);
  }
  for (ElementWord& word : row.elements) {
    v1::UpdateElements* update = changes->Add()->mutable_update_elements();
    *update = std::move(word.update);
    if (has_clustering) *update->mutable_clustering() = row.clustering;
    if (options.ttl_s) update->set_ttl_s(*options.ttl_s);
  }
}

absl::StatusOr<v1::Slice> ParseSlice(const Schema& schema,
                                     const v1::Key& prefix,
                                     std::string_view text) {
  const auto columns = schema.ColumnsOf(ColumnRole::kClustering);
  const size_t at = prefix.values_size();
  if (at >= columns.size()) {
    return absl::InvalidArgumentError(
        "no clustering column is left for a slice");
  }
  const size_t dots = text.find("..");
  if (dots == std::string_view::npos) {
    return absl::InvalidArgumentError(absl::StrCat(
        "slice '", std::string(text), "': expected A..B, A.. or ..B"));
  }
  ASSIGN_OR_RETURN(Side from, ParseSide(schema, prefix, text.substr(0, dots)));
  ASSIGN_OR_RETURN(Side to, ParseSide(schema, prefix, text.substr(dots + 2)));
  const bool turned = columns[at]->descending &&
                      (!from.given || !to.given || from.position > to.position);
  if (turned) {
    // In the table's order the rows lie behind b's up to and with a's.
    std::swap(from, to);
    if (from.given) from.bound.set_after(true);
    to.bound.set_after(true);
  } else if (!to.given) {
    to.bound.set_after(true);
  }
  v1::Slice slice;
  *slice.mutable_start() = std::move(from.bound);
  *slice.mutable_end() = std::move(to.bound);
  return slice;
}

}  // namespace rowan::cli
