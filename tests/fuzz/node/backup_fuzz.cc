// SPDX-License-Identifier: Apache-2.0
// What a backup holds.

#include "node/backup/backup_codec.h"
#include "storage/base/check.h"
#include "tests/fuzz/targets.h"
#include "tests/node/backup/sample_backup.h"

namespace rowan {
namespace {

void Run(std::string_view input) {
  const auto backup = DecodeBackup(input);
  if (!backup.ok()) {
    ROWAN_CHECK(absl::IsDataLoss(backup.status()));
    return;
  }
  // Nothing is said in two ways: the digest of the value is that of the bytes.
  ROWAN_CHECK(EncodeBackup(*backup) == input);
}

std::vector<std::string> Seeds() {
  Backup backup = SampleBackup();
  backup.sstables[{TableId{1}, FileId{4}}] = {DigestOf("four"), 20};
  backup.log.files = {{"segment-000001.log", {DigestOf("one"), 3}, 65536}};
  return {EncodeBackup(backup)};
}

}  // namespace

const FuzzTarget kBackupFuzz{"backup", Run, Seeds};

}  // namespace rowan
