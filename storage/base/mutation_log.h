// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_MUTATION_LOG_H_
#define ROWAN_STORAGE_BASE_MUTATION_LOG_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/base/counting/duration_counts.h"
#include "storage/base/ids.h"

namespace rowan {

// Whose a record may be when nothing is known of it.
inline constexpr uint64_t kLogScopeAll = ~uint64_t{0};

// One record on its way into the log: intrusive, so that appending allocates
// nothing. The caller embeds it in whatever it must remember until the record
// is durable, and keeps it alive until LogClient::OnDurable has been given it.
struct LogAppend {
  // Bits that tell whose the record is, in the caller's own meaning. The log
  // keeps the union of a chunk's records, to say whom a damaged chunk hit.
  uint64_t scope = kLogScopeAll;
  LogPosition position;       // set by Append
  std::string_view record;    // set by Append: the bytes in the log's buffer,
                              // valid until OnDurable returns
  LogAppend* next = nullptr;  // the log's list of one chunk
};

// Who is told. The log calls it for one chunk at a time, in log order, never
// two calls at once, on an executor's thread.
class LogClient {
 public:
  virtual ~LogClient() = default;
  // `first` is a list by LogAppend::next in log order. OK: these records and
  // all before them are durable (as the log's sync mode defines it). kUnknown:
  // the log has stopped, and whether they survive is unknown.
  virtual void OnDurable(LogAppend* first, const absl::Status& status) = 0;
  // A write or a sync has failed, and the log takes no more: once, before the
  // first record is handed out with an error and after the last one without.
  virtual void OnFailed(const absl::Status& reason) = 0;
};

// What the engine needs of a commit log: opaque bytes in, durability out. One
// per node, shared by all partitions. Thread-safe.
//
// Failure: after the first failed write or sync every Append answers
// kUnavailable with the reason, the client is told, and pending records are
// handed to it with kUnknown; the object stays usable for its questions only.
class MutationLog {
 public:
  virtual ~MutationLog() = default;

  // Reserves `size` bytes, calls `encode` on exactly these before it returns
  // (it must fill all of them and not fail), and takes `append`. On error
  // nothing was taken. Cost: one short lock and the encoding; never waits for
  // the disk. kInvalidArgument when size is 0 or over RecordSizeMax();
  // kResourceExhausted when more than its bound of bytes wait for the disk.
  virtual absl::Status Append(size_t size,
                              absl::FunctionRef<void(std::span<char>)> encode,
                              LogAppend* append) = 0;

  // The position that the next record gets at the earliest: every record
  // appended before this call is below it.
  virtual LogPosition Tail() const = 0;

  // Calls `done` once, on an executor's thread, when all below `position` (at
  // most Tail()) survives a power loss, whatever the sync mode: so that nothing
  // else on the disk gets ahead of the log. Or with the reason when the log has
  // failed before. In periodic mode it brings the next sync forward.
  virtual void WhenDurable(LogPosition position,
                           absl::AnyInvocable<void(absl::Status)> done) = 0;

  // Records below `head` are no longer needed; whole segments below it are
  // recycled. `head` never goes back.
  virtual void Release(LogPosition head) = 0;

  // The head last given to Release, at segment granularity.
  virtual LogPosition Head() const = 0;

  // Bytes between head and tail, in whole segments: what the log occupies.
  virtual uint64_t BytesInUse() const = 0;

  // How long the disk took to make something durable: each durable write of a
  // chunk and each sync that succeeded since the log was opened.
  virtual DurationCounts SyncDurations() const = 0;

  virtual size_t RecordSizeMax() const = 0;

  // The reason once the log has stopped after a failure; OK before.
  virtual absl::Status failed() const = 0;
  // Why the last try to make a spare segment came to nothing; it is tried again
  // each second, and records wait for it. kUnavailable: only its archive fails.
  virtual absl::Status spare_failure() const = 0;

  // A stop has begun: from now on records don't wait for a segment that can't
  // be made, which fails the log. A waiting record would keep its writer, and
  // so the stop, for as long as the disk is full.
  virtual void EndWaits() = 0;

  // Makes everything appended durable, writes the clean-stop mark, then calls
  // `done` with what came of it. REQUIRES: no Append under way or later. The
  // log may be destroyed once `done` has run.
  virtual void Close(absl::AnyInvocable<void(absl::Status)> done) = 0;
};

// Records that were durable and can't be read any more.
struct LogHole {
  LogPosition from, to;           // they lay at or after `from`, below `to`
  uint64_t scope = kLogScopeAll;  // union of theirs
  std::string what;               // file, offset and what is lost, for a person
};

// Takes what is found at start-up, in log order, never two calls at once;
// blocking here is how replay is bounded in memory. An error stops the replay
// and the opening. The log is written, and its files used again, only after all
// calls have returned: what must be remembered of a hole is durable by then.
class LogReplay {
 public:
  virtual ~LogReplay() = default;
  virtual absl::Status OnRecord(LogPosition position,
                                std::string_view record) = 0;
  virtual absl::Status OnHole(const LogHole& hole) = 0;
};

// What opening a log found, for the start-up report.
struct LogRecovery {
  uint64_t segments = 0, records = 0, bytes = 0;
  bool clean_stop = false;
  std::vector<std::string> notes;  // one line each: torn tail, ...
};

// What the caller of a log remembers of it.
struct LogNeed {
  LogPosition from;  // nothing below it is needed
  // At or above every position it remembers. None below it is given out again,
  // and a log that ends too far below it has lost its files: a hole.
  LogPosition known;
};

// Opens a node's log: replays every record that is needed, then takes appends
// for `client`. The engine knows a log only by this call, so that either can be
// tested alone.
using LogOpener =
    absl::AnyInvocable<absl::StatusOr<std::unique_ptr<MutationLog>>(
        LogNeed need, LogReplay* replay, LogClient* client,
        LogRecovery* recovery)>;

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_MUTATION_LOG_H_
