// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_LOG_COPY_H_
#define ROWAN_COMMITLOG_LOG_COPY_H_

#include <cstdint>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "storage/base/file_system.h"
#include "storage/base/ids.h"

namespace rowan {

// Which prefix of a log is copied; a chunk is taken whole or not at all.
struct LogCut {
  LogPosition from;  // nothing below it is needed
  // Chunks that begin at or after it are left out;
  LogPosition until{UINT64_MAX};
  // so are the first whose wall clock is later, and all behind it.
  int64_t until_wall_us = INT64_MAX;
};

struct LogCopied {
  LogPosition end;      // all chunks below it, and none behind, are there
  int64_t wall_us = 0;  // of the last of them
};

// Makes in `into`, a directory that is missing or empty and whose parent is
// there, the log that would have been found had its node died at the cut:
// FORMAT.md, "Copies of a log".
// `sources` are log directories (a node may be writing one), archives and
// copies, in any order; only what they prove to be durable is taken, so that of
// a running log the end may be missing, until 100 ms after its last write; then
// `end` is the log's Tail().
// All is durable when it returns. After an error files are left in `into`.
//
// kDataLoss: records between `from` and the cut are in no source, naming their
// positions; kNotFound: no source has a segment; kFailedPrecondition: `into`
// holds something, or nothing lies before the cut.
// Blocks; reads 1 MiB at a time.
absl::StatusOr<LogCopied> CopyLog(FileSystem* fs,
                                  std::span<const std::string> sources,
                                  const LogCut& cut, const std::string& into);

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_LOG_COPY_H_
