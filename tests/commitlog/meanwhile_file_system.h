// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_COMMITLOG_MEANWHILE_FILE_SYSTEM_H_
#define ROWAN_TESTS_COMMITLOG_MEANWHILE_FILE_SYSTEM_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/base/file_system.h"

namespace rowan {

// A file system on which others do something before a file is opened.
class MeanwhileFileSystem : public FileSystem {
 public:
  // `action` runs once, before a path that contains `part` is opened.
  MeanwhileFileSystem(FileSystem* fs, std::string part,
                      std::function<void()> action)
      : fs_(fs), part_(std::move(part)), action_(std::move(action)) {}

  absl::StatusOr<std::unique_ptr<File>> Open(
      const std::string& path, const OpenOptions& options) override {
    if (action_ && path.find(part_) != std::string::npos) {
      std::exchange(action_, nullptr)();
    }
    return fs_->Open(path, options);
  }
  bool happened() const { return action_ == nullptr; }

  absl::Status Rename(const std::string& from, const std::string& to) override {
    return fs_->Rename(from, to);
  }
  absl::Status Remove(const std::string& path) override {
    return fs_->Remove(path);
  }
  absl::Status Link(const std::string& from, const std::string& to) override {
    return fs_->Link(from, to);
  }
  absl::StatusOr<bool> Exists(const std::string& path) override {
    return fs_->Exists(path);
  }
  absl::StatusOr<std::vector<std::string>> List(
      const std::string& directory) override {
    return fs_->List(directory);
  }
  absl::Status CreateDirectory(const std::string& path) override {
    return fs_->CreateDirectory(path);
  }
  absl::Status RemoveDirectory(const std::string& path) override {
    return fs_->RemoveDirectory(path);
  }
  absl::Status SyncDirectory(const std::string& directory) override {
    return fs_->SyncDirectory(directory);
  }
  absl::StatusOr<std::unique_ptr<FileLock>> Lock(
      const std::string& path) override {
    return fs_->Lock(path);
  }
  absl::StatusOr<uint64_t> FreeBytes(const std::string& path) override {
    return fs_->FreeBytes(path);
  }

 private:
  FileSystem* const fs_;
  const std::string part_;
  std::function<void()> action_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_COMMITLOG_MEANWHILE_FILE_SYSTEM_H_
