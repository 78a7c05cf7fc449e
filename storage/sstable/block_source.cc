// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/block_source.h"

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace rowan {

absl::Status BlockSource::Read(BlockHandle handle, BlockKind kind,
                               Blocking blocking, ReadStats* stats,
                               BlockBuffer* into) const {
  if (handle.offset > data_end_ || handle.length > data_end_ - handle.offset) {
    return At(handle.offset,
              absl::DataLossError("named by the row index, beyond the data"));
  }
  const std::span<char> out(into->Prepare(handle.length), handle.length);
  absl::StatusOr<size_t> got = blocking == Blocking::kNeverWait
                                   ? file_->ReadAtIfCached(handle.offset, out)
                                   : file_->ReadAt(handle.offset, out);
  if (!got.ok()) {
    // The file system's own errors name the path.
    if (absl::IsDataLoss(got.status())) damage_found_.store(true);
    return got.status();
  }
  if (*got != handle.length) {
    return At(handle.offset, absl::DataLossError("the file ends inside"));
  }
  if (stats != nullptr) {
    ++stats->blocks;
    stats->block_bytes += handle.length;
  }
  const absl::Status decoded =
      into->Decode(id_, handle.offset, kind, raw_bytes_);
  return decoded.ok() ? decoded : At(handle.offset, decoded);
}

absl::Status BlockSource::At(uint64_t offset,
                             const absl::Status& status) const {
  if (absl::IsDataLoss(status)) {
    damage_found_.store(true, std::memory_order_relaxed);
  }
  return Annotate(status, absl::StrCat(path_, ": block at offset ", offset));
}

}  // namespace rowan
