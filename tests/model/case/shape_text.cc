// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "tests/model/case/table_shape.h"
#include "tests/model/case/text_cursor.h"

namespace rowan {
namespace {

constexpr size_t kClusteringMax = 3;
constexpr size_t kColumnsPerKindMax = 4;

std::string FormatKind(TypeKind kind) {
  switch (kind) {
    case TypeKind::kInt:
      return "int";
    case TypeKind::kText:
      return "text";
    case TypeKind::kDouble:
      return "double";
    default:
      return "blob";
  }
}

std::string FormatColumns(const std::vector<ColumnKind>& columns) {
  std::string text;
  for (const ColumnKind kind : columns) {
    if (!text.empty()) text += ',';
    text += static_cast<char>(kind);
  }
  return text;
}

bool ParseClustering(TextCursor cursor,
                     std::vector<TableShape::Clustering>* columns) {
  while (!cursor.AtEnd()) {
    TableShape::Clustering column;
    bool found = false;
    for (TypeKind kind : {TypeKind::kInt, TypeKind::kText, TypeKind::kDouble,
                          TypeKind::kBlob}) {
      if (found || !cursor.Take(FormatKind(kind))) continue;
      column.kind = kind;
      found = true;
    }
    column.descending = cursor.Take(":desc");
    columns->push_back(column);
    if (!found || columns->size() > kClusteringMax) return false;
    if (!cursor.AtEnd() && !cursor.Take(",")) return false;
  }
  return true;
}

bool ParseColumns(TextCursor cursor, std::vector<ColumnKind>* columns) {
  while (!cursor.AtEnd()) {
    const size_t before = columns->size();
    for (const ColumnKind kind : kColumnKinds) {
      const char letter = static_cast<char>(kind);
      if (columns->size() > before || !cursor.Take({&letter, 1})) continue;
      columns->push_back(kind);
    }
    if (columns->size() == before || before == kColumnsPerKindMax) return false;
    if (!cursor.AtEnd() && !cursor.Take(",")) return false;
  }
  return true;
}

bool ParseWord(TextCursor cursor, TableShape* shape) {
  uint64_t number = 0;
  if (cursor.Take("clustering=")) {
    return ParseClustering(cursor, &shape->clustering);
  }
  if (cursor.Take("statics=")) return ParseColumns(cursor, &shape->statics);
  if (cursor.Take("regulars=")) return ParseColumns(cursor, &shape->regulars);
  if (cursor.Take("keys=")) {
    const bool ok = cursor.TakeNumber(2, &number) && number > 0;
    shape->key_columns = static_cast<int>(number);
    return ok && cursor.AtEnd();
  }
  if (cursor.Take("grace=")) {
    const bool ok = cursor.TakeNumber(kGraceForEver, &number);
    shape->grace_s = static_cast<uint32_t>(number);
    return ok && cursor.AtEnd();
  }
  shape->fat = cursor.Take("fat");
  return shape->fat && cursor.AtEnd();
}

}  // namespace

std::string FormatShape(const TableShape& shape) {
  std::string text = "table keys=" + std::to_string(shape.key_columns);
  text += " clustering=";
  for (size_t i = 0; i < shape.clustering.size(); ++i) {
    text += (i == 0 ? "" : ",") + FormatKind(shape.clustering[i].kind);
    if (shape.clustering[i].descending) text += ":desc";
  }
  text += " statics=" + FormatColumns(shape.statics);
  text += " regulars=" + FormatColumns(shape.regulars);
  text += " grace=" + std::to_string(shape.grace_s);
  return text + (shape.fat ? " fat" : "");
}

absl::StatusOr<TableShape> ParseShape(std::string_view line) {
  TableShape shape;
  const std::vector<std::string_view> words = WordsOf(line);
  bool ok = !words.empty() && words[0] == "table";
  for (size_t i = 1; ok && i < words.size(); ++i) {
    ok = ParseWord(TextCursor(words[i]), &shape);
  }
  ok = ok && (shape.statics.empty() || !shape.clustering.empty());
  if (!ok) {
    return absl::InvalidArgumentError("no table: " + std::string(line));
  }
  return shape;
}

}  // namespace rowan
