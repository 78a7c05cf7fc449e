// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_COORDINATOR_CONDITIONAL_WRITE_H_
#define ROWAN_NODE_COORDINATOR_CONDITIONAL_WRITE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "node/coordinator/coordinator.h"
#include "node/queue/wide_row_queue.h"
#include "storage/model/mutation.h"
#include "storage/read/read_command.h"

namespace rowan {

struct WideRowPlace {
  TableId table;
  Token token;
  std::string partition_key;
};

// A change of one wide row that rests on what it reads there: queues for the
// wide row, reads, decides, writes, leaves. From the first read until the write
// is visible no other one of the wide row runs, so they are linearizable with
// each other. Plain writes don't queue: one may come between read and write.
//
// What is read is durable already (visible means durable), so nothing rests on
// what a crash could take back. A read is cut into pages of a few milliseconds,
// each a task of the executor's but for the first. Each shows the wide row as
// it was at one moment; between two of them a plain write may come. On a
// replica the same steps will run where the wide row's leader is; only Read and
// Write then ask others.
//
// Owns itself from Start on, and ends with exactly one Finish. Its methods are
// called one at a time, on any thread.
class ConditionalWrite : private WideRowQueue::Waiter {
 public:
  // `coordinator` outlives it.
  static void Start(Coordinator* coordinator,
                    std::unique_ptr<ConditionalWrite> write);
  virtual ~ConditionalWrite() = default;

 protected:
  // `deadline_ns`: monotonic. When it passes before the write, the answer is
  // kAborted and nothing is written.
  ConditionalWrite(WideRowPlace place, int64_t deadline_ns)
      : place_(std::move(place)),
        own_deadline_ns_(deadline_ns),
        deadline_ns_(deadline_ns) {}

  // It is first in the queue: what to read, one after the other, each page
  // after page. Which wide row, until when, and what is expired is filled in.
  virtual std::vector<ReadCommand> Reads() = 0;
  // Whether each read is one page only, whatever ended it.
  virtual bool ReadsOnePage() const { return false; }
  // Takes the rows of all reads.
  virtual RowConsumer* rows() = 0;
  // One of the reads ended, with this page. By default that is all.
  virtual absl::Status OnRead(const PageEnd&) { return absl::OkStatus(); }
  // All is read: what to write, if anything; an empty mutation isn't written.
  // An error ends it, nothing written.
  virtual absl::StatusOr<std::optional<Mutation>> Decide() = 0;
  // The outcome. The write, if any, is visible when `status` is OK.
  virtual void Finish(const absl::Status& status) = 0;

  // In Decide: a timestamp above all that was read.
  absl::StatusOr<int64_t> TimestampAbove();
  // In Reads: takes others out of the queue, right behind this one, to carry
  // them out along with this one; their Finish is then this one's to call. Asks
  // `wanted` under a lock. What this one does may then take until the latest
  // deadline of all: whose own has passed, CheckOwnDeadline tells.
  std::vector<std::unique_ptr<ConditionalWrite>> TakeFollowers(
      absl::FunctionRef<bool(ConditionalWrite&)> wanted);

  // kAborted when its own deadline has passed: nothing of it is to be written.
  absl::Status CheckOwnDeadline() const;

  Coordinator& coordinator() { return *coordinator_; }
  const WideRowPlace& place() const { return place_; }
  uint32_t now_s() const { return now_s_; }  // of the reads

 private:
  void Run() override;
  void GiveUp(const absl::Status& status) override;
  void ReadNext();
  void ReadPage();
  void OnPage(absl::StatusOr<PageEnd> end);
  void Write();
  void End(const absl::Status& status);

  const WideRowPlace place_;
  const int64_t own_deadline_ns_;
  int64_t deadline_ns_;  // with that of those it carries along
  Coordinator* coordinator_ = nullptr;
  std::vector<ReadCommand> reads_;
  size_t next_read_ = 0;
  uint32_t now_s_ = 0;
  int64_t newest_us_ = kNoTimestamp;
  std::optional<Mutation> mutation_;
};

// A page of one wide row that sees every conditional write answered before:
// waits in their queue. As Coordinator::Read otherwise; the now_s of a read's
// first page is set to the time of its turn. `command` lives until `done`.
// REQUIRES: a partition_key.
void SerialRead(Coordinator* coordinator, ReadCommand* command,
                RowConsumer* consumer,
                absl::AnyInvocable<void(absl::StatusOr<PageEnd>)> done);

}  // namespace rowan

#endif  // ROWAN_NODE_COORDINATOR_CONDITIONAL_WRITE_H_
