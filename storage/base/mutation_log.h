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
#include "storage/base/ids.h"

namespace rowan {

// One record on its way into the log: intrusive, so that appending allocates
// nothing. The caller embeds it in whatever it must remember until the record
// is durable, and keeps it alive until LogClient::OnDurable has been given it.
struct LogAppend {
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
  // all before them are durable (as the log's sync mode defines it). Otherwise
  // the log has stopped, and whether they survive is unknown.
  virtual void OnDurable(LogAppend* first, const absl::Status& status) = 0;
};

// What the engine needs of a commit log: opaque bytes in, durability out. One
// per node, shared by all partitions. Thread-safe.
//
// Failure: after the first failed write or sync every Append answers
// kUnavailable with the reason, and pending records are handed to the client
// with that status; the object stays usable only for Tail() and failed().
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

  // Records below `head` are no longer needed; whole segments below it are
  // recycled. `head` never goes back.
  virtual void Release(LogPosition head) = 0;

  // The head last given to Release, at segment granularity.
  virtual LogPosition Head() const = 0;

  // Bytes between head and tail, in whole segments: what the log occupies.
  virtual uint64_t BytesInUse() const = 0;

  virtual size_t RecordSizeMax() const = 0;

  // The reason once the log has stopped after a failure; OK before.
  virtual absl::Status failed() const = 0;

  // Makes everything appended durable, writes the clean-stop mark, then calls
  // `done` with what came of it. REQUIRES: no Append under way or later. The
  // log may be destroyed once `done` has run.
  virtual void Close(absl::AnyInvocable<void(absl::Status)> done) = 0;
};

// Takes one record found at start-up. Called in log order, never two at once;
// blocking here is how replay is bounded in memory. An error stops the replay.
using LogReplay = absl::FunctionRef<absl::Status(LogPosition position,
                                                 std::string_view record)>;

// What opening a log found, for the start-up report.
struct LogRecovery {
  uint64_t segments = 0, records = 0, bytes = 0;
  bool clean_stop = false;
  std::vector<std::string> notes;  // one line each: torn tail, ...
};

// Opens a node's log: replays every record at or after `from`, then takes
// appends for `client`. The engine knows a log only by this call, so that
// either can be tested alone. kDataLoss naming file and offset when a record
// that was durable can't be read.
using LogOpener =
    absl::AnyInvocable<absl::StatusOr<std::unique_ptr<MutationLog>>(
        LogPosition from, LogReplay replay, LogClient* client,
        LogRecovery* recovery)>;

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_MUTATION_LOG_H_
