// SPDX-License-Identifier: Apache-2.0
// A CSV file, its first line the header, as `rowan import` reads it.

#include <sstream>

#include "storage/base/check.h"
#include "tests/fuzz/sstable/sample_table.h"
#include "tests/fuzz/targets.h"
#include "tools/rowan/import/csv_reader.h"
#include "tools/rowan/import/row_mapper.h"

namespace rowan {
namespace {

void Run(std::string_view input) {
  std::istringstream text{std::string(input)};
  cli::LineReader lines(text);
  cli::CsvReader reader(lines);
  cli::CsvRecord record;
  if (!reader.Next(&record)) return;
  std::vector<std::string> names;
  for (const cli::CsvField& field : record.fields) names.push_back(field.text);
  const auto schema = SampleSchema();
  const auto mapper = cli::RowMapper::ForCsv(*schema, {}, names);
  uint64_t last_line = record.last_line;
  while (reader.Next(&record)) {
    ROWAN_CHECK(record.first_line > last_line);
    ROWAN_CHECK(record.last_line >= record.first_line);
    last_line = record.last_line;
    if (!mapper.ok() || !record.error.empty()) continue;
    const auto row = mapper->Map(record);
    ROWAN_CHECK(row.ok() || absl::IsInvalidArgument(row.status()));
  }
}

std::vector<std::string> Seeds() {
  return {
      "pk,p2,ck,c2,s,v,l,t\n"
      "a,1,2,b,static,0x00ff,\"[1, 2]\",\"(1, null)\"\r\n"
      "\"quoted \"\"x\"\", 7\",1,2,\"two\nlines\",,,,\n",
      "\xef\xbb\xbfpk,p2,ck,c2,v\nbad\n\"open\na,1,2,b,\"\"\n"};
}

}  // namespace

const FuzzTarget kCsvFuzz{"csv", Run, Seeds};

}  // namespace rowan
