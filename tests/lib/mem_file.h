// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_LIB_MEM_FILE_H_
#define ROWAN_TESTS_LIB_MEM_FILE_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tests/lib/mem_file_system.h"

namespace rowan {

// An open file of a MemFileSystem. All its state is guarded by the file
// system's mutex; what it opened stays readable after Remove and Rename, as in
// POSIX.
class MemFile : public File {
 public:
  MemFile(MemFileSystem* fs, std::string path, const OpenOptions& options,
          std::shared_ptr<MemNode> node, uint64_t generation)
      : handle_{fs, std::move(path), options, std::move(node), generation} {}

  absl::StatusOr<size_t> ReadAt(uint64_t offset, std::span<char> out) override;
  absl::StatusOr<size_t> ReadAtIfCached(uint64_t offset,
                                        std::span<char> out) override;
  absl::Status WriteAt(uint64_t offset, std::string_view data) override;
  absl::Status Sync() override;
  absl::Status Truncate(uint64_t size) override;
  absl::StatusOr<uint64_t> Size() override;
  void ReadAsync(
      uint64_t offset, std::span<char> out,
      absl::AnyInvocable<void(absl::StatusOr<size_t>)> done) override;
  void WriteAsync(uint64_t offset, std::string_view data,
                  WriteDurability durability, IoDone done) override;
  void SyncAsync(IoDone done) override;

 private:
  // Copied into asynchronous operations, so that one which outlives its file
  // still finds what it works on.
  struct Handle {
    MemFileSystem* fs;
    std::string path;
    OpenOptions options;
    std::shared_ptr<MemNode> node;
    uint64_t generation;

    absl::StatusOr<size_t> Read(uint64_t offset, std::span<char> out);
    absl::Status Write(uint64_t offset, std::string_view data, bool durable);
    absl::Status WriteDurably(uint64_t offset, std::string_view data);
    absl::Status Sync();
    absl::Status Alive() const;
    absl::Status Writable() const;
    absl::Status Aligned(uint64_t offset, const char* data, size_t size) const;
  };

  Handle handle_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_LIB_MEM_FILE_H_
