// SPDX-License-Identifier: Apache-2.0
// A schema's bytes.

#include "storage/base/check.h"
#include "storage/model/schema.h"
#include "tests/fuzz/sstable/sample_table.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

void Run(std::string_view input) {
  const auto schema = DecodeSchema(input);
  if (!schema.ok()) {
    ROWAN_CHECK(absl::IsDataLoss(schema.status()));
    return;
  }
  ROWAN_CHECK(schema->Validate().ok());
  const std::string bytes = EncodeSchema(*schema);
  const auto again = DecodeSchema(bytes);
  ROWAN_CHECK(again.ok() && EncodeSchema(*again) == bytes);
}

std::vector<std::string> Seeds() {
  Schema schema = *SampleSchema();
  const std::string plain = EncodeSchema(schema);
  schema.handle = TableHandle{2};
  schema.dropped = {ColumnId{20}, ColumnId{25}};
  return {plain, EncodeSchema(schema)};
}

}  // namespace

const FuzzTarget kSchemaFuzz{"schema", Run, Seeds};

}  // namespace rowan
