// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/targets.h"

namespace rowan {

// What needs neither gRPC nor protobuf: what sanitizer builds have.
std::span<const FuzzTarget> FuzzTargets() {
  static const FuzzTarget targets[] = {
      kBackupFuzz,      kBlockFuzz,      kBlockIndexFuzz, kCatalogueFuzz,
      kCheckedFileFuzz, kFilterFuzz,     kFooterFuzz,     kKeyFuzz,
      kLogRecoveryFuzz, kLogSegmentFuzz, kManifestFuzz,   kManifestEditFuzz,
      kMergeFuzz,       kMutationFuzz,   kRowIndexFuzz,   kSchemaFuzz,
      kSnapshotFuzz,    kSSTableFuzz,    kStatisticsFuzz, kTypeNameFuzz,
      kValueFuzz,       kValueTextFuzz,  kWideRowsFuzz};
  return targets;
}

}  // namespace rowan
