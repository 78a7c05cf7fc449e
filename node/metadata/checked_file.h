// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_METADATA_CHECKED_FILE_H_
#define ROWAN_NODE_METADATA_CHECKED_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/base/file_system.h"

namespace rowan {

// A small file that is replaced as a whole and checked as a whole
// (node/metadata/FORMAT.md): the node's identity, its catalogue, its clock.
struct CheckedFile {
  uint64_t version = 0;  // the writer's count
  std::string payload;
};

// Larger ones are refused on both sides.
inline constexpr size_t kCheckedFileBytesMax = 64 << 20;

// Whether `bytes` begin as one does; says nothing of the rest.
bool IsCheckedFile(std::string_view bytes);

std::string EncodeCheckedFile(const CheckedFile& file);
// kDataLoss for anything but exactly the bytes that Encode made;
// kFailedPrecondition for another format version.
absl::StatusOr<CheckedFile> DecodeCheckedFile(std::string_view bytes);

// kNotFound; as Decode, naming the file.
absl::StatusOr<CheckedFile> ReadCheckedFile(FileSystem& fs,
                                            const std::string& path);
// Writes `path` and syncs its contents; what it held is gone. Blocks.
absl::Status WriteCheckedFile(FileSystem& fs, const std::string& path,
                              const CheckedFile& file);
// Writes `directory`/`name` so that a crash at any point leaves the old or the
// new one: temporary file, sync, rename, directory sync. Blocks.
absl::Status ReplaceCheckedFile(FileSystem& fs, const std::string& directory,
                                const std::string& name,
                                const CheckedFile& file);

}  // namespace rowan

#endif  // ROWAN_NODE_METADATA_CHECKED_FILE_H_
