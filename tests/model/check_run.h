// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_CHECK_RUN_H_
#define ROWAN_TESTS_MODEL_CHECK_RUN_H_

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "tests/model/case/operation.h"
#include "tests/model/list_reads.h"
#include "tests/model/node_world.h"
#include "tests/model/reference/got_row.h"
#include "tests/model/reference/history.h"

namespace rowan {

// What came of one conditional write.
struct CheckOutcome {
  absl::Status status;
  bool decided = false;  // the next are known
  bool applied = false;
  uint32_t now_s = 0;                          // of its reads
  std::vector<std::optional<GotRow>> current;  // of the rows it asks of
  std::optional<ListReads> lists;
  std::optional<WriteOperation> made;  // nothing to be written: none
  int64_t timestamp_us = 0;
};

// Conditional writes through the queue of the node's coordinator, judged by its
// judge. Each is held to the model as it ends, and the model is told: in the
// order of their ends they must be as if each had run alone.
class CheckRun {
 public:
  using Wrong = std::optional<std::string>;

  // All must live as long.
  CheckRun(const TableShape* shape, NodeWorld* node, History* history)
      : shape_(shape), node_(node), history_(history) {}

  // All at once. What is wrong; nullopt: nothing.
  Wrong Run(const std::shared_ptr<const Schema>& schema,
            const std::vector<CheckOperation>& checks);

  // The same, not waited for; LetDie() before the world dies. AfterDeath() when
  // the engine is back: what was not answered happened wholly or not at all. It
  // is written again, so that the model knows.
  void Start(const std::shared_ptr<const Schema>& schema,
             const std::vector<CheckOperation>& checks);
  void LetDie();
  Wrong AfterDeath(
      absl::FunctionRef<Wrong()> check_everything,
      absl::FunctionRef<absl::Status(const Mutation&)> write_again);

 private:
  void OnEnd(const CheckOperation& check, CheckOutcome outcome);
  Wrong WrongIn(const CheckOperation& check, const CheckOutcome& outcome) const;
  Wrong WrongCurrent(const CheckOperation& check, const CheckOutcome& outcome,
                     const SeenWideRow& seen) const;
  void RunToEnd();

  const TableShape* const shape_;
  NodeWorld* const node_;
  History* const history_;
  std::shared_ptr<const Schema> schema_;
  std::vector<CheckOperation> checks_;  // under way
  size_t ended_ = 0;
  bool dying_ = false;
  Wrong wrong_;  // the first one
  // Decided and not answered, in their order.
  std::vector<CheckOutcome> unknown_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_CHECK_RUN_H_
