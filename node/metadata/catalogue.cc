// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/catalogue.h"

#include <utility>

#include "storage/base/coding.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/type_bytes.h"

namespace rowan {
namespace {

std::string FullName(std::string_view keyspace, std::string_view table) {
  std::string name(keyspace);
  name += '.';
  name += table;
  return name;
}

}  // namespace

bool Catalogue::ValidName(std::string_view name) {
  if (name.empty() || name.size() > kNameLengthMax) return false;
  if (name[0] < 'a' || name[0] > 'z') return false;
  for (const char c : name) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) {
      return false;
    }
  }
  return true;
}

bool Catalogue::HasKeyspace(std::string_view keyspace) const {
  return keyspaces_.find(keyspace) != keyspaces_.end();
}

uint32_t Catalogue::TablesIn(std::string_view keyspace) const {
  uint32_t count = 0;
  const std::string prefix = FullName(keyspace, "");
  for (auto i = tables_.lower_bound(prefix);
       i != tables_.end() && i->first.starts_with(prefix); ++i) {
    ++count;
  }
  return count;
}

Catalogue::TablePtr Catalogue::Find(std::string_view keyspace,
                                    std::string_view table) const {
  return FindByFullName(FullName(keyspace, table));
}

Catalogue::TablePtr Catalogue::FindByFullName(std::string_view name) const {
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : found->second;
}

Catalogue::TablePtr Catalogue::Find(TableHandle handle) const {
  const auto found = by_handle_.find(handle);
  return found == by_handle_.end() ? nullptr : found->second;
}

void Catalogue::AddKeyspace(std::string_view keyspace) {
  keyspaces_.emplace(keyspace);
}

void Catalogue::RemoveKeyspace(std::string_view keyspace) {
  const auto found = keyspaces_.find(keyspace);
  if (found != keyspaces_.end()) keyspaces_.erase(found);
}

void Catalogue::AddTable(TablePtr table) {
  by_handle_[table->handle] = table;
  std::string name = FullName(table->keyspace, table->table);
  tables_[std::move(name)] = std::move(table);
}

void Catalogue::RemoveTable(const Schema& table) {
  by_handle_.erase(table.handle);
  tables_.erase(FullName(table.keyspace, table.table));
}

void Catalogue::Withhold(const Schema& table) {
  RemoveTable(table);
  withheld_names_.insert(FullName(table.keyspace, table.table));
  withheld_handles_.insert(table.handle);
}

bool Catalogue::Withheld(std::string_view name) const {
  return withheld_names_.find(name) != withheld_names_.end();
}

bool Catalogue::Withheld(TableHandle handle) const {
  return withheld_handles_.contains(handle);
}

const ColumnType* Catalogue::FindType(std::string_view keyspace,
                                      std::string_view name) const {
  const auto found = types_.find(FullName(keyspace, name));
  return found == types_.end() ? nullptr : &found->second;
}

std::vector<ColumnType> Catalogue::TypesIn(std::string_view keyspace) const {
  std::vector<ColumnType> found;
  const std::string prefix = FullName(keyspace, "");
  for (auto i = types_.lower_bound(prefix);
       i != types_.end() && i->first.starts_with(prefix); ++i) {
    found.push_back(i->second);
  }
  return found;
}

void Catalogue::AddType(const ColumnType& type) {
  types_[FullName(type.arguments->keyspace, type.arguments->name)] = type;
}

void Catalogue::RemoveType(std::string_view keyspace, std::string_view name) {
  types_.erase(FullName(keyspace, name));
}

std::string Catalogue::Encode() const {
  std::string out;
  PutLittle<uint32_t>(next_table_id_, &out);
  PutVarint(keyspaces_.size(), &out);
  for (const std::string& keyspace : keyspaces_) PutBytes(keyspace, &out);
  PutVarint(tables_.size(), &out);
  for (const auto& [name, table] : tables_) {
    PutBytes(EncodeSchema(*table), &out);
  }
  if (types_.empty()) return out;
  PutVarint(types_.size(), &out);
  for (const auto& [name, type] : types_) PutType(type, &out);
  return out;
}

absl::Status Catalogue::DecodeTypes(std::string_view* in) {
  const absl::Status malformed =
      absl::DataLossError("the catalogue's user types are malformed");
  uint64_t count;
  if (!GetVarint(in, &count) || count == 0) return malformed;
  for (uint64_t i = 0; i < count; ++i) {
    ColumnType type;
    if (!GetType(in, &type) || type.kind != TypeKind::kUserType ||
        type.frozen || !CheckType(type).ok() ||
        !HasKeyspace(type.arguments->keyspace)) {
      return malformed;
    }
    AddType(type);
  }
  return types_.size() == count ? absl::OkStatus() : malformed;
}

absl::StatusOr<Catalogue> Catalogue::Decode(std::string_view bytes) {
  const absl::Status malformed =
      absl::DataLossError("the catalogue is malformed");
  Catalogue catalogue;
  uint64_t keyspaces, tables;
  if (!GetLittle(&bytes, &catalogue.next_table_id_) ||
      !GetVarint(&bytes, &keyspaces)) {
    return malformed;
  }
  for (uint64_t i = 0; i < keyspaces; ++i) {
    std::string_view name;
    if (!GetBytes(&bytes, &name) || !ValidName(name)) return malformed;
    catalogue.AddKeyspace(name);
  }
  if (!GetVarint(&bytes, &tables)) return malformed;
  std::set<TableId> ids;
  for (uint64_t i = 0; i < tables; ++i) {
    std::string_view encoded;
    if (!GetBytes(&bytes, &encoded)) return malformed;
    ASSIGN_OR_RETURN(Schema schema, DecodeSchema(encoded));
    if (!catalogue.HasKeyspace(schema.keyspace) ||
        schema.id.value >= catalogue.next_table_id_ ||
        schema.handle.value >= catalogue.next_table_id_ ||
        catalogue.Find(schema.handle) != nullptr ||
        !ids.insert(schema.id).second) {
      return malformed;
    }
    catalogue.AddTable(std::make_shared<const Schema>(std::move(schema)));
  }
  if (bytes.empty()) return catalogue;
  RETURN_IF_ERROR(catalogue.DecodeTypes(&bytes));
  if (!bytes.empty()) return malformed;
  return catalogue;
}

}  // namespace rowan
