// SPDX-License-Identifier: Apache-2.0
// The user types of SchemaRegistry.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/coordinator/schema_registry.h"
#include "node/metadata/user_type_use.h"
#include "storage/base/error_reason.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/type_name.h"

namespace rowan {
namespace {

std::string FullName(std::string_view keyspace, std::string_view name) {
  return absl::StrCat(std::string(keyspace.substr(0, 64)), ".",
                      std::string(name.substr(0, 64)));
}

absl::Status MissingType(std::string_view keyspace, std::string_view name) {
  return absl::NotFoundError(
      absl::StrCat("type '", FullName(keyspace, name), "' doesn't exist"));
}

absl::Status CheckFields(const Catalogue& catalogue, const ColumnType& type) {
  const TypeArguments& arguments = *type.arguments;
  for (const ColumnType& field : arguments.types) {
    RETURN_IF_ERROR(CheckUserTypes(catalogue, arguments.keyspace, field));
    if (UsesUserType(field, arguments.keyspace, arguments.name)) {
      return absl::InvalidArgumentError("a type can't hold itself");
    }
  }
  return CheckType(type);
}

absl::Status InPartitionKey(std::string_view keyspace, std::string_view name,
                            const Schema& table) {
  return WithReason(
      absl::FailedPreconditionError(absl::StrCat(
          "type '", FullName(keyspace, name), "' is in the partition key of '",
          table.keyspace, ".", table.table,
          "', whose rows are found by the bytes of its values: its fields can "
          "be renamed, but none added")),
      "TYPE_IN_PARTITION_KEY");
}

}  // namespace

absl::StatusOr<SchemaRegistry::TypeChange> SchemaRegistry::CreateType(
    const ColumnType& type, bool if_not_exists) {
  const TypeArguments& arguments = *type.arguments;
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Catalogue next, Begin());
  if (!next.HasKeyspace(arguments.keyspace)) {
    return absl::NotFoundError(absl::StrCat(
        "keyspace '", arguments.keyspace.substr(0, 64), "' doesn't exist"));
  }
  const std::string name = FullName(arguments.keyspace, arguments.name);
  if (IsTypeWord(arguments.name)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", arguments.name, "' is a word of CQL for types; choose another"));
  }
  if (const ColumnType* there =
          next.FindType(arguments.keyspace, arguments.name)) {
    if (if_not_exists) return TypeChange{false, version_, *there};
    return absl::AlreadyExistsError(
        absl::StrCat("type '", name, "' exists already"));
  }
  if (next.types().size() >= kTypesMax) {
    return AtLimit(kTypesMax, "user types");
  }
  RETURN_IF_ERROR(CheckFields(next, type));
  next.AddType(type);
  RETURN_IF_ERROR(Commit(std::move(next)));
  return TypeChange{true, version_, type};
}

absl::StatusOr<SchemaRegistry::TypeChange> SchemaRegistry::DropType(
    std::string_view keyspace, std::string_view name, bool if_exists) {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Catalogue next, Begin());
  const ColumnType* there = next.FindType(keyspace, name);
  if (there == nullptr) {
    if (if_exists) return TypeChange{false, version_, {}};
    return MissingType(keyspace, name);
  }
  if (const std::string user = UserOf(next, keyspace, name); !user.empty()) {
    return WithReason(absl::FailedPreconditionError(absl::StrCat(
                          "type '", FullName(keyspace, name), "' is used by ",
                          user, "; drop that first")),
                      "TYPE_IN_USE");
  }
  TypeChange change{true, 0, *there};
  next.RemoveType(keyspace, name);
  RETURN_IF_ERROR(Commit(std::move(next)));
  change.catalogue_version = version_;
  return change;
}

absl::StatusOr<SchemaRegistry::TypeChange> SchemaRegistry::AlterType(
    std::string_view keyspace, std::string_view name,
    absl::FunctionRef<absl::Status(TypeArguments*)> change) {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Catalogue next, Begin());
  const ColumnType* there = next.FindType(keyspace, name);
  if (there == nullptr) return MissingType(keyspace, name);
  const ColumnType before = *there;
  auto arguments = std::make_shared<TypeArguments>(*before.arguments);
  RETURN_IF_ERROR(change(arguments.get()));
  const ColumnType changed{TypeKind::kUserType, false, std::move(arguments)};
  if (changed == before) return TypeChange{false, version_, before};
  RETURN_IF_ERROR(CheckFields(next, changed));
  const bool grows =
      changed.arguments->types.size() > before.arguments->types.size();
  const auto types_before = next.types();
  for (const auto& [full_name, type] : types_before) {
    const ColumnType altered = WithUserType(type, before, changed);
    if (altered == type) continue;
    RETURN_IF_ERROR(CheckType(altered));
    next.AddType(altered);
  }
  std::vector<std::shared_ptr<const Schema>> tables;
  for (const auto& [full_name, table] : next.tables()) {
    auto altered = std::make_shared<Schema>(*table);
    bool differs = false;
    for (Column& column : altered->columns) {
      ColumnType type = WithUserType(column.type, before, changed);
      if (type == column.type) continue;
      if (grows && column.role == ColumnRole::kPartitionKey) {
        return InPartitionKey(keyspace, name, *table);
      }
      differs = true;
      column.type = std::move(type);
    }
    if (!differs) continue;
    altered->version = SchemaVersion{table->version.value + 1};
    RETURN_IF_ERROR(altered->Validate());
    tables.push_back(std::move(altered));
  }
  for (const auto& table : tables) next.AddTable(table);
  RETURN_IF_ERROR(Store(next));
  // As in AlterTable.
  absl::Status told;
  for (const auto& table : tables) told.Update(engine_->AlterTable(table));
  Publish(std::move(next));
  RETURN_IF_ERROR(told);
  return TypeChange{true, version_, changed};
}

}  // namespace rowan
