// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MANIFEST_MANIFEST_READER_H_
#define ROWAN_STORAGE_MANIFEST_MANIFEST_READER_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/manifest/manifest.h"

namespace rowan {

// Walks over the edits of one manifest's bytes, taking each from a copy in
// which it is valid, and tells a torn end from damage (FORMAT.md).
// Thread-compatible; errors don't name a file, the caller does.
//
//   ManifestReader reader(bytes, number);
//   RETURN_IF_ERROR(reader.Start());
//   for (;;) {
//     ASSIGN_OR_RETURN(auto edit, reader.Next());
//     if (!edit) break;
//   }
class ManifestReader {
 public:
  // `copies`, at least one, should hold the same. They outlive the reader.
  ManifestReader(std::vector<std::string_view> copies, uint64_t number)
      : copies_(std::move(copies)), number_(number), faults_(copies_.size()) {}
  ManifestReader(std::string_view file, uint64_t number)
      : ManifestReader(std::vector{file}, number) {}

  absl::Status Start();  // checks the header
  // The next edit, the snapshot first; nothing at the end. kDataLoss naming the
  // offset: no copy has a valid record there though there is more behind, or
  // they hold different ones. Then the reader is of no more use.
  absl::StatusOr<std::optional<ManifestEdit>> Next();

  // Where the edit that Next returned begins.
  uint64_t edit_offset() const { return edit_offset_; }
  // The end of the valid records read so far. After the last one: where to
  // append, and what lies behind it is torn.
  uint64_t end() const { return end_; }
  // By copy: the first place before `end()` where it is not as it should be,
  // as kDataLoss naming the offset; OK when there is none.
  const std::vector<absl::Status>& faults() const { return faults_; }

 private:
  // The record at `end_`; nothing when no copy has a valid one.
  absl::StatusOr<std::optional<std::string_view>> TakeRecord();
  bool ValidRecordAfter(uint64_t offset) const;

  const std::vector<std::string_view> copies_;
  const uint64_t number_;
  std::vector<absl::Status> faults_;
  uint64_t edit_offset_ = 0;
  uint64_t end_ = 0;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MANIFEST_MANIFEST_READER_H_
