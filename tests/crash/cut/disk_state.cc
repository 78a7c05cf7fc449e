// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/cut/disk_state.h"

#include "absl/hash/hash.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace rowan {
namespace {

uint64_t Mix(uint64_t hash, const std::string& bytes) {
  return absl::HashOf(hash, bytes);
}

uint64_t HashNode(uint64_t hash, const MemNode& node) {
  if (!node.is_directory) {
    hash = Mix(hash, node.synced.get());
    for (const MemChange& change : node.unsynced) {
      hash = absl::HashOf(hash, change.offset, change.truncate, change.durable,
                          change.data.get());
    }
    return hash;
  }
  for (const auto* entries : {&node.synced_entries, &node.entries}) {
    for (const auto& [name, child] : *entries) {
      hash = HashNode(Mix(hash, name), *child);
    }
    if (node.unsynced_names.empty()) break;
    hash = absl::HashOf(hash, node.unsynced_names.size());
  }
  return hash;
}

bool ParseCut(absl::string_view text, Cut* cut) {
  const std::vector<std::string> parts = absl::StrSplit(text, '.');
  if (parts.size() != 3) return false;
  const auto model = DamageModelNamed(parts[1]);
  if (!model) return false;
  cut->model = *model;
  return absl::SimpleAtoi(parts[0], &cut->boundary) &&
         absl::SimpleAtoi(parts[2], &cut->seed);
}

}  // namespace

std::string StatePath::Text() const {
  std::string text = absl::StrCat(order, ":");
  for (size_t i = 0; i < cuts.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ",", cuts[i].boundary, ".",
                    std::string(DamageModelName(cuts[i].model)), ".",
                    cuts[i].seed);
  }
  return text;
}

std::optional<StatePath> StatePath::Parse(std::string_view text) {
  const std::vector<std::string> parts =
      absl::StrSplit(absl::string_view(text.data(), text.size()), ':');
  StatePath path;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &path.order)) {
    return std::nullopt;
  }
  for (absl::string_view cut : absl::StrSplit(parts[1], ',')) {
    if (!ParseCut(cut, &path.cuts.emplace_back())) return std::nullopt;
  }
  return path;
}

uint64_t Fingerprint(const MemTree& disk) { return HashNode(0, *disk.root()); }

}  // namespace rowan
