// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MANIFEST_MANIFEST_PAIR_H_
#define ROWAN_STORAGE_MANIFEST_MANIFEST_PAIR_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/base/file_system.h"

namespace rowan {

// The two files of one manifest, the same bytes in both, open for more.
//
// Thread-compatible. After a failure the files are for the next start to judge:
// what a power cut would leave of them is not known.
class ManifestPair {
 public:
  static constexpr size_t kFiles = 2;
  using Paths = std::array<std::string, kFiles>;
  static Paths PathsOf(const std::string& directory, uint64_t number);

  // What is on the disk of one of the two.
  struct Content {
    std::string path;
    std::string bytes;      // none when it is not readable
    absl::Status readable;  // kNotFound, or kDataLoss from the disk
  };
  using Contents = std::array<Content, kFiles>;
  // Both, changing nothing. Fails when neither can be read, and for any error
  // that is not the loss of one file.
  static absl::StatusOr<Contents> Read(FileSystem* fs,
                                       const std::string& directory,
                                       uint64_t number);

  // Makes both files with these bytes, under their names and durable when OK.
  static absl::StatusOr<ManifestPair> Create(FileSystem* fs,
                                             const std::string& directory,
                                             uint64_t number,
                                             std::string_view bytes);
  // Takes over both. Syncs them first: a process that died before its own sync
  // left bytes that a power cut could still take back.
  static absl::StatusOr<ManifestPair> Open(FileSystem* fs,
                                           const std::string& directory,
                                           uint64_t number);

  // Writes at `offset` of both; durable in both when OK.
  absl::Status Append(uint64_t offset, std::string_view record);
  // Takes away what is there of the two names.
  static absl::Status Remove(FileSystem* fs, const std::string& directory,
                             uint64_t number);

 private:
  absl::Status Sync();

  std::array<std::unique_ptr<File>, kFiles> files_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MANIFEST_MANIFEST_PAIR_H_
