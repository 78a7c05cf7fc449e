// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_WRITE_PATH_H_
#define ROWAN_STORAGE_ENGINE_WRITE_PATH_H_

#include <memory>
#include <span>

#include "storage/base/mutation_log.h"
#include "storage/engine/admission.h"
#include "storage/engine/background/disk_watch.h"
#include "storage/engine/background/flush_manager.h"
#include "storage/engine/background/log_rewriter.h"
#include "storage/engine/state/engine_core.h"
#include "storage/model/mutation.h"

namespace rowan {

// The walk of a write inside the engine: reserve memory, pin the memtables,
// append to the log, and when the log says durable, insert and answer. Visible
// means durable: nothing is inserted before.
//
// Thread-safe. Write returns without waiting for anything; OnDurable is called
// by the log, one chunk at a time.
class WritePath : public LogClient, public RecordAppender {
 public:
  WritePath(EngineCore* core, FlushManager* flushes, DiskWatch* disk_watch);

  // One record of one or more mutations, all or nothing across a crash.
  // Errors and lifetimes as Engine::Write.
  void Write(std::span<const Mutation> mutations, DoneCallback done);

  void OnDurable(LogAppend* first, const absl::Status& status) override;
  void OnFailed(const absl::Status& reason) override {
    core_->ReportFailure(reason);
  }

  void AppendAgain(MemtableSlot* slot, std::span<const Mutation> mutations,
                   DoneCallback done) override;

  // After core->activity.Stop: refuses what waits for memory.
  void Stop() { admission_.Stop(); }

 private:
  struct PendingWrite;

  absl::Status Resolve(PendingWrite* write) const;
  void Append(std::unique_ptr<PendingWrite> write);
  // Inserts what is not yet inserted. False: a wide row was busy.
  bool Insert(PendingWrite* write, absl::Status* status);
  void InsertLater(std::unique_ptr<PendingWrite> write);
  void Complete(std::unique_ptr<PendingWrite> write,
                const absl::Status& status);

  EngineCore* const core_;
  FlushManager* const flushes_;
  DiskWatch* const disk_watch_;
  Admission admission_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_WRITE_PATH_H_
