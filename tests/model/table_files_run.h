// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_TABLE_FILES_RUN_H_
#define ROWAN_TESTS_MODEL_TABLE_FILES_RUN_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "storage/engine/table_files.h"
#include "tests/lib/engine_harness.h"
#include "tests/model/case/operation.h"
#include "tests/model/reference/history.h"

namespace rowan {

// What takes the place of a case's table: a new one without rows, or one made
// of a snapshot's files, in the steps of the node. Each has an id of its own,
// and the table before it is dropped.
class TableFilesRun {
 public:
  using Wrong = std::optional<std::string>;

  // A table and what the model knows of it.
  struct Table {
    std::shared_ptr<const Schema> schema;
    History history;
  };

  explicit TableFilesRun(EngineHarness* world) : world_(world) {}

  // Flushes the table and links its files. What is wrong; nullopt: nothing.
  Wrong Take(int number, const Table& table);

  // The new table in *table; one that was never taken changes nothing.
  Wrong Truncate(const TableShape* shape, Table* table);
  Wrong Restore(int number, Table* table);

 private:
  struct Snapshot {
    Table table;
    std::string directory;
    TableFiles files;
  };

  std::shared_ptr<Schema> Renewed(const Schema& schema);
  Wrong Replace(Table by, Table* table);

  EngineHarness* const world_;
  uint32_t next_id_ = 3;         // behind the table's and the counters'
  uint32_t next_directory_ = 0;  // links are made where none are
  std::array<std::optional<Snapshot>, kSnapshots> snapshots_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_TABLE_FILES_RUN_H_
