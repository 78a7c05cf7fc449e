// SPDX-License-Identifier: Apache-2.0
// A line of JSON, as `rowan import` reads it.

#include "storage/base/check.h"
#include "storage/model/value.h"
#include "tests/fuzz/sstable/sample_table.h"
#include "tests/fuzz/targets.h"
#include "tools/rowan/import/json_column.h"
#include "tools/rowan/import/json_line.h"
#include "tools/rowan/import/row_mapper.h"

namespace rowan {
namespace {

void Run(std::string_view input) {
  const auto line = cli::ParseJsonLine(input);
  if (!line.ok()) return;
  ROWAN_CHECK(line->kind == cli::JsonValue::Kind::kObject);
  ROWAN_CHECK(line->names.size() == line->parts.size());
  const auto schema = SampleSchema();
  const auto mapper = cli::RowMapper::ForJson(*schema, {});
  ROWAN_CHECK(mapper.ok());
  const auto row = mapper->Map(*line);
  ROWAN_CHECK(row.ok() || absl::IsInvalidArgument(row.status()));
  for (const cli::JsonValue& part : line->parts) {
    if (part.kind == cli::JsonValue::Kind::kNull) continue;
    for (const Column& column : schema->columns) {
      const auto bytes = cli::BytesFromJson(column.type, part);
      ROWAN_CHECK(!bytes.ok() || CheckValue(column.type, *bytes).ok());
    }
  }
}

std::vector<std::string> Seeds() {
  return {R"({"pk":"a","p2":1,"ck":-2,"c2":"b","v":"0x00","l":[1,2],)"
          R"("t":[1,null]})",
          R"({"pk":"\u00e9\ud83d\ude00\n","p2":1e0,"ck":2,"c2":"","t":["7"]})",
          R"({"a":{"b":[[],{}],"c":true},"d":-0.10E+5})"};
}

}  // namespace

const FuzzTarget kJsonLineFuzz{"json_line", Run, Seeds};

}  // namespace rowan
