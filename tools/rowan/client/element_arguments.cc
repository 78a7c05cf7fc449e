// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/element_arguments.h"

#include <algorithm>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/type_name.h"
#include "storage/model/composite/value_parts.h"
#include "storage/model/value.h"
#include "tools/rowan/client/proto_value.h"
#include "tools/rowan/client/table_schema.h"

namespace rowan::cli {
namespace {

constexpr std::string_view kNull = "null";

// A word taken apart: name, '+', '-', '^' or '[', the text between brackets,
// and what stands behind '='.
struct Parts {
  std::string_view name;
  char mark;
  std::string_view key;
  std::string_view text;
};

// Where the bracket at word[open] is closed: quotes and brackets inside count.
size_t FindClose(std::string_view word, size_t open) {
  size_t depth = 0;
  bool quoted = false;
  for (size_t i = open; i < word.size(); ++i) {
    if (word[i] == '\'') quoted = !quoted;
    if (quoted) continue;
    if (std::string_view("[({").find(word[i]) != std::string_view::npos) {
      ++depth;
    } else if (std::string_view("])}").find(word[i]) !=
                   std::string_view::npos &&
               --depth == 0) {
      return i;
    }
  }
  return std::string_view::npos;
}

std::optional<Parts> TakeApart(std::string_view word) {
  const size_t mark = word.find_first_of("=+-^[");
  if (mark == std::string_view::npos || word[mark] == '=') return std::nullopt;
  Parts parts{.name = word.substr(0, mark), .mark = word[mark]};
  size_t end = mark;
  if (parts.mark == '[') {
    end = FindClose(word, mark);
    if (end == std::string_view::npos) return std::nullopt;
    parts.key = word.substr(mark + 1, end - mark - 1);
  }
  if (end + 1 >= word.size() || word[end + 1] != '=') return std::nullopt;
  parts.text = word.substr(end + 2);
  return parts;
}

absl::Status Expected(const Column& column, std::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("column '", column.name, "' of type ", TypeName(column.type),
                   ": expected ", std::string(what)));
}

absl::StatusOr<v1::Value> LiteralOf(const Column& column,
                                    const ColumnType& type,
                                    std::string_view text) {
  auto value = ProtoFromText(type, text);
  if (value.ok()) return value;
  return Annotate(value.status(), absl::StrCat("column '", column.name, "'"));
}

// One part of a collection, as it would stand in its literal.
absl::StatusOr<v1::Value> PartOf(const Column& column, const ColumnType& type,
                                 std::string_view text) {
  ASSIGN_OR_RETURN(const v1::Value list,
                   LiteralOf(column, ListOf(type),
                             absl::StrCat("[", std::string(text), "]")));
  if (list.list_value().values_size() == 1) return list.list_value().values(0);
  return Expected(column, "one value");
}

// Those that the literal gives a value; one that it leaves out stays.
void KeepNamedFields(const ColumnType& type, v1::UserValue* udt) {
  v1::UserValue named;
  for (int i = 0; i < udt->values_size(); ++i) {
    if (udt->values(i).has_null_value()) continue;
    *named.add_values() = udt->values(i);
    named.add_fields(type.arguments->field_names[static_cast<size_t>(i)]);
  }
  *udt = named;
}

absl::Status SetEntry(const Column& column, const Parts& parts,
                      v1::UpdateElements* update) {
  const auto& types = column.type.arguments->types;
  ASSIGN_OR_RETURN(v1::Value key, PartOf(column, types[0], parts.key));
  if (parts.text == kNull) {
    *update->mutable_remove()->mutable_set_value()->add_values() = key;
    return absl::OkStatus();
  }
  v1::MapValue* map = update->mutable_add()->mutable_map_value();
  *map->add_keys() = key;
  ASSIGN_OR_RETURN(*map->add_values(), PartOf(column, types[1], parts.text));
  return absl::OkStatus();
}

absl::Status SetIndex(const Column& column, const Parts& parts,
                      v1::UpdateElements* update) {
  uint32_t index;
  if (!absl::SimpleAtoi(std::string(parts.key), &index)) {
    return Expected(column, "an index, from 0");
  }
  if (parts.text == kNull) {
    update->set_delete_at(index);
    return absl::OkStatus();
  }
  update->mutable_set_at()->set_index(index);
  ASSIGN_OR_RETURN(*update->mutable_set_at()->mutable_value(),
                   PartOf(column, column.type.arguments->types[0], parts.text));
  return absl::OkStatus();
}

absl::Status SetField(const Column& column, const Parts& parts,
                      v1::UpdateElements* update) {
  const auto& names = column.type.arguments->field_names;
  const auto found = std::find(names.begin(), names.end(), parts.key);
  if (found == names.end()) return Expected(column, "the name of a field");
  v1::UserValue* udt = update->mutable_add()->mutable_udt_value();
  udt->add_fields(*found);
  v1::Value* value = udt->add_values();
  if (parts.text == kNull) {
    value->set_null_value(v1::NULL_VALUE);
    return absl::OkStatus();
  }
  const auto field = static_cast<size_t>(found - names.begin());
  ASSIGN_OR_RETURN(
      *value, PartOf(column, column.type.arguments->types[field], parts.text));
  return absl::OkStatus();
}

absl::Status SetAtKey(const Column& column, const Parts& parts,
                      v1::UpdateElements* update) {
  switch (column.type.kind) {
    case TypeKind::kMap:
      return SetEntry(column, parts, update);
    case TypeKind::kList:
      return SetIndex(column, parts, update);
    case TypeKind::kUserType:
      return SetField(column, parts, update);
    default:
      return Expected(column, "+= or -=, as its elements have no key");
  }
}

absl::Status Remove(const Column& column, const Parts& parts,
                    v1::UpdateElements* update) {
  const ColumnType& part = column.type.arguments->types[0];
  switch (column.type.kind) {
    case TypeKind::kList: {
      ASSIGN_OR_RETURN(*update->mutable_remove(),
                       LiteralOf(column, column.type, parts.text));
      return absl::OkStatus();
    }
    case TypeKind::kUserType:
      return Expected(column, "[field]=null to remove a field");
    default: {
      ASSIGN_OR_RETURN(*update->mutable_remove(),
                       LiteralOf(column, SetOf(part), parts.text));
      return absl::OkStatus();
    }
  }
}

absl::Status FillUpdate(const Column& column, const Parts& parts,
                        v1::UpdateElements* update) {
  update->set_column(column.name);
  if (parts.mark == '[') return SetAtKey(column, parts, update);
  if (parts.mark == '-') return Remove(column, parts, update);
  if (parts.mark == '^' && column.type.kind != TypeKind::kList) {
    return Expected(column, "a list for ^=");
  }
  ASSIGN_OR_RETURN(v1::Value value, LiteralOf(column, column.type, parts.text));
  if (parts.mark == '^') {
    *update->mutable_prepend() = value;
    return absl::OkStatus();
  }
  if (value.has_udt_value()) {
    KeepNamedFields(column.type, value.mutable_udt_value());
  }
  *update->mutable_add() = value;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<ElementWord>> ParseElementWord(
    const Schema& schema, std::string_view word) {
  const std::optional<Parts> parts = TakeApart(word);
  if (!parts) return std::nullopt;
  ASSIGN_OR_RETURN(const Column* column, FindColumn(schema, parts->name));
  if (!HasCellPerElement(column->type)) {
    return Expected(*column, "COLUMN=VALUE, as it has no elements of its own");
  }
  ElementWord parsed{.column = column};
  RETURN_IF_ERROR(FillUpdate(*column, *parts, &parsed.update));
  return parsed;
}

}  // namespace rowan::cli
