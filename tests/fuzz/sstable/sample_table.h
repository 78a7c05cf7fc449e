// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_FUZZ_SSTABLE_SAMPLE_TABLE_H_
#define ROWAN_TESTS_FUZZ_SSTABLE_SAMPLE_TABLE_H_

#include <memory>
#include <string>

#include "storage/model/row.h"
#include "storage/model/schema.h"

namespace rowan {

// PRIMARY KEY ((pk text, p2 int), ck int, c2 text desc), static `s text`,
// regular `v blob`, `l list<int>`, `t tuple<int, text>`; ids from 1.
std::shared_ptr<const Schema> SampleSchema();

// The position of a row, in Cassandra's bytes.
std::string SamplePosition(int32_t ck, std::string_view c2);

// A marker, a value that expires, an element and a tombstone. Its values are
// literals.
Row SampleRow(int64_t timestamp);

// A whole SSTable of some small wide rows, or with `large` of one with a row
// index.
std::string SampleSSTable(Compression compression, bool large);

}  // namespace rowan

#endif  // ROWAN_TESTS_FUZZ_SSTABLE_SAMPLE_TABLE_H_
