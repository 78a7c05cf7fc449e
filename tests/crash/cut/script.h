// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_CRASH_CUT_SCRIPT_H_
#define ROWAN_TESTS_CRASH_CUT_SCRIPT_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "node/coordinator/increment.h"
#include "node/coordinator/queued_write.h"
#include "tests/crash/cut/change.h"
#include "tests/crash/cut/client_record.h"
#include "tests/crash/cut/crash_node.h"

namespace rowan {

// An increment as it was sent, so that it can be sent again.
struct CountRequest {
  size_t request;  // in the client's record
  std::string table, key;
  int64_t ck, delta;
  std::string id;  // 16 bytes
};

// The client that a workload is written for: it asks a node, and writes down
// what it asked and what was answered. Each call runs the node until it is
// answered, but for those that say so. On a disk without faults an error is the
// workload's own mistake and stops the test, but kResourceExhausted, which
// writes may be answered: nothing was done then.
class Script {
 public:
  Script(const CrashNodeOptions& options, uint64_t order)
      : node_(options, order) {}
  ~Script() { node_.Die(); }

  CrashNode& node() { return node_; }
  const ClientRecord& record() const { return record_; }
  const std::vector<CountRequest>& counts() const { return counts_; }

  // --- The node's life.

  void Start();
  void Restart(bool drain = false);
  // Stops nothing: the process dies and another one starts.
  void DieAndRestart();

  // --- Rows.

  void Write(const Change& change) { WriteAtomic({change}); }
  void WriteAtomic(std::vector<Change> changes);
  // Not waited for.
  void Send(std::vector<Change> changes);
  void Await();  // until all that was sent is answered

  // --- Background work.

  void Flush(const std::string& table);
  void Compact(const std::string& table);
  // Not waited for.
  void StartFlush(const std::string& table);
  void StartCompact(const std::string& table);
  // What is under way ends, as far as it takes no time.
  void Settle() { node_.executor().RunReady(); }
  // Time goes by, and what waits for it is done.
  void Pass(std::chrono::milliseconds time);

  // --- Tables; of TestSchema's columns.

  void CreateTable(const std::string& name, TableOptions options = {});
  void DropTable(const std::string& name);
  void Truncate(const std::string& name);
  void AddColumn(const std::string& table, const std::string& column);
  void DropColumn(const std::string& table, const std::string& column);
  void CreateType(const std::string& name);
  void DropType(const std::string& name);

  // --- Snapshots.

  void Snapshot(const std::string& table, const std::string& name);
  // As a table that isn't there.
  void Restore(const std::string& name, const std::string& table);
  void DropSnapshot(const std::string& name);

  // --- What rests on what it reads.

  void CreateCounters(const std::string& name);
  void Count(const std::string& table, const std::string& key, int64_t ck,
             int64_t delta);
  // Not waited for.
  void SendCount(const std::string& table, const std::string& key, int64_t ck,
                 int64_t delta);
  // Sets v of the row to `after` if it is `before`, which it is.
  void Swap(const std::string& table, const std::string& key, int64_t ck,
            const std::string& before, const std::string& after);

  void TakeTimestamp();

  // Sends an increment to `node` (again), and answers whether it is known to
  // have been counted before.
  static absl::StatusOr<bool> SendAgain(CrashNode* node,
                                        const CountRequest& count);
  static std::shared_ptr<const Schema> Find(CrashNode* node,
                                            std::string_view table);

 private:
  void CreateTableOf(Schema schema);
  // A change that blocks.
  void ChangeTables(ClientRecord::Effect effect,
                    absl::FunctionRef<absl::Status()> change);
  // Takes the answer of `request`.
  DoneCallback Answer(size_t request);
  void Answered(size_t request, const absl::Status& status);
  uint32_t now_s() { return node_.clock().WallSeconds(); }

  ClientRecord record_;
  std::vector<CountRequest> counts_;
  std::deque<std::vector<Mutation>> mutations_;  // as long as the node
  int64_t timestamp_ = 1'000'000;
  size_t open_ = 0;
  CrashNode node_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_CRASH_CUT_SCRIPT_H_
