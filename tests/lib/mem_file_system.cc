// SPDX-License-Identifier: Apache-2.0
#include "tests/lib/mem_file_system.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/check.h"
#include "storage/base/status_macros.h"
#include "tests/lib/mem_file.h"

namespace rowan {
namespace {

constexpr uint64_t kPageBytes = 4096;  // of the cache

}  // namespace

// Gives the lock back, unless the process that took it has died since.
class MemFileLock : public FileLock {
 public:
  MemFileLock(MemFileSystem* fs, std::string path, uint64_t generation)
      : fs_(fs), path_(std::move(path)), generation_(generation) {}
  ~MemFileLock() override { fs_->Unlock(path_, generation_); }

 private:
  MemFileSystem* const fs_;
  const std::string path_;
  const uint64_t generation_;
};

MemFileSystem::~MemFileSystem() = default;

void MemFileSystem::EndProcess() {
  {
    MutexLock lock(mutex_);
    ++generation_;
    locks_.clear();
    hold_ = false;
  }
  ReleaseAll();  // they find that their process is dead
}

void MemFileSystem::Crash() { EndProcess(); }

void MemFileSystem::PowerCut() {
  PowerCut([] { return false; });
}

void MemFileSystem::PowerCut(const std::function<bool()>& keep) {
  EndProcess();
  MutexLock lock(mutex_);
  tree_.PowerCut(keep);
}

void MemFileSystem::WatchChanges(ChangeWatcher watcher) {
  MutexLock lock(mutex_);
  watcher_ = std::move(watcher);
}

MemTree MemFileSystem::Image() const {
  MutexLock lock(mutex_);
  return tree_.Clone();
}

void MemFileSystem::Load(MemTree image) {
  EndProcess();
  MutexLock lock(mutex_);
  tree_ = std::move(image);
}

absl::Status MemFileSystem::Begin(FileOp op, std::string_view path) {
  if (watcher_ && IsChange(op)) watcher_(op, path, tree_);
  return faults_.Next(op, path);
}

void MemFileSystem::HoldAsync(bool hold, std::string_view path_part) {
  MutexLock lock(mutex_);
  hold_ = hold;
  hold_path_part_ = std::string(path_part);
}

bool MemFileSystem::ReleaseOne() {
  Task operation;
  {
    MutexLock lock(mutex_);
    if (held_.empty()) return false;
    operation = std::move(held_.front().operation);
    held_.pop_front();
  }
  Dispatch(std::move(operation));
  return true;
}

void MemFileSystem::ReleaseAll() {
  std::deque<Held> released;
  {
    MutexLock lock(mutex_);
    released.swap(held_);
  }
  for (Held& held : released) Dispatch(std::move(held.operation));
}

size_t MemFileSystem::held_count() const {
  MutexLock lock(mutex_);
  return held_.size();
}

void MemFileSystem::Submit(const std::string& path, Task operation) {
  {
    MutexLock lock(mutex_);
    if (hold_ && path.find(hold_path_part_) != std::string::npos) {
      held_.push_back({path, std::move(operation)});
      return;
    }
  }
  Dispatch(std::move(operation));
}

void MemFileSystem::Dispatch(Task operation) {
  if (executor_ == nullptr) {
    operation();
  } else {
    executor_->Post(std::move(operation));
  }
}

void MemFileSystem::FailNext(FileOp op, std::string_view path_part, int nth,
                             absl::Status status, bool sticky) {
  MutexLock lock(mutex_);
  faults_.FailNext(op, path_part, nth, std::move(status), sticky);
}

void MemFileSystem::FailHalfway(std::string_view path_part, int nth,
                                absl::Status status, bool sticky) {
  MutexLock lock(mutex_);
  faults_.FailHalfway(path_part, nth, std::move(status), sticky);
}

void MemFileSystem::BeforeNextLink(std::function<void()> action) {
  MutexLock lock(mutex_);
  before_link_ = std::move(action);
}

void MemFileSystem::SetUnreadable(const std::string& path, uint64_t offset,
                                  uint64_t bytes) {
  MutexLock lock(mutex_);
  unreadable_[path] = {offset, offset + bytes};
}

void MemFileSystem::ClearFaults() {
  MutexLock lock(mutex_);
  unreadable_.clear();
  faults_.Clear();
}

void MemFileSystem::Corrupt(const std::string& path, uint64_t offset,
                            std::string_view bytes) {
  MutexLock lock(mutex_);
  auto node = tree_.FindFile(path);
  ROWAN_CHECK(node.ok());
  ROWAN_CHECK(offset + bytes.size() <= (*node)->data.size());
  (*node)->Write(offset, bytes, /*durable=*/true);
}

void MemFileSystem::SetCached(bool cached) {
  MutexLock lock(mutex_);
  cached_ = cached;
  caches_reads_ = false;
  pages_.clear();
}

void MemFileSystem::DropCache() {
  MutexLock lock(mutex_);
  cached_ = false;
  caches_reads_ = true;
  pages_.clear();
}

bool MemFileSystem::InCache(const MemNode* node, uint64_t offset,
                            size_t size) const {
  if (cached_) return true;
  for (uint64_t page = offset / kPageBytes; page * kPageBytes < offset + size;
       ++page) {
    if (!pages_.contains({node, page})) return false;
  }
  return true;
}

void MemFileSystem::CacheRead(const MemNode* node, uint64_t offset,
                              size_t size) {
  if (!caches_reads_) return;
  for (uint64_t page = offset / kPageBytes; page * kPageBytes < offset + size;
       ++page) {
    pages_.insert({node, page});
  }
}

void MemFileSystem::SetFreeBytes(uint64_t bytes) {
  MutexLock lock(mutex_);
  free_bytes_ = bytes;
}

absl::StatusOr<std::string> MemFileSystem::ReadFile(
    const std::string& path) const {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(auto node, tree_.FindFile(path));
  return node->data.get();
}

void MemFileSystem::WriteFile(const std::string& path,
                              std::string_view contents) {
  MutexLock lock(mutex_);
  const size_t slash = path.rfind('/');
  if (slash != std::string::npos) {
    ROWAN_CHECK(tree_.CreateDirectory(path.substr(0, slash), true).ok());
  }
  auto place = tree_.Find(path);
  ROWAN_CHECK(place.ok());
  auto node = std::make_shared<MemNode>(false);
  node->Write(0, contents, /*durable=*/true);
  place->parent->entries[place->name] = node;
  place->parent->synced_entries[place->name] = node;
}

void MemFileSystem::Count(const std::string& path,
                          const std::function<void(FileCounters&)>& add) {
  add(total_);
  add(by_path_[path]);
}

FileCounters MemFileSystem::Counters() const {
  MutexLock lock(mutex_);
  return total_;
}

FileCounters MemFileSystem::Counters(const std::string& path) const {
  MutexLock lock(mutex_);
  auto found = by_path_.find(path);
  return found == by_path_.end() ? FileCounters{} : found->second;
}

void MemFileSystem::ResetCounters() {
  MutexLock lock(mutex_);
  total_ = {};
  by_path_.clear();
}

absl::StatusOr<std::unique_ptr<File>> MemFileSystem::Open(
    const std::string& path, const OpenOptions& options) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(Annotate(Begin(FileOp::kOpen, path), path));
  ASSIGN_OR_RETURN(MemTree::Place place, tree_.Find(path));
  const bool create = options.write && options.create;
  if (place.node != nullptr && create && options.exclusive) {
    return absl::AlreadyExistsError(absl::StrCat(path, ": file exists"));
  }
  if (place.node == nullptr && create) {
    RETURN_IF_ERROR(Annotate(Begin(FileOp::kCreate, path), path));
    place.node = std::make_shared<MemNode>(false);
    place.parent->SetName(place.name, place.node);
  }
  ASSIGN_OR_RETURN(auto node, tree_.FindFile(path));
  Count(path, [](FileCounters& c) { ++c.opens; });
  return std::make_unique<MemFile>(this, path, options, std::move(node),
                                   generation_);
}

absl::Status MemFileSystem::Rename(const std::string& from,
                                   const std::string& to) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(
      Annotate(Begin(FileOp::kRename, absl::StrCat(from, " -> ", to)), from));
  return tree_.Rename(from, to);
}

absl::Status MemFileSystem::Remove(const std::string& path) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(Annotate(Begin(FileOp::kRemove, path), path));
  RETURN_IF_ERROR(tree_.FindFile(path).status());
  ASSIGN_OR_RETURN(MemTree::Place place, tree_.Find(path));
  place.parent->SetName(place.name, nullptr);
  return absl::OkStatus();
}

absl::Status MemFileSystem::Link(const std::string& from,
                                 const std::string& to) {
  std::function<void()> before;
  {
    MutexLock lock(mutex_);
    before.swap(before_link_);
  }
  if (before) before();
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(Annotate(Begin(FileOp::kLink, to), to));
  ASSIGN_OR_RETURN(auto node, tree_.FindFile(from));
  ASSIGN_OR_RETURN(MemTree::Place place, tree_.Find(to));
  if (place.node != nullptr) {
    return absl::AlreadyExistsError(absl::StrCat(to, ": file exists"));
  }
  place.parent->SetName(place.name, node);
  return absl::OkStatus();
}

absl::StatusOr<bool> MemFileSystem::Exists(const std::string& path) {
  MutexLock lock(mutex_);
  auto place = tree_.Find(path);
  return place.ok() && place->node != nullptr;
}

absl::StatusOr<std::vector<std::string>> MemFileSystem::List(
    const std::string& directory) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(Annotate(Begin(FileOp::kList, directory), directory));
  ASSIGN_OR_RETURN(auto node, tree_.FindDirectory(directory));
  std::vector<std::string> names;
  for (const auto& [name, entry] : node->entries) names.push_back(name);
  return names;
}

absl::Status MemFileSystem::CreateDirectory(const std::string& path) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(Annotate(Begin(FileOp::kCreateDirectory, path), path));
  return tree_.CreateDirectory(path, /*durable=*/false);
}

absl::Status MemFileSystem::RemoveDirectory(const std::string& path) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(Annotate(Begin(FileOp::kRemoveDirectory, path), path));
  ASSIGN_OR_RETURN(auto node, tree_.FindDirectory(path));
  if (!node->entries.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": directory not empty"));
  }
  ASSIGN_OR_RETURN(MemTree::Place place, tree_.Find(path));
  place.parent->SetName(place.name, nullptr);
  return absl::OkStatus();
}

absl::Status MemFileSystem::SyncDirectory(const std::string& directory) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(
      Annotate(Begin(FileOp::kSyncDirectory, directory), directory));
  ASSIGN_OR_RETURN(auto node, tree_.FindDirectory(directory));
  node->Sync();
  Count(directory, [](FileCounters& c) { ++c.directory_syncs; });
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<FileLock>> MemFileSystem::Lock(
    const std::string& path) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(Annotate(Begin(FileOp::kLock, path), path));
  ASSIGN_OR_RETURN(MemTree::Place place, tree_.Find(path));
  if (!locks_.insert(path).second) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": held by another process"));
  }
  if (place.node == nullptr) {
    place.parent->SetName(place.name, std::make_shared<MemNode>(false));
  }
  return std::make_unique<MemFileLock>(this, path, generation_);
}

void MemFileSystem::Unlock(const std::string& path, uint64_t generation) {
  MutexLock lock(mutex_);
  if (generation == generation_) locks_.erase(path);
}

absl::StatusOr<uint64_t> MemFileSystem::FreeBytes(const std::string& path) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(tree_.Find(path).status());
  return free_bytes_;
}

}  // namespace rowan
