// SPDX-License-Identifier: Apache-2.0
// The script's changes of tables, types and snapshots.
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "storage/base/check.h"
#include "storage/model/schema_change.h"
#include "tests/crash/cut/script.h"

namespace rowan {
namespace {

constexpr char kKeyspace[] = "test";

Contents::Table EmptyTable(const Schema& schema) {
  Contents::Table table;
  for (const Column& column : schema.columns) table.columns.insert(column.name);
  return table;
}

Schema CounterSchema() {
  Schema schema = *TestSchema(1);
  schema.columns.resize(2);
  schema.columns.push_back(
      {ColumnId{3}, "n", {TypeKind::kCounter}, ColumnRole::kRegular});
  schema.options.partition_prefix_length = 0;
  return schema;
}

ColumnType UserType(const std::string& name) {
  TypeArguments type;
  type.types = {{TypeKind::kText}};
  type.keyspace = kKeyspace;
  type.name = name;
  type.field_names = {"a"};
  return {TypeKind::kUserType, false,
          std::make_shared<const TypeArguments>(std::move(type))};
}

void ForgetColumn(const std::string& column, Contents::Table* table) {
  table->columns.erase(column);
  for (auto& [key, wide_row] : table->wide_rows) {
    wide_row.static_columns.erase(column);
    for (auto& [ck, row] : wide_row.rows) row.columns.erase(column);
  }
}

}  // namespace

void Script::ChangeTables(ClientRecord::Effect effect,
                          absl::FunctionRef<absl::Status()> change) {
  const size_t request = record_.Send(std::move(effect));
  ++open_;
  Answered(request, change());
  ROWAN_CHECK(record_.Now().answers[request] >= 0);
}

void Script::CreateTable(const std::string& name, TableOptions options) {
  Schema schema = *TestSchema(1, options);
  schema.table = name;
  CreateTableOf(std::move(schema));
}

void Script::CreateCounters(const std::string& name) {
  Schema schema = CounterSchema();
  schema.table = name;
  CreateTableOf(std::move(schema));
}

void Script::CreateTableOf(Schema schema) {
  ChangeTables([name = schema.table, empty = EmptyTable(schema)](
                   Contents* contents) { contents->tables[name] = empty; },
               [&] {
                 return node_.schemas()
                     .CreateTable(schema, /*if_not_exists=*/false)
                     .status();
               });
}

void Script::DropTable(const std::string& name) {
  ChangeTables([name](Contents* contents) { contents->tables.erase(name); },
               [&] {
                 return node_.schemas()
                     .DropTable(kKeyspace, name, /*if_exists=*/false)
                     .status();
               });
}

void Script::Truncate(const std::string& name) {
  ChangeTables(
      [name](Contents* contents) { contents->tables[name].wide_rows.clear(); },
      [&] { return node_.schemas().TruncateTable(kKeyspace, name).status(); });
}

void Script::AddColumn(const std::string& table, const std::string& column) {
  ChangeTables(
      [table, column](Contents* contents) {
        contents->tables[table].columns.insert(column);
      },
      [&] {
        return node_.schemas()
            .AlterTable(kKeyspace, table,
                        [&](Schema* schema) {
                          return rowan::AddColumn({ColumnId{},
                                                   column,
                                                   {TypeKind::kText},
                                                   ColumnRole::kRegular},
                                                  schema);
                        })
            .status();
      });
}

void Script::DropColumn(const std::string& table, const std::string& column) {
  ChangeTables(
      [table, column](Contents* contents) {
        ForgetColumn(column, &contents->tables[table]);
      },
      [&] {
        return node_.schemas()
            .AlterTable(kKeyspace, table,
                        [&](Schema* schema) {
                          return rowan::DropColumn(column, schema);
                        })
            .status();
      });
}

void Script::CreateType(const std::string& name) {
  ChangeTables(
      [name](Contents* contents) {
        contents->others.insert("type test." + name);
      },
      [&] {
        return node_.schemas()
            .CreateType(UserType(name), /*if_not_exists=*/false)
            .status();
      });
}

void Script::DropType(const std::string& name) {
  ChangeTables(
      [name](Contents* contents) {
        contents->others.erase("type test." + name);
      },
      [&] {
        return node_.schemas()
            .DropType(kKeyspace, name, /*if_exists=*/false)
            .status();
      });
}

// As the service does it.
void Script::Snapshot(const std::string& table, const std::string& name) {
  const size_t request = record_.Send([table, name](Contents* contents) {
    contents->snapshots[name] = contents->tables[table];
  });
  TableSnapshots snapshots = node_.table_snapshots();
  snapshots.Flush(kKeyspace, table, std::numeric_limits<int64_t>::max(),
                  [&, done = Answer(request)](
                      absl::StatusOr<TableSnapshots::Flushed> flushed) mutable {
                    if (!flushed.ok()) return done(flushed.status());
                    done(node_.schemas().KeepTable(
                        kKeyspace, table, [&](const Schema& schema) {
                          return snapshots
                              .Take(schema, *flushed, name,
                                    /*or_like_it=*/false)
                              .status();
                        }));
                  });
  Await();
}

void Script::Restore(const std::string& name, const std::string& table) {
  ChangeTables(
      [name, table](Contents* contents) {
        contents->tables[table] = contents->snapshots[name];
      },
      [&]() -> absl::Status {
        auto snapshot = node_.snapshots().Read(name);
        if (!snapshot.ok()) return snapshot.status();
        Schema schema = snapshot->schema;
        schema.table = table;
        return node_.schemas()
            .RestoreTable(std::move(schema), node_.snapshots().PathOf(name),
                          snapshot->files)
            .status();
      });
}

void Script::DropSnapshot(const std::string& name) {
  ChangeTables([name](Contents* contents) { contents->snapshots.erase(name); },
               [&] { return node_.snapshots().Drop(name); });
}

}  // namespace rowan
