// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/damage/scrub_check.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace rowan {
namespace {

constexpr int64_t kRowsOfLarge = 32;

class ScrubCheck {
 public:
  ScrubCheck(const FullDisk& disk, DamagedNode* node,
             std::shared_ptr<const Schema> table)
      : disk_(disk),
        node_(*node),
        table_(std::move(table)),
        name_(absl::StrCat("test.", table_->table)) {}

  std::string Run() {
    const auto scrub = node_.world().Scrub(table_->id);
    if (!scrub.ok()) return Say("scrub", scrub.status());
    for (const ScrubbedFile& file : scrub->scrubbed) {
      lost_.insert(lost_.end(), file.lost.begin(), file.lost.end());
    }
    for (const std::string& key : disk_.keys) {
      const std::string wrong = CheckKey(key);
      if (!wrong.empty()) return wrong;
    }
    const std::string wrong =
        Judge("scan", node_.world().Scan(table_->id), name_, !lost_.empty());
    return wrong.empty() ? Accept() : wrong;
  }

 private:
  std::string Accept() {
    const auto scrub = node_.world().Scrub(table_->id, {.accept_losses = true});
    if (!scrub.ok()) return Say("scrub that accepts", scrub.status());
    const auto read = node_.world().Scan(table_->id);
    return read.ok() ? "" : Say("scan of what is left", read.status());
  }

  std::string CheckKey(const std::string& key) {
    const Token token = TokenOfKey(key);
    bool whole = false, rows = false;
    for (const SSTableLoss& loss : lost_) {
      whole |= loss.partition_key.empty() && loss.first <= token &&
               token <= loss.last;
      rows |= loss.partition_key == key;
    }
    const std::string of = name_ + " " + key;
    const std::string wrong =
        Judge(key, node_.world().ReadKey(table_->id, key), of, whole || rows);
    if (!wrong.empty() || whole || !rows) return wrong;
    for (int64_t ck = 0; ck < kRowsOfLarge; ++ck) {
      const std::string row_wrong = CheckRow(key, of, ck);
      if (!row_wrong.empty()) return row_wrong;
    }
    return "";
  }

  std::string CheckRow(const std::string& key, const std::string& of,
                       int64_t ck) {
    const std::string position = TestPosition(*table_, ck);
    const bool lost =
        std::any_of(lost_.begin(), lost_.end(), [&](const SSTableLoss& loss) {
          return loss.partition_key == key && loss.from <= position &&
                 (loss.to.empty() || position < loss.to);
        });
    ReadCommand command;
    command.table = table_->id;
    command.token = TokenOfKey(key);
    command.partition_key = key;
    command.slices = {{TestBound(*table_, ck, BoundSide::kBefore),
                       TestBound(*table_, ck, BoundSide::kAfter)}};
    command.reverse = ck % 2 == 1;
    std::vector<std::string> expected;
    for (const std::string& line : *disk_.answers.reads.find(of)->second) {
      if (absl::StartsWith(line, absl::StrCat(key, "/", ck, "="))) {
        expected.push_back(line);
      }
    }
    return Judge(absl::StrCat(key, " row ", ck),
                 node_.world().ReadAll(std::move(command)), expected, lost);
  }

  std::string Judge(const std::string& what,
                    const absl::StatusOr<std::vector<std::string>>& read,
                    const std::string& of, bool lost) {
    return Judge(what, read, *disk_.answers.reads.find(of)->second, lost);
  }
  std::string Judge(const std::string& what,
                    const absl::StatusOr<std::vector<std::string>>& read,
                    const std::vector<std::string>& expected, bool lost) {
    if (lost && absl::IsDataLoss(read.status())) return "";
    if (lost) return Say(what + ", which is lost", read.status());
    if (!read.ok()) return Say(what + ", which is not lost", read.status());
    if (*read == expected) return "";
    return Say(absl::StrCat(what, ": ", read->size(), " rows for ",
                            expected.size(), ", or others"),
               absl::OkStatus());
  }

  std::string Say(const std::string& what, const absl::Status& status) {
    return absl::StrCat("after a scrub, ", name_, ": ", what, ": ",
                        status.ToString());
  }

  const FullDisk& disk_;
  DamagedNode& node_;
  const std::shared_ptr<const Schema> table_;
  const std::string name_;
  std::vector<SSTableLoss> lost_;
};

}  // namespace

std::string CheckScrub(const FullDisk& disk, DamagedNode* node) {
  for (const auto& [name, table] : node->schemas().catalogue()->tables()) {
    if (absl::StartsWith(table->table, "of_")) continue;
    const std::string wrong = ScrubCheck(disk, node, table).Run();
    if (!wrong.empty()) return wrong;
  }
  return "";
}

}  // namespace rowan
