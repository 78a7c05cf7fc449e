// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_BACKGROUND_LOG_REWRITER_H_
#define ROWAN_STORAGE_ENGINE_BACKGROUND_LOG_REWRITER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "storage/engine/state/engine_core.h"
#include "storage/model/mutation.h"

namespace rowan {

// Who puts records into the log for the rewriter.
class RecordAppender {
 public:
  virtual ~RecordAppender() = default;
  // Appends `mutations`, which `slot` holds already, as one record and raises
  // the slot's end position above it, whatever comes of it. The slot is pinned
  // by the caller, the mutations live, until `done` has run: durable, or why
  // not.
  virtual void AppendAgain(MemtableSlot* slot,
                           std::span<const Mutation> mutations,
                           DoneCallback done) = 0;
};

// Writes the contents of a small active memtable to the log's tail again, so
// that it no longer holds old segments and need not become a tiny SSTable. Why
// that is sound: storage/engine/README.md, "Pins and positions".
//
// One memtable at a time, in steps on the background executor; a step appends
// one record and the next begins when it is durable, so that at most one lies
// in the log's queue. Memory: twice a record. Cost: what the memtable holds,
// once per turn of the log; of a log that turns every `log_bytes_max` bytes, n
// partitions take at most n * kBytesMax.
//
// Thread-safe.
class LogRewriter {
 public:
  // A larger one makes an SSTable worth having.
  static constexpr int64_t kBytesMax = 1 << 20;
  // The next time it is flushed: it is cold then, and would be written again
  // with every turn of the log.
  static constexpr int kRewritesMax = 2;
  // A record is at most as large, or one wide row.
  static constexpr size_t kRecordBytes = 64 << 10;

  // `pins_gone` runs when a memtable has lost its last pin to us.
  LogRewriter(EngineCore* core, Task pins_gone)
      : core_(core), pins_gone_(std::move(pins_gone)) {}

  void SetAppender(RecordAppender* appender) { appender_ = appender; }

  // Rewrites the partition's active memtable. OK in `done`: it needs nothing
  // below the log's tail as it was at some moment after this call. Otherwise
  // nothing has changed: it was written to all the time, a wide row is larger
  // than a record may be, the log refuses, the table was dropped. False, and
  // `done` never runs: another is under way, or this one is to be flushed.
  bool Start(const std::shared_ptr<Table>& table, Partition* partition,
             DoneCallback done);
  bool running() const { return running_.load(); }

 private:
  struct Rewrite;

  void AwaitWriters(std::shared_ptr<Rewrite> rewrite);
  void Step(std::shared_ptr<Rewrite> rewrite);
  void Finish(std::shared_ptr<Rewrite> rewrite, const absl::Status& status);

  EngineCore* const core_;
  Task pins_gone_;
  RecordAppender* appender_ = nullptr;
  std::atomic<bool> running_{false};
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_BACKGROUND_LOG_REWRITER_H_
