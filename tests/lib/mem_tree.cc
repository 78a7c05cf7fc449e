// SPDX-License-Identifier: Apache-2.0
#include "tests/lib/mem_tree.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

std::vector<std::string> Components(const std::string& path) {
  std::vector<std::string> parts;
  for (absl::string_view part : absl::StrSplit(path, '/')) {
    if (!part.empty() && part != ".") parts.emplace_back(part);
  }
  return parts;
}

using Copies = absl::flat_hash_map<const MemNode*, std::shared_ptr<MemNode>>;

void CopyNode(const MemNode& from, Copies* copies, MemNode* to);

std::shared_ptr<MemNode> CopyOf(const std::shared_ptr<MemNode>& node,
                                Copies* copies) {
  if (node == nullptr) return nullptr;
  const auto known = copies->find(node.get());
  if (known != copies->end()) return known->second;
  auto copy = std::make_shared<MemNode>(node->is_directory);
  (*copies)[node.get()] = copy;
  CopyNode(*node, copies, copy.get());
  return copy;
}

void CopyNode(const MemNode& from, Copies* copies, MemNode* to) {
  to->data = from.data;
  to->synced = from.synced;
  to->unsynced = from.unsynced;
  for (const auto& [name, node] : from.entries) {
    to->entries[name] = CopyOf(node, copies);
  }
  for (const auto& [name, node] : from.synced_entries) {
    to->synced_entries[name] = CopyOf(node, copies);
  }
  for (const MemNameChange& change : from.unsynced_names) {
    to->unsynced_names.push_back({change.name, CopyOf(change.node, copies)});
  }
}

absl::Status NoSuch(const std::string& path) {
  return absl::NotFoundError(absl::StrCat(path, ": no such file or directory"));
}

}  // namespace

void ApplyChange(const MemChange& change, SharedBytes* image) {
  std::string* bytes = image->own();
  if (change.truncate) {
    bytes->resize(change.offset, '\0');
    return;
  }
  const std::string& data = change.data.get();
  const size_t end = change.offset + data.size();
  if (bytes->size() < end) bytes->resize(end, '\0');
  std::copy(data.begin(), data.end(),
            bytes->begin() + static_cast<std::ptrdiff_t>(change.offset));
}

void MemNode::Write(uint64_t offset, std::string_view bytes, bool durable) {
  if (bytes.empty()) return;
  MemChange change{offset, SharedBytes(std::string(bytes)), /*truncate=*/false,
                   durable};
  ApplyChange(change, &data);
  if (durable) ApplyChange(change, &synced);
  // Also after a durable write: the older changes are applied by a later sync,
  // and this one must still win over them.
  if (!durable || !unsynced.empty()) unsynced.push_back(std::move(change));
}

void MemNode::Truncate(uint64_t size) {
  MemChange change{size, {}, /*truncate=*/true, /*durable=*/false};
  ApplyChange(change, &data);
  unsynced.push_back(std::move(change));
}

void MemNode::SetName(const std::string& name, std::shared_ptr<MemNode> node) {
  unsynced_names.push_back({name, node});
  if (node == nullptr) {
    entries.erase(name);
  } else {
    entries[name] = std::move(node);
  }
}

void MemNode::Sync() {
  if (is_directory) {
    synced_entries = entries;
    unsynced_names.clear();
    return;
  }
  for (const MemChange& change : unsynced) ApplyChange(change, &synced);
  unsynced.clear();
}

void MemNode::DropUnsynced() {
  unsynced.clear();
  data = synced;
  unsynced_names.clear();
  entries = synced_entries;
}

void MemNode::PowerCut(const std::function<bool()>& keep) {
  if (!is_directory) {
    for (MemChange& change : unsynced) {
      if (!change.durable && !keep()) {
        if (change.truncate || !keep()) continue;
        change.data.own()->resize(change.data.size() / 2);
      }
      ApplyChange(change, &synced);
    }
    DropUnsynced();
    return;
  }
  Entries seen = entries;
  for (const auto& [name, node] : synced_entries) seen.try_emplace(name);
  for (const auto& [name, node] : seen) {
    const auto known = synced_entries.find(name);
    if ((known == synced_entries.end() ? nullptr : known->second) == node ||
        !keep()) {
      continue;
    }
    if (node == nullptr) {
      synced_entries.erase(name);
    } else {
      synced_entries[name] = node;
    }
  }
  DropUnsynced();
  for (auto& [name, node] : entries) node->PowerCut(keep);
}

absl::StatusOr<MemTree::Place> MemTree::Find(const std::string& path) const {
  std::vector<std::string> parts = Components(path);
  if (parts.empty()) return Place{root_, "", root_};
  std::shared_ptr<MemNode> parent = root_;
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    auto found = parent->entries.find(parts[i]);
    if (found == parent->entries.end() || !found->second->is_directory) {
      return NoSuch(path);
    }
    parent = found->second;
  }
  auto found = parent->entries.find(parts.back());
  return Place{parent, parts.back(),
               found == parent->entries.end() ? nullptr : found->second};
}

absl::StatusOr<std::shared_ptr<MemNode>> MemTree::FindFile(
    const std::string& path) const {
  ASSIGN_OR_RETURN(Place place, Find(path));
  if (place.node == nullptr) return NoSuch(path);
  if (place.node->is_directory) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": is a directory"));
  }
  return place.node;
}

absl::StatusOr<std::shared_ptr<MemNode>> MemTree::FindDirectory(
    const std::string& path) const {
  ASSIGN_OR_RETURN(Place place, Find(path));
  if (place.node == nullptr) return NoSuch(path);
  if (!place.node->is_directory) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": not a directory"));
  }
  return place.node;
}

absl::Status MemTree::CreateDirectory(const std::string& path, bool durable) {
  std::shared_ptr<MemNode> at = root_;
  for (const std::string& part : Components(path)) {
    const auto known = at->entries.find(part);
    std::shared_ptr<MemNode> next =
        known == at->entries.end() ? nullptr : known->second;
    if (next == nullptr) {
      next = std::make_shared<MemNode>(true);
      at->SetName(part, next);
    }
    if (!next->is_directory) {
      return absl::FailedPreconditionError(
          absl::StrCat(path, ": not a directory"));
    }
    if (durable) at->synced_entries[part] = next;
    at = std::move(next);
  }
  return absl::OkStatus();
}

absl::Status MemTree::Rename(const std::string& from, const std::string& to) {
  ASSIGN_OR_RETURN(Place source, Find(from));
  ASSIGN_OR_RETURN(Place target, Find(to));
  if (source.node == nullptr) return NoSuch(from);
  if (target.node == source.node) return absl::OkStatus();
  if (target.node != nullptr &&
      (target.node->is_directory != source.node->is_directory ||
       !target.node->entries.empty())) {
    return absl::FailedPreconditionError(
        absl::StrCat(to, ": is a directory, or not empty"));
  }
  source.parent->SetName(source.name, nullptr);
  target.parent->SetName(target.name, source.node);
  return absl::OkStatus();
}

MemTree MemTree::Clone() const {
  MemTree copy;
  Copies copies;
  copies[root_.get()] = copy.root_;
  CopyNode(*root_, &copies, copy.root_.get());
  return copy;
}

}  // namespace rowan
