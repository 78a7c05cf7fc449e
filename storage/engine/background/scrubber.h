// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_BACKGROUND_SCRUBBER_H_
#define ROWAN_STORAGE_ENGINE_BACKGROUND_SCRUBBER_H_

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/engine/background/compaction_manager.h"
#include "storage/engine/state/engine_core.h"
#include "storage/engine/state/scrub_status.h"
#include "storage/sstable/verify/sstable_verifier.h"

namespace rowan {

// Reads every SSTable again from the disk, once a period, and checks all its
// checksums: what nobody reads rots unseen, and is wanted on the day when
// another copy is gone. A round goes file after file in steps of kStepBytes,
// each followed by the pause that keeps it at options.scrub_bytes_per_s; the
// next one begins a period after it began, or when it ends. What was merged
// away meanwhile is skipped, and what came is read by the next round: it has
// just been written. Rounds begin at another file each day, so that a node that
// is often started anew gets to all of them.
//
// A damaged file is logged, counted, told with what is lost (ScrubStatus), and
// left out of merges. Reads need no mark: they check what they read.
//
// Owned by the engine, destroyed before its core. Thread-safe. Steps run on
// the background executor, one at a time, and are part of the core's activity;
// a timer is not, so that it holds up no stop.
class Scrubber {
 public:
  static constexpr uint64_t kStepBytes = 256 << 10;

  // Both outlive it.
  Scrubber(EngineCore* core, CompactionManager* compactions);
  ~Scrubber();

  // The first round begins kFirstDelay from now; none when scrub_period is 0.
  void Start();
  ScrubStatus status() const;

  // A start has its own reading to do first.
  static constexpr std::chrono::seconds kFirstDelay{60};

 private:
  struct File {
    TableId table;
    PartitionId partition;
    FileId file;
  };
  // One open file.
  struct Reading {
    File file;
    std::shared_ptr<SSTableReader> table;
    std::unique_ptr<SSTableVerifier> verifier;
  };
  // What timers hold on to, and find empty when the scrubber is gone.
  struct Handle {
    Mutex mutex;
    Scrubber* scrubber ROWAN_GUARDED_BY(mutex) = nullptr;
  };

  void RunAfter(std::chrono::nanoseconds delay);
  // One step, then the timer for the next.
  void Run();
  // The pause before the next step.
  std::chrono::nanoseconds Step();
  void BeginRound();
  std::chrono::nanoseconds EndRound();
  // Opens the next file of the round; false when none is left.
  bool OpenNext();
  // Reads on in the open file; closes it at its end.
  uint64_t ReadOn();
  // The file as the engine has it; null when it was merged away.
  std::shared_ptr<SSTable> Find(const File& file) const;
  void CountDone();
  void Report(const File& file, const std::string& line);

  EngineCore* const core_;
  CompactionManager* const compactions_;
  const std::shared_ptr<Handle> handle_;
  // Of the step that runs.
  std::deque<File> waiting_;
  std::unique_ptr<Reading> reading_;
  int64_t began_ns_ = 0;
  mutable Mutex mutex_;
  ScrubStatus status_ ROWAN_GUARDED_BY(mutex_);
  struct Damaged {
    File file;
    std::vector<std::string> lines;
  };
  // By the last round, and by the one under way.
  std::map<FileId, Damaged> last_ ROWAN_GUARDED_BY(mutex_);
  std::map<FileId, Damaged> found_ ROWAN_GUARDED_BY(mutex_);
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_BACKGROUND_SCRUBBER_H_
