// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_LIB_MEM_TREE_H_
#define ROWAN_TESTS_LIB_MEM_TREE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/lib/shared_bytes.h"

namespace rowan {

struct MemNode;

// One change of a file that no sync has covered yet: a write, or a truncation
// when `truncate` is set (then `offset` is the new size). A `durable` one is on
// the disk already, and here to win over older ones that come there later.
struct MemChange {
  uint64_t offset = 0;
  SharedBytes data;
  bool truncate = false;
  bool durable = false;
};

// Makes a file's bytes what they are after the change.
void ApplyChange(const MemChange& change, SharedBytes* image);

// One change of a directory that no sync has covered yet: `name` is `node`'s
// from now on, or nobody's when that is null.
struct MemNameChange {
  std::string name;
  std::shared_ptr<MemNode> node;
};

// A file or a directory, in two states at once: what the process sees and what
// a power cut leaves. The changes between the two are kept one by one, so that
// a damage model can choose among them.
struct MemNode {
  explicit MemNode(bool directory) : is_directory(directory) {}

  const bool is_directory;

  // A file.
  SharedBytes data;                 // what reads see
  SharedBytes synced;               // what is on the disk
  std::vector<MemChange> unsynced;  // synced + these, in order, == data

  // A directory.
  using Entries = std::map<std::string, std::shared_ptr<MemNode>>;
  Entries entries, synced_entries;
  std::vector<MemNameChange> unsynced_names;  // as `unsynced`

  // Changes `data`; the disk too when `durable` (the older unsynced changes
  // stay unsynced).
  void Write(uint64_t offset, std::string_view bytes, bool durable);
  void Truncate(uint64_t size);
  // Of a directory; null removes the name.
  void SetName(const std::string& name, std::shared_ptr<MemNode> node);
  void Sync();          // a file's bytes, or a directory's entries
  void DropUnsynced();  // reads see the disk again

  // Leaves what is on the disk, here and below, and each change that was on its
  // way there, of bytes or of a name, for which `keep` answers true. A write
  // that is not kept is asked for again: then the first half of it is.
  void PowerCut(const std::function<bool()>& keep);
};

// Names of files and directories. "a//b/", "/a/b" and "a/./b" are one path.
// Thread-compatible.
class MemTree {
 public:
  MemTree() : root_(std::make_shared<MemNode>(true)) {}

  // A path taken apart: the directory that holds it and the name in there.
  struct Place {
    std::shared_ptr<MemNode> parent;
    std::string name;
    std::shared_ptr<MemNode> node;  // null when there is no such name
  };

  // kNotFound when a directory on the way is missing.
  absl::StatusOr<Place> Find(const std::string& path) const;
  absl::StatusOr<std::shared_ptr<MemNode>> FindFile(
      const std::string& path) const;
  absl::StatusOr<std::shared_ptr<MemNode>> FindDirectory(
      const std::string& path) const;

  // Makes missing parents; they are durable at once when `durable`.
  absl::Status CreateDirectory(const std::string& path, bool durable);
  absl::Status Rename(const std::string& from, const std::string& to);
  void PowerCut(const std::function<bool()>& keep) { root_->PowerCut(keep); }

  // All of it, in both states, links as links. Bytes are shared until one side
  // changes them; costs about a microsecond a file.
  MemTree Clone() const;

  const std::shared_ptr<MemNode>& root() const { return root_; }

 private:
  std::shared_ptr<MemNode> root_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_LIB_MEM_TREE_H_
