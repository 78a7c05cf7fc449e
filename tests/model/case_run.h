// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_CASE_RUN_H_
#define ROWAN_TESTS_MODEL_CASE_RUN_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/lib/engine_harness.h"
#include "tests/lib/sim_random.h"
#include "tests/model/case/test_case.h"
#include "tests/model/check_run.h"
#include "tests/model/counter_run.h"
#include "tests/model/node_world.h"
#include "tests/model/reference/history.h"
#include "tests/model/reference/page_check.h"
#include "tests/model/reference/totals.h"
#include "tests/model/table_files_run.h"

namespace rowan {

// Runs a case on a real engine in a simulated world, with the model beside it.
// One use.
//
//   if (auto wrong = CaseRun(test).Run()) FAIL() << *wrong;
class CaseRun {
 public:
  // `test` must live as long.
  explicit CaseRun(const TestCase& test);

  using Wrong = std::optional<std::string>;

  // What went wrong first, and at which operation; nullopt: nothing. Ends with
  // a read of everything.
  Wrong Run();

  // Step by step instead: Open() first.
  Wrong Open();
  Wrong Do(const Operation& operation);
  // `totals`, or null, are fed with its rows.
  absl::StatusOr<GotPage> GetPage(const ReadCommand& command,
                                  Totals* totals = nullptr);
  // The table's, as it is now.
  const std::shared_ptr<const Schema>& schema() const { return schema_; }
  const Engine& engine() { return world_.engine(); }
  uint32_t now_s() { return world_.clock().WallSeconds(); }

 private:
  struct OpenRead {
    OpenRead(const TableShape& shape,
             const std::shared_ptr<const Schema>& schema,
             const ReadOperation& read, uint32_t now_s);
    PagedRead pages;
    std::optional<Totals> totals;
  };

  Wrong Write(const Operation& operation);
  Wrong DieWriting(const Operation& operation);
  // Whether a reader sees what the model knows behind its first writes.
  Wrong Look(size_t first_writes, bool* seen);
  Wrong ReadAll(const ReadOperation& read);
  Wrong ReadPage(OpenRead* read);
  // Whether the table is as the model says; else how it differs.
  Wrong CheckEverything();
  Wrong Die(Death death);
  Wrong Restart(bool drain);
  Wrong Alter(const Alteration& alteration);
  // The table goes, and another one takes its place.
  Wrong Replace(const Operation& operation);
  Wrong Background(Operation::Kind kind);
  Wrong Queued(WriteOperation write);
  Wrong DieChecking(const Operation& operation);
  Wrong DieCounting(const Operation& operation);
  void SetTables();

  // Mutations as the present second makes them, told to the model as well.
  std::vector<Mutation> Make(const std::vector<WriteOperation>& writes);
  absl::Status WriteAtomic(const std::vector<Mutation>& mutations);
  void SettleClock();

  const TestCase& test_;
  std::shared_ptr<const Schema> schema_;
  // The smallest grace that the table ever had: no write is older.
  uint32_t age_max_s_;
  History history_;
  SimRandom chance_;  // what a dying disk keeps
  EngineHarness world_;
  TableFilesRun table_files_;
  NodeWorld node_;
  CheckRun checks_;
  std::unique_ptr<CounterRun> counters_;  // null: the case counts nothing
  std::vector<std::optional<OpenRead>> open_reads_;
  size_t failed_reads_ = 0;  // that answered an error
};

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_CASE_RUN_H_
