// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_SSTABLE_SECTION_SWAP_H_
#define ROWAN_TESTS_STORAGE_SSTABLE_SECTION_SWAP_H_

#include <string>
#include <string_view>

#include "storage/sstable/format/format.h"

namespace rowan {

// An SSTable's bytes with those of one section replaced, under checksums that
// are right: what nobody but an attacker or a bug would write.
std::string WithSection(const std::string& file, SectionKind kind,
                        std::string_view bytes);

}  // namespace rowan

#endif  // ROWAN_TESTS_STORAGE_SSTABLE_SECTION_SWAP_H_
