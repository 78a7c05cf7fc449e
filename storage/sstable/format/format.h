// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_FORMAT_FORMAT_H_
#define ROWAN_STORAGE_SSTABLE_FORMAT_FORMAT_H_

#include <cstddef>
#include <cstdint>

namespace rowan {

// The constants of ../FORMAT.md. Numbers of kinds are written to files and are
// never given a second meaning.

// "ROWANSST" as little-endian bytes: the last eight bytes of every file.
inline constexpr uint64_t kSSTableMagic = 0x5453534e41574f52;
inline constexpr uint32_t kSSTableVersion = 1;

// A data block is cut when its next row would make it larger. A page cache
// page holds two; a lookup copies and checks one in about a microsecond.
inline constexpr size_t kBlockTargetBytes = 8 << 10;
// One row (one block at least) may be as large as this. 128 cells of the
// largest size; far below what the 32-bit lengths hold.
inline constexpr uint32_t kBlockRawBytesMax = 1 << 30;
inline constexpr size_t kBlockHeaderBytes = 24;

enum class BlockKind : uint8_t {
  kWideRows = 1,  // one or more whole wide rows
  kRowPart = 2,   // consecutive fragments of one large wide row
  kRowIndex = 3,  // a node of the row index of a large wide row
  kRowRoot = 4,   // its root, with the wide row's head
};

enum class SectionKind : uint32_t {
  kBlockIndex = 1,
  kFilter = 2,
  kStatistics = 3,
  kSchema = 4,
  kLosses = 5,  // only where there are some
};
// Readers skip an unknown kind that has this bit and refuse one that has not.
inline constexpr uint32_t kOptionalSection = uint32_t{1} << 31;
inline constexpr size_t kSectionsMax = 64;

// A block as the indexes name it: its place in the file, header included.
struct BlockHandle {
  uint64_t offset = 0;
  uint32_t length = 0;
  uint64_t end() const { return offset + length; }
  friend bool operator==(const BlockHandle&, const BlockHandle&) = default;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_FORMAT_FORMAT_H_
