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
#include "tests/model/history.h"
#include "tests/model/page_check.h"

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
  absl::StatusOr<GotPage> GetPage(const ReadCommand& command);
  const Schema& schema() const { return *schema_; }
  uint32_t now_s() { return world_.clock().WallSeconds(); }

 private:
  Wrong Write(const Operation& operation);
  Wrong DieWriting(const Operation& operation);
  Wrong ReadAll(const ReadOperation& read);
  Wrong ReadPage(PagedRead* read);
  // Whether the table is as the model says; else how it differs.
  Wrong CheckEverything();
  Wrong Die(Death death);
  Wrong Restart(bool drain);
  Wrong Background(Operation::Kind kind);

  // Mutations as the present second makes them, told to the model as well.
  std::vector<Mutation> Make(const std::vector<WriteOperation>& writes);
  absl::Status WriteAtomic(const std::vector<Mutation>& mutations);
  void SettleClock();

  const TestCase& test_;
  const std::shared_ptr<const Schema> schema_;
  History history_;
  SimRandom chance_;  // what a dying disk keeps
  EngineHarness world_;
  std::vector<std::optional<PagedRead>> open_reads_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_CASE_RUN_H_
