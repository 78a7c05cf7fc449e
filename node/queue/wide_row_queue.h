// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_QUEUE_WIDE_ROW_QUEUE_H_
#define ROWAN_NODE_QUEUE_WIDE_ROW_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "storage/base/clock.h"
#include "storage/base/executor.h"
#include "storage/base/ids.h"

namespace rowan {

struct WideRowQueueLimits {
  size_t waiting_per_wide_row = 128;
  size_t waiting_per_node = 16'384;
};

struct WideRowQueueTotals {
  uint64_t waiting = 0;  // now
  uint64_t waited = 0;   // since the start: those who were not first at once
  uint64_t refused_full = 0;
  uint64_t refused_late = 0;
};

// Puts what reads before it writes in an order, per wide row: of all that
// joined for one wide row, one is first, from before its read until its write
// is visible, and runs alone. A queue of continuations: nobody waits on a
// thread, no lock is held while one runs or over a sync. Nothing is kept for
// wide rows that nobody is queued for.
//
// Thread-safe. Concurrency rule: a shard's lock guards its lines and is held
// for moves in them only, never while a waiter's method runs. A line is driven
// by one thread at a time: the one whose Join found it empty, or, behind a
// Leave that found nobody driving, one of the executor's, since who leaves late
// does so on a thread that others wait for (the log's). It runs heads until one
// hasn't left when its Run returns. What drives keeps the state alive by
// itself, so the last waiter may answer, and the queue, its clock and its
// executor go, while a thread is on its way out of it. Invariants
// (tests/node/queue/wide_row_queue_test.cc):
//  1. at most one waiter of a wide row is first;
//  2. each waiter gets exactly one of Run and GiveUp, or is taken;
//  3. waiters of one wide row run in the order they joined.
class WideRowQueue {
  struct Line;
  struct Shard;
  struct State;

 public:
  // Who queues; belongs to itself, and lives until it has left or been given
  // up.
  class Waiter {
   public:
    // It is first. Ends with exactly one Leave, from any thread, during Run or
    // later. Doesn't block.
    virtual void Run() = 0;
    // It never was first and is in the queue no more. kAborted: the queue was
    // full, or the deadline passed; kUnavailable: the node stops.
    virtual void GiveUp(const absl::Status& status) = 0;

   protected:
    ~Waiter() = default;

   private:
    friend class WideRowQueue;
    Line* line_ = nullptr;
    int64_t deadline_ns_ = std::numeric_limits<int64_t>::max();
  };

  // Lets the next one run when destroyed: hold it until one's own answer is
  // sent.
  class [[nodiscard]] Next {
   public:
    Next(Next&&) = default;
    Next& operator=(Next&&) = delete;
    ~Next();

   private:
    friend class WideRowQueue;
    Next(std::shared_ptr<State> state, Line* line)
        : state_(std::move(state)), line_(line) {}
    std::shared_ptr<State> state_;  // null: somebody else drives
    Line* line_;
  };

  // `clock` and `executor` outlive all waiters, but not the way out of the last
  // one's answer.
  WideRowQueue(WideRowQueueLimits limits, const Clock* clock,
               Executor* executor);
  ~WideRowQueue();

  // Queues for a wide row; `waiter` may run, or be given up, before this
  // returns. `deadline_ns`: monotonic; INT64_MAX: none.
  void Join(TableId table, std::string_view partition_key, int64_t deadline_ns,
            Waiter* waiter);
  // The first one leaves. REQUIRES: it is first.
  Next Leave(Waiter* waiter);
  // Takes those who stand right behind `first`, in order, as long as `wanted`
  // says so (under the shard's lock): they get neither Run nor GiveUp and need
  // no Leave. REQUIRES: `first` is first.
  std::vector<Waiter*> TakeFollowers(Waiter* first,
                                     absl::FunctionRef<bool(Waiter*)> wanted);

  // Gives up all who wait and takes no more; who is first runs on.
  void Stop();

  WideRowQueueTotals totals() const;

 private:
  const std::shared_ptr<State> state_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_QUEUE_WIDE_ROW_QUEUE_H_
