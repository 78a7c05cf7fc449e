// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_METADATA_CATALOGUE_H_
#define ROWAN_NODE_METADATA_CATALOGUE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "storage/model/schema.h"

namespace rowan {

// Every keyspace, table and user type at one moment. Copied, changed and
// published as a whole; a published one is never changed (std::shared_ptr<const
// Catalogue>).
//
// Invariants: every table's and type's keyspace exists; user types inside a
// type or column are there, and the same; ids and handles are unique and below
// next_table_id, from which both are given out.
class Catalogue {
 public:
  using TablePtr = std::shared_ptr<const Schema>;

  // 1..48 of [a-z0-9_], starting with a letter.
  static bool ValidName(std::string_view name);

  bool HasKeyspace(std::string_view keyspace) const;
  // Ascending.
  const std::set<std::string, std::less<>>& keyspaces() const {
    return keyspaces_;
  }
  uint32_t TablesIn(std::string_view keyspace) const;
  // Nullptr when there is none.
  TablePtr Find(std::string_view keyspace, std::string_view table) const;
  TablePtr Find(TableHandle handle) const;
  // By "keyspace.table"; no allocation.
  TablePtr FindByFullName(std::string_view name) const;
  // Ascending by full name.
  const std::map<std::string, TablePtr, std::less<>>& tables() const {
    return tables_;
  }

  // Of user types, none frozen, each with its fields, which hold the fields of
  // those inside. Nullptr when there is none.
  const ColumnType* FindType(std::string_view keyspace,
                             std::string_view name) const;
  // Those of one keyspace, by name.
  std::vector<ColumnType> TypesIn(std::string_view keyspace) const;
  // Ascending by "keyspace.name".
  const std::map<std::string, ColumnType, std::less<>>& types() const {
    return types_;
  }

  // Tables that a change of unknown outcome concerns (SchemaRegistry): nobody
  // finds them until the next start. In memory only. By full name, by handle.
  bool Withheld(std::string_view name) const;
  bool Withheld(TableHandle handle) const;

  // REQUIRES: what the names say; the caller has checked.
  void AddKeyspace(std::string_view keyspace);
  void RemoveKeyspace(std::string_view keyspace);
  // Gives out the id that the next table gets.
  TableId TakeTableId() { return TableId{next_table_id_++}; }
  void AddTable(TablePtr table);
  void RemoveTable(const Schema& table);
  // Also removes it, if it is there.
  void Withhold(const Schema& table);
  // Or replaces the one of its name.
  void AddType(const ColumnType& type);
  void RemoveType(std::string_view keyspace, std::string_view name);

  // node/metadata/FORMAT.md. kDataLoss for anything malformed.
  std::string Encode() const;
  static absl::StatusOr<Catalogue> Decode(std::string_view bytes);

 private:
  absl::Status DecodeTypes(std::string_view* in);

  std::set<std::string, std::less<>> keyspaces_;
  std::map<std::string, TablePtr, std::less<>> tables_;  // by full name
  absl::flat_hash_map<TableHandle, TablePtr> by_handle_;
  std::map<std::string, ColumnType, std::less<>> types_;  // by full name
  uint32_t next_table_id_ = 1;
  std::set<std::string, std::less<>> withheld_names_;
  std::set<TableHandle> withheld_handles_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_METADATA_CATALOGUE_H_
