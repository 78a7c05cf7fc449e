// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_COUNTER_RUN_H_
#define ROWAN_TESTS_MODEL_COUNTER_RUN_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "node/coordinator/increment.h"
#include "tests/model/case/operation.h"
#include "tests/model/node_world.h"

namespace rowan {

// The counters of a case, in a table of their own: changed as the node changes
// them, through the queue of its coordinator, beside what they must be by the
// rules: a sum of what was added since the last deletion, each request id
// once.
class CounterRun {
 public:
  using Wrong = std::optional<std::string>;

  static constexpr TableId kTable{2};
  static std::shared_ptr<const Schema> TableSchema();

  explicit CounterRun(NodeWorld* node) : node_(node), world_(&node->world()) {}

  // All of them at once. What is wrong with an answer.
  Wrong Count(const std::vector<CountOperation>& operations);
  // The same with increments that have ids, not waited for; LetDie() before the
  // world dies. AfterDeath() when the engine is back asks all of them again:
  // each counts once.
  void Start(const std::vector<CountOperation>& operations);
  void LetDie();
  Wrong AfterDeath();
  // Whether the table holds what it must.
  Wrong CheckAll();

 private:
  struct Answer {
    std::optional<absl::Status> status;
    IncrementResult result;
  };
  struct Counters {
    std::map<int, int64_t> rows;  // of one wide row
    std::map<int, uint32_t> ids;  // of requests, and when they are forgotten
  };

  void Queue(const CountOperation& operation, Answer* answer);
  // To the model; whether its id was counted before.
  bool Apply(const CountOperation& operation);
  Wrong Check(const CountOperation& operation, const Answer& answer);
  void RunToEnd();

  NodeWorld* const node_;
  EngineHarness* const world_;
  std::map<int, Counters> wide_rows_;
  std::vector<std::pair<CountOperation, Answer>> under_way_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_COUNTER_RUN_H_
