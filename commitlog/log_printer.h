// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_LOG_PRINTER_H_
#define ROWAN_COMMITLOG_LOG_PRINTER_H_

#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "storage/base/file_system.h"

namespace rowan {

// Prints one segment file: a line for each chunk, and with `records` one for
// each record. Goes on after what can't be read, so that one look shows all:
//
//   0 chunk segment=1 position=65536 length=80 records=0 kind=mark ...
//   4096 chunk segment=1 position=69632 length=93 records=1 kind=records ...
//   4176 record position=69712 size=9 bytes="123456789"
//   8192 nothing until 65536
//
// The number in front is the offset in the file. Chunks of an older segment
// that reuse has not overwritten yet end with "stale", chunks with bad records
// with "damaged". kDataLoss when there was one of those in the segment that the
// file holds; the last chunk before a crash may be one and harmless, which only
// the whole log can tell (log_recovery.h).
absl::Status PrintSegment(File& file, const std::string& path, bool records,
                          absl::FunctionRef<void(std::string_view line)> print);

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_LOG_PRINTER_H_
