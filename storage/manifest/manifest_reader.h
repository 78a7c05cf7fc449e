// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MANIFEST_MANIFEST_READER_H_
#define ROWAN_STORAGE_MANIFEST_MANIFEST_READER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/manifest/manifest.h"

namespace rowan {

// Walks over the edits of one manifest's bytes and tells a torn end from damage
// (FORMAT.md). Thread-compatible; errors don't name the file, the caller does.
//
//   ManifestReader reader(bytes, number);
//   RETURN_IF_ERROR(reader.Start());
//   for (;;) {
//     ASSIGN_OR_RETURN(auto edit, reader.Next());
//     if (!edit) break;
//   }
class ManifestReader {
 public:
  // `file` outlives the reader.
  ManifestReader(std::string_view file, uint64_t number)
      : file_(file), number_(number) {}

  absl::Status Start();  // checks the header
  // The next edit, the snapshot first; nothing at the end. kDataLoss naming the
  // offset; then the reader is of no more use.
  absl::StatusOr<std::optional<ManifestEdit>> Next();

  // Where the edit that Next returned begins.
  uint64_t edit_offset() const { return edit_offset_; }
  // The end of the valid records read so far. After the last one: where to
  // append, and what lies behind it is torn.
  uint64_t end() const { return end_; }

 private:
  bool ValidRecordAfter(uint64_t offset) const;

  const std::string_view file_;
  const uint64_t number_;
  uint64_t edit_offset_ = 0;
  uint64_t end_ = 0;
};

// The number in the name of a manifest; nothing for any other name.
std::optional<uint64_t> ParseManifestName(std::string_view name);
std::string ManifestName(uint64_t number);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MANIFEST_MANIFEST_READER_H_
