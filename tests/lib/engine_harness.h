// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_LIB_ENGINE_HARNESS_H_
#define ROWAN_TESTS_LIB_ENGINE_HARNESS_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commitlog/commit_log.h"
#include "storage/engine/engine_options.h"
#include "storage/engine/state/table_scrub.h"
#include "tests/lib/mem_file_system.h"
#include "tests/lib/sim_clock.h"
#include "tests/lib/sim_executor.h"
#include "tests/lib/sim_random.h"
#include "tests/lib/test_tables.h"

namespace rowan {

// A whole engine with its commit log in a simulated world: one thread, one
// seed, a disk in memory. The calls below run the world until the answer is
// there; use engine() and executor() to stop it half-way.
class EngineHarness {
 public:
  // Seed 0 runs tasks in the order they were posted; any other one draws it.
  explicit EngineHarness(uint64_t seed = 0);
  ~EngineHarness();

  // To be changed before Open.
  EngineOptions options;
  CommitLogOptions log_options;
  std::optional<LogArchiveOptions> archive_options;  // none: no archive
  std::vector<std::shared_ptr<const Schema>> tables;
  std::function<void()> on_failure;
  // What the engine has instead of its log; unset: the log.
  std::function<std::unique_ptr<MutationLog>(std::unique_ptr<MutationLog>)>
      wrap_log;

  // As a node with a catalogue opens it, from the next Open on.
  void Know(KnownTables known);
  absl::Status Open();
  absl::Status Stop(bool drain = false);
  // The process, or the machine, dies now. Open() brings it back.
  void Crash();
  void PowerCut();
  // As MemFileSystem::PowerCut(keep).
  void PowerCut(const std::function<bool()>& keep);

  absl::Status Write(const Mutation& mutation);
  absl::Status Write(const TestMutation& mutation) {
    return Write(mutation.mutation());
  }
  absl::Status Flush(TableId table,
                     std::optional<PartitionId> partition = std::nullopt);
  absl::Status Compact(TableId table,
                       std::optional<PartitionId> partition = std::nullopt);
  absl::StatusOr<TableScrub> Scrub(TableId table, const ScrubOrder& order = {});

  // Rows as text, "key/ck=v" or "key/ck=v[s]", in the order they come, read
  // page after page to the end.
  absl::StatusOr<std::vector<std::string>> Scan(TableId table);
  absl::StatusOr<std::vector<std::string>> ReadKey(TableId table,
                                                   std::string_view key);
  absl::StatusOr<std::vector<std::string>> ReadAll(ReadCommand command);

  Engine& engine() { return *engine_; }
  LogArchive* archive() { return archive_.get(); }  // null: none
  // The harness has none afterwards.
  std::unique_ptr<Engine> TakeEngine() { return std::move(engine_); }
  SimExecutor& executor() { return executor_; }
  SimClock& clock() { return clock_; }
  MemFileSystem& fs() { return fs_; }

 private:
  void Die();

  SimClock clock_;
  SimRandom order_;
  SimExecutor executor_;
  MemFileSystem fs_;
  std::optional<TableId> next_table_;  // KnownTables::next
  std::shared_ptr<LogArchive> archive_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_LIB_ENGINE_HARNESS_H_
