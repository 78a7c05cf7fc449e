// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_FUZZ_SSTABLE_SSTABLE_CHECKSUMS_H_
#define ROWAN_TESTS_FUZZ_SSTABLE_SSTABLE_CHECKSUMS_H_

#include <cstdint>
#include <string>

#include "storage/base/ids.h"

namespace rowan {

// A fuzzer that has to guess a checksum learns nothing. These put right ones in
// their places, whatever else the bytes are.

// Of a framed block that stands at `offset`.
void FixBlock(FileId file, uint64_t offset, char* block, size_t bytes);
// Of the footer at the end of `tail`.
void FixFooter(std::string* tail);
// Of the footer, the sections and the blocks that the block index and the row
// indexes name, in a whole file.
void FixSSTable(std::string* file);

}  // namespace rowan

#endif  // ROWAN_TESTS_FUZZ_SSTABLE_SSTABLE_CHECKSUMS_H_
