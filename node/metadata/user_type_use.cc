// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/user_type_use.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"

namespace rowan {
namespace {

bool IsNamed(const ColumnType& type, std::string_view keyspace,
             std::string_view name) {
  return type.arguments->keyspace == keyspace && type.arguments->name == name;
}

}  // namespace

void VisitUserTypes(const ColumnType& type,
                    absl::FunctionRef<void(const ColumnType&)> visit) {
  if (type.arguments == nullptr) return;
  if (type.kind == TypeKind::kUserType) visit(type);
  for (const ColumnType& inner : type.arguments->types) {
    VisitUserTypes(inner, visit);
  }
}

bool UsesUserType(const ColumnType& type, std::string_view keyspace,
                  std::string_view name) {
  bool uses = false;
  VisitUserTypes(type, [&](const ColumnType& user_type) {
    uses |= IsNamed(user_type, keyspace, name);
  });
  return uses;
}

ColumnType WithUserType(const ColumnType& type, const ColumnType& before,
                        const ColumnType& after) {
  if (type.arguments == nullptr) return type;
  if (type.kind == TypeKind::kUserType &&
      *type.arguments == *before.arguments) {
    return {type.kind, type.frozen, after.arguments};
  }
  TypeArguments arguments = *type.arguments;
  for (ColumnType& inner : arguments.types) {
    inner = WithUserType(inner, before, after);
  }
  return {type.kind, type.frozen,
          std::make_shared<const TypeArguments>(std::move(arguments))};
}

std::string UserOf(const Catalogue& catalogue, std::string_view keyspace,
                   std::string_view name) {
  for (const auto& [full_name, table] : catalogue.tables()) {
    for (const Column& column : table->columns) {
      if (UsesUserType(column.type, keyspace, name)) {
        return absl::StrCat("table '", full_name, "'");
      }
    }
  }
  for (const auto& [full_name, type] : catalogue.types()) {
    if (!IsNamed(type, keyspace, name) && UsesUserType(type, keyspace, name)) {
      return absl::StrCat("type '", full_name, "'");
    }
  }
  return "";
}

absl::Status CheckUserTypes(const Catalogue& catalogue,
                            std::string_view keyspace, const ColumnType& type) {
  absl::Status status;
  VisitUserTypes(type, [&](const ColumnType& user_type) {
    const TypeArguments& used = *user_type.arguments;
    const ColumnType* known = catalogue.FindType(used.keyspace, used.name);
    if (used.keyspace == keyspace && known != nullptr &&
        *known->arguments == used) {
      return;
    }
    status = absl::FailedPreconditionError(absl::StrCat(
        "user type '", used.name,
        "' is not as the table has it: it was changed or dropped. Make it as "
        "it was, or describe the table anew"));
  });
  return status;
}

}  // namespace rowan
