// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_CASE_TEST_CASE_H_
#define ROWAN_TESTS_MODEL_CASE_TEST_CASE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/model/schema.h"
#include "tests/model/case/operation.h"
#include "tests/model/case/table_shape.h"

namespace rowan {

// How the engine is set up for a run.
struct OptionSet {
  std::string_view name;
  uint8_t partition_prefix_length;
  int32_t compaction_scaling;
  Compression compression;
  // One partition's memtable is flushed at this size.
  int64_t partition_memtable_bytes_max;
  bool cold;  // blocks are not in memory when a read comes
};

// Every seed runs against each of them.
std::span<const OptionSet> OptionSets();
// Null when there is none.
const OptionSet* FindOptionSet(std::string_view name);

// All that decides a run, to the order of tasks.
struct TestCase {
  TableShape shape;
  const OptionSet* options = nullptr;
  uint64_t seed = 0;  // of the order of tasks
  std::vector<Operation> operations;
};

// The text of a case: its table, "options NAME seed N", one operation a line;
// lines that begin with # and empty ones are skipped.
std::string FormatCase(const TestCase& test);
absl::StatusOr<TestCase> ParseCase(std::string_view text);

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_CASE_TEST_CASE_H_
