// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdio>
#include <optional>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/crash/damage/damage_flags.h"
#include "tests/crash/damage/file_damages.h"
#include "tests/crash/damage/scrub_check.h"
#include "tests/nightly/test_result.h"

namespace rowan {
namespace {

enum class Verdict { kHarmless, kDetected, kWrong };

struct Judgement {
  Verdict verdict = Verdict::kHarmless;
  std::string why;  // of kWrong
};

std::string BaseName(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

// What tells of damage to `file` names it. A file that is no more what its name
// says may be told by its folder.
bool Names(const std::string& said, const FullDisk::File& file) {
  const std::string folder = file.path.substr(0, file.path.rfind('/'));
  // A restored table has a link to it under a name of its own.
  const bool restored = (file.kind == FileKind::kSnapshotSSTable ||
                         file.kind == FileKind::kSnapshot) &&
                        absl::StrContains(said, "/node/storage/");
  return absl::StrContains(said, BaseName(file.path)) ||
         absl::StrContains(said, folder) || restored;
}

Judgement JudgeAnswers(const FullDisk& disk, const FullDisk::File& file,
                       bool snapshots, const Answers& answers) {
  Judgement judged;
  for (const std::string& line : answers.told) {
    if (Names(line, file)) judged.verdict = Verdict::kDetected;
  }
  for (const auto& [what, expected] : disk.answers.reads) {
    if (!snapshots && absl::StartsWith(what, "test.of_")) continue;
    const auto read = answers.reads.find(what);
    if (read == answers.reads.end()) {
      // Of a snapshot that is told to be of no use.
      if (judged.verdict == Verdict::kDetected) continue;
      return {Verdict::kWrong, absl::StrCat(what, " is gone without a word")};
    }
    if (read->second.ok()) {
      if (*read->second == *expected) continue;
      return {Verdict::kWrong,
              absl::StrCat(what, ": ", read->second->size(), " rows for ",
                           expected->size(), ", or others")};
    }
    const std::string said(read->second.status().message());
    if (!Names(said, file)) {
      return {Verdict::kWrong,
              absl::StrCat(what, ": does not name the file: ", said)};
    }
    judged.verdict = Verdict::kDetected;
  }
  return judged;
}

// One life of the node on the disk as it is.
Judgement Live(const FullDisk& disk, const FullDisk::File& file,
               DamagedNode* node) {
  const absl::Status started = node->Start();
  if (!started.ok()) {
    const std::string said(started.message());
    if (Names(said, file)) return {Verdict::kDetected, ""};
    return {Verdict::kWrong,
            absl::StrCat("does not start, nor name the file: ", said)};
  }
  const bool snapshots = file.kind == FileKind::kSnapshot ||
                         file.kind == FileKind::kSnapshotSSTable;
  return JudgeAnswers(disk, file, snapshots,
                      node->ReadAll(disk.keys, snapshots));
}

// README.md has these.
bool BeyondTelling(const FullDisk::File& file,
                   const FileDamages::Damage& damage) {
  if (file.kind == FileKind::kManifest) {
    return damage.with_copy && damage.bytes.has_value();
  }
  if (file.kind == FileKind::kSnapshot) {
    return damage.with_copy && !damage.bytes.has_value();
  }
  return damage.whole && file.last_of_log;
}

// It costs as much as a life of the node.
constexpr uint64_t kScrubEvery = 4;

bool IsTableFile(FileKind kind) {
  return kind == FileKind::kSSTable || kind == FileKind::kSSTableLz4 ||
         kind == FileKind::kSSTableZstd;
}

struct Tally {
  uint64_t damages = 0, detected = 0, harmless = 0, untold = 0, wrong = 0;
  uint64_t scrubbed = 0;
};

class Damage : public ::testing::TestWithParam<FileKind> {
 protected:
  static const FullDisk& Disk() {
    static const auto* const kDisk = new FullDisk;
    return *kDisk;
  }

  static void Put(const std::string& path,
                  const std::optional<std::string>& bytes, DamagedNode* node) {
    if (bytes.has_value()) {
      node->fs().WriteFile(path, *bytes);
    } else {
      ASSERT_TRUE(node->fs().Remove(path).ok());
    }
  }

  void Try(const FullDisk::File& file, const FileDamages::Damage& damage,
           Tally* tally) {
    if (damage.bytes == file.bytes) return;
    ++tally->damages;
    DamagedNode node;
    node.fs().Load(Disk().image.Clone());
    Put(file.path, damage.bytes, &node);
    if (damage.with_copy) Put(file.copy, damage.bytes, &node);
    Judgement judged = Live(Disk(), file, &node);
    if (judged.verdict != Verdict::kWrong && node.running()) {
      // What was told or mended is not forgotten.
      node.End(tally->damages % 2 == 0);
      const Judgement again = Live(Disk(), file, &node);
      if (again.verdict == Verdict::kWrong) {
        judged = {Verdict::kWrong, "at the second start: " + again.why};
      } else if (IsTableFile(file.kind) && node.running() &&
                 tally->damages % kScrubEvery == 0) {
        const std::string wrong = CheckScrub(Disk(), &node);
        if (!wrong.empty()) judged = {Verdict::kWrong, wrong};
        ++tally->scrubbed;
      }
    }
    if (judged.verdict == Verdict::kWrong && BeyondTelling(file, damage)) {
      ++tally->untold;
      return;
    }
    switch (judged.verdict) {
      case Verdict::kHarmless:
        ++tally->harmless;
        return;
      case Verdict::kDetected:
        ++tally->detected;
        return;
      case Verdict::kWrong:
        ++tally->wrong;
        if (tally->wrong < 20) {
          ADD_FAILURE() << file.path << ": " << damage.what << ": "
                        << judged.why;
        }
    }
  }
};

TEST_P(Damage, IsDetectedOrHarmless) {
  const DamageFlags& flags = TheDamageFlags();
  if (!flags.kind.empty() && flags.kind != NameOf(GetParam())) return;
  Tally tally;
  uint64_t seen = 0, all = 0;
  for (const FullDisk::File& file : Disk().files) {
    if (file.kind == GetParam()) all += FileDamages(Disk(), file).count();
  }
  ASSERT_GT(all, 0u);
  // A prime stride meets every class of damage and every residue of a sector.
  const uint64_t stride =
      flags.damages == 0 ? 1 : std::max<uint64_t>(1, all / flags.damages) | 1;
  for (const FullDisk::File& file : Disk().files) {
    if (file.kind != GetParam()) continue;
    const FileDamages damages(Disk(), file);
    for (uint64_t i = 0; i < damages.count(); ++i, ++seen) {
      const bool chosen = damages.OfWholeFile(i) || seen % stride == 0;
      if (!chosen || seen / stride % flags.parts != flags.part) continue;
      SCOPED_TRACE(absl::StrCat("number ", i));
      Try(file, damages.Make(i), &tally);
    }
  }
  TellResult(absl::StrCat("damage, ", NameOf(GetParam())), tally.damages,
             tally.wrong,
             absl::StrCat("part ", flags.part + 1, "/", flags.parts));
  std::printf(
      "%s: damages %llu, detected %llu, harmless %llu, untold %llu, "
      "wrong %llu, scrubbed %llu\n",
      NameOf(GetParam()), (unsigned long long)tally.damages,
      (unsigned long long)tally.detected, (unsigned long long)tally.harmless,
      (unsigned long long)tally.untold, (unsigned long long)tally.wrong,
      (unsigned long long)tally.scrubbed);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, Damage,
    ::testing::Values(FileKind::kSSTable, FileKind::kSSTableLz4,
                      FileKind::kSSTableZstd, FileKind::kSnapshotSSTable,
                      FileKind::kLog, FileKind::kManifest, FileKind::kCatalogue,
                      FileKind::kSnapshot, FileKind::kIdentity,
                      FileKind::kClock),
    [](const auto& info) {
      std::string name = NameOf(info.param);
      std::erase(name, '-');
      return name;
    });

}  // namespace
}  // namespace rowan
