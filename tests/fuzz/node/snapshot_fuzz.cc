// SPDX-License-Identifier: Apache-2.0
// The description of a snapshot.

#include "node/metadata/snapshot_codec.h"
#include "storage/base/check.h"
#include "tests/fuzz/sstable/sample_table.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

void Run(std::string_view input) {
  const auto snapshot = DecodeSnapshot(input);
  if (!snapshot.ok()) {
    ROWAN_CHECK(absl::IsDataLoss(snapshot.status()));
    return;
  }
  const std::string bytes = EncodeSnapshot(*snapshot);
  const auto again = DecodeSnapshot(bytes);
  ROWAN_CHECK(again.ok() && EncodeSnapshot(*again) == bytes);
}

std::vector<std::string> Seeds() {
  Snapshot snapshot;
  snapshot.created_at_us = 1'767'225'600'000'000;
  snapshot.schema = *SampleSchema();
  snapshot.schema.handle = TableHandle{7};
  snapshot.files.partitions = {
      {.id = {0, 0}, .files = {{"000009.sst", 1, 1000}}, .lost = "a record"}};
  return {EncodeSnapshot(snapshot)};
}

}  // namespace

const FuzzTarget kSnapshotFuzz{"snapshot", Run, Seeds};

}  // namespace rowan
