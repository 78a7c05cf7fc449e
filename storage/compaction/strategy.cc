// SPDX-License-Identifier: Apache-2.0
#include "storage/compaction/strategy.h"

#include <algorithm>
#include <map>
#include <queue>
#include <utility>

#include "storage/base/check.h"

namespace rowan {
namespace {

// The most files that hold any one token. `group` ascends by first token.
size_t MaxOverlap(const std::vector<CompactionFile>& group) {
  std::priority_queue<Token, std::vector<Token>, std::greater<>> open_until;
  size_t most = 0;
  for (const CompactionFile& file : group) {
    while (!open_until.empty() && open_until.top() < file.first_token) {
      open_until.pop();
    }
    open_until.push(file.last_token);
    most = std::max(most, open_until.size());
  }
  return most;
}

uint64_t BytesOf(std::span<const CompactionFile> files) {
  uint64_t bytes = 0;
  for (const CompactionFile& file : files) bytes += file.bytes;
  return bytes;
}

}  // namespace

CompactionStrategy::CompactionStrategy(int32_t scaling, uint64_t base_bytes)
    : fan_out_(static_cast<uint32_t>(scaling < 0 ? 2 - scaling : 2 + scaling)),
      threshold_(scaling < 0 ? 2 : fan_out_),
      base_bytes_(base_bytes) {
  ROWAN_CHECK(scaling >= -32 && scaling <= 32);
  ROWAN_CHECK(base_bytes > 0);
}

uint32_t CompactionStrategy::LevelOf(uint64_t bytes) const {
  uint32_t level = 0;
  // Whole divisions: floor(log_f(bytes / base)) without floating point.
  for (uint64_t rest = bytes / base_bytes_; rest >= fan_out_;
       rest /= fan_out_) {
    ++level;
  }
  return level;
}

std::optional<CompactionPick> CompactionStrategy::Pick(
    std::span<const CompactionFile> files) const {
  std::vector<Group> due = DueGroups(files);
  if (due.empty()) return std::nullopt;
  Group& group = due.front();
  std::sort(group.begin(), group.end(),
            [](const CompactionFile& a, const CompactionFile& b) {
              return a.file < b.file;
            });
  if (group.size() > kInputsMax) group.resize(kInputsMax);
  CompactionPick pick;
  for (const CompactionFile& file : group) pick.inputs.push_back(file.file);
  pick.input_bytes = BytesOf(group);
  pick.output_level = LevelOf(pick.input_bytes);
  return pick;
}

uint64_t CompactionStrategy::PendingBytes(
    std::span<const CompactionFile> files) const {
  uint64_t bytes = 0;
  for (const Group& group : DueGroups(files)) bytes += BytesOf(group);
  return bytes;
}

std::vector<CompactionStrategy::Group> CompactionStrategy::DueGroups(
    std::span<const CompactionFile> files) const {
  std::map<uint32_t, std::vector<CompactionFile>> levels;
  for (const CompactionFile& file : files) {
    levels[LevelOf(file.bytes)].push_back(file);
  }
  std::vector<Group> due;
  for (auto& [level, in_level] : levels) {
    const auto level_begin = static_cast<std::ptrdiff_t>(due.size());
    AddDueGroups(std::move(in_level), &due);
    std::stable_sort(
        due.begin() + level_begin, due.end(),
        [](const Group& a, const Group& b) { return a.size() > b.size(); });
  }
  return due;
}

// Cuts a level where no file crosses, and keeps the groups that are due.
void CompactionStrategy::AddDueGroups(std::vector<CompactionFile> level,
                                      std::vector<Group>* due) const {
  std::sort(level.begin(), level.end(),
            [](const CompactionFile& a, const CompactionFile& b) {
              return std::pair(a.first_token, a.file) <
                     std::pair(b.first_token, b.file);
            });
  Group group;
  Token reaches;
  const auto close = [&] {
    if (MaxOverlap(group) >= threshold_) due->push_back(std::move(group));
    group.clear();
  };
  for (const CompactionFile& file : level) {
    if (!group.empty() && file.first_token > reaches) close();
    reaches =
        group.empty() ? file.last_token : std::max(reaches, file.last_token);
    group.push_back(file);
  }
  close();
}

}  // namespace rowan
