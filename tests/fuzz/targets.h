// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_FUZZ_TARGETS_H_
#define ROWAN_TESTS_FUZZ_TARGETS_H_

#include "tests/fuzz/fuzz_target.h"

namespace rowan {

// Each is described in the file that it is named after.
extern const FuzzTarget kBackupFuzz;
extern const FuzzTarget kBlockFuzz;
extern const FuzzTarget kBlockIndexFuzz;
extern const FuzzTarget kCatalogueFuzz;
extern const FuzzTarget kCheckedFileFuzz;
extern const FuzzTarget kConfigFuzz;
extern const FuzzTarget kCsvFuzz;
extern const FuzzTarget kFilterFuzz;
extern const FuzzTarget kFooterFuzz;
extern const FuzzTarget kJsonLineFuzz;
extern const FuzzTarget kKeyFuzz;
extern const FuzzTarget kLogRecoveryFuzz;
extern const FuzzTarget kLogSegmentFuzz;
extern const FuzzTarget kManifestEditFuzz;
extern const FuzzTarget kManifestFuzz;
extern const FuzzTarget kMergeFuzz;
extern const FuzzTarget kMutationFuzz;
extern const FuzzTarget kPageTokenFuzz;
extern const FuzzTarget kRequestFuzz;
extern const FuzzTarget kRowIndexFuzz;
extern const FuzzTarget kSchemaFuzz;
extern const FuzzTarget kSnapshotFuzz;
extern const FuzzTarget kSSTableFuzz;
extern const FuzzTarget kStatisticsFuzz;
extern const FuzzTarget kTypeNameFuzz;
extern const FuzzTarget kValueFuzz;
extern const FuzzTarget kValueTextFuzz;
extern const FuzzTarget kWideRowsFuzz;
extern const FuzzTarget kWireValueFuzz;

}  // namespace rowan

#endif  // ROWAN_TESTS_FUZZ_TARGETS_H_
