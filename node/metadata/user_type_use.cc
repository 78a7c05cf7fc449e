// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/user_type_use.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/error_reason.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

bool IsNamed(const ColumnType& type, std::string_view keyspace,
             std::string_view name) {
  return type.arguments->keyspace == keyspace && type.arguments->name == name;
}

// The first field of `then` that `now` doesn't have in the same place.
std::optional<std::string> OtherField(const TypeArguments& then,
                                      const TypeArguments& now) {
  for (size_t i = 0; i < then.types.size(); ++i) {
    if (i >= now.types.size() || then.field_names[i] != now.field_names[i] ||
        !(then.types[i] == now.types[i])) {
      return then.field_names[i];
    }
  }
  return std::nullopt;
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

absl::StatusOr<ColumnType> AsInCatalogue(const Catalogue& catalogue,
                                         std::string_view keyspace,
                                         const ColumnType& type) {
  if (type.arguments == nullptr) return type;
  TypeArguments then = *type.arguments;
  for (ColumnType& inner : then.types) {
    ASSIGN_OR_RETURN(inner, AsInCatalogue(catalogue, keyspace, inner));
  }
  if (type.kind != TypeKind::kUserType) {
    return ColumnType{type.kind, type.frozen,
                      std::make_shared<const TypeArguments>(std::move(then))};
  }
  const ColumnType* now = catalogue.FindType(keyspace, then.name);
  std::string why;
  if (now == nullptr) {
    why = "doesn't exist";
  } else if (const auto other = OtherField(then, *now->arguments)) {
    why = absl::StrCat("has another field than '", *other, "' in its place");
  } else {
    return ColumnType{type.kind, type.frozen, now->arguments};
  }
  return WithReason(
      absl::FailedPreconditionError(absl::StrCat(
          "user type '", std::string(keyspace), ".", then.name, "' ", why,
          "; make it begin with the fields that the table was made with")),
      "TYPE_CHANGED");
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
    status = WithReason(absl::FailedPreconditionError(absl::StrCat(
                            "user type '", used.name,
                            "' was changed or dropped meanwhile; try again")),
                        "TYPE_CHANGED");
  });
  return status;
}

}  // namespace rowan
