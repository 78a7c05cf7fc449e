// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_CRASH_DAMAGE_FILE_DAMAGES_H_
#define ROWAN_TESTS_CRASH_DAMAGE_FILE_DAMAGES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/crash/damage/full_disk.h"

namespace rowan {

// The damages of one file, by number: each byte flipped three ways, each sector
// zeroed, cut at each byte, two sectors or pages changed with each other, a
// sector, a page or the whole of another file of the kind or of an older
// version of itself in its place; removed; and with its copy removed or put
// back as both were earlier. Cheap to make; a view of the disk.
class FileDamages {
 public:
  static constexpr size_t kSector = 512;
  static constexpr size_t kPage = 4096;

  FileDamages(const FullDisk& disk, const FullDisk::File& file);

  uint64_t count() const;
  // Whether the damage puts another file in the place of all of it, or none: a
  // few of the hundred thousands, which every sample must have.
  bool OfWholeFile(uint64_t number) const;

  struct Damage {
    std::string what;
    // Of the file then, maybe what they were; none: it is removed.
    std::optional<std::string> bytes;
    bool whole = false;      // the file is another as a whole, or gone
    bool with_copy = false;  // so is its copy
  };
  // REQUIRES: number < count().
  Damage Make(uint64_t number) const;

 private:
  struct Swap {
    size_t a, b, bytes;
  };
  struct Source {
    std::string what;
    const std::string* bytes;
  };
  Damage Flip(uint64_t number) const;
  Damage SwapOf(const Swap& swap) const;
  Damage From(const Source& source, uint64_t number) const;
  // The last ones.
  Damage OfCopies(uint64_t number) const;
  uint64_t OfCopiesCount() const {
    return file_.copy.empty() ? 1 : 2 + file_.older.size();
  }
  size_t Sectors() const {
    return (file_.bytes.size() + kSector - 1) / kSector;
  }
  size_t Pages() const { return (file_.bytes.size() + kPage - 1) / kPage; }
  // Of one source: its sectors, its pages, all.
  uint64_t PerSource() const { return Sectors() + Pages() + 1; }

  const FullDisk::File& file_;
  std::vector<Swap> swaps_;
  std::vector<Source> sources_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_CRASH_DAMAGE_FILE_DAMAGES_H_
