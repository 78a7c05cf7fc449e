// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/damage/file_damages.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace rowan {
namespace {

constexpr unsigned char kFlips[] = {0x01, 0x80, 0xff};

// `with` in the place of [at, at + bytes) of `in`, as far as both reach.
std::string Replaced(std::string in, const std::string& with, size_t at,
                     size_t bytes) {
  if (at >= with.size() || at >= in.size()) return in;
  const size_t n = std::min({bytes, with.size() - at, in.size() - at});
  return in.replace(at, n, with, at, n);
}

}  // namespace

FileDamages::FileDamages(const FullDisk& disk, const FullDisk::File& file)
    : file_(file) {
  for (const size_t distance : {1, 2, 5}) {
    for (size_t i = 0; i + distance < Sectors(); ++i) {
      swaps_.push_back({i * kSector, (i + distance) * kSector, kSector});
    }
  }
  for (size_t i = 0; i < Pages(); ++i) {
    for (size_t j = i + 1; j < Pages(); ++j) {
      swaps_.push_back({i * kPage, j * kPage, kPage});
    }
  }
  for (const FullDisk::File& other : disk.files) {
    if (other.kind != file.kind || other.path == file.path) continue;
    sources_.push_back({other.path, &other.bytes});
  }
  for (const std::string& older : file.older) {
    sources_.push_back({"an older version", &older});
  }
}

uint64_t FileDamages::count() const {
  return std::size(kFlips) * file_.bytes.size() + Sectors() +
         file_.bytes.size() + swaps_.size() + sources_.size() * PerSource() +
         OfCopiesCount();
}

bool FileDamages::OfWholeFile(uint64_t number) const {
  const uint64_t last = count() - OfCopiesCount();
  if (number >= last) return true;
  const uint64_t first = last - sources_.size() * PerSource();
  return number >= first && (number - first) % PerSource() == PerSource() - 1;
}

FileDamages::Damage FileDamages::Make(uint64_t number) const {
  const uint64_t flips = std::size(kFlips) * file_.bytes.size();
  if (number < flips) return Flip(number);
  number -= flips;
  Damage damage{.bytes = file_.bytes};
  if (number < Sectors()) {
    const size_t at = number * kSector;
    damage.what = absl::StrCat("sector at ", at, " zeroed");
    std::string& bytes = *damage.bytes;
    std::fill(bytes.begin() + at,
              bytes.begin() + std::min(at + kSector, bytes.size()), '\0');
    return damage;
  }
  number -= Sectors();
  if (number < file_.bytes.size()) {
    damage.what = absl::StrCat("cut at ", number);
    damage.bytes->resize(number);
    return damage;
  }
  number -= file_.bytes.size();
  if (number < swaps_.size()) return SwapOf(swaps_[number]);
  number -= swaps_.size();
  if (number < sources_.size() * PerSource()) {
    return From(sources_[number / PerSource()], number % PerSource());
  }
  return OfCopies(number - sources_.size() * PerSource());
}

FileDamages::Damage FileDamages::OfCopies(uint64_t number) const {
  if (number == 0) return {"removed", std::nullopt, true};
  if (number == 1) return {"removed with its copy", std::nullopt, true, true};
  return {absl::StrCat("older version ", number - 2, " of it and its copy"),
          file_.older[number - 2], true, true};
}

FileDamages::Damage FileDamages::Flip(uint64_t number) const {
  const size_t at = number / std::size(kFlips);
  const unsigned char flip = kFlips[number % std::size(kFlips)];
  Damage damage{absl::StrCat("byte ", at, " xor ", flip), file_.bytes};
  std::string& bytes = *damage.bytes;
  bytes[at] = static_cast<char>(bytes[at] ^ flip);
  return damage;
}

FileDamages::Damage FileDamages::SwapOf(const Swap& swap) const {
  Damage damage{absl::StrCat(swap.bytes, " bytes at ", swap.a, " and ", swap.b,
                             " swapped"),
                file_.bytes};
  const std::string a = file_.bytes.substr(swap.a, swap.bytes);
  const std::string b = file_.bytes.substr(swap.b, swap.bytes);
  const size_t n = std::min(a.size(), b.size());
  damage.bytes->replace(swap.a, n, b, 0, n);
  damage.bytes->replace(swap.b, n, a, 0, n);
  return damage;
}

FileDamages::Damage FileDamages::From(const Source& source,
                                      uint64_t number) const {
  if (number == PerSource() - 1) {
    return {absl::StrCat("all of ", source.what), *source.bytes, true};
  }
  const bool page = number >= Sectors();
  const size_t bytes = page ? kPage : kSector;
  const size_t at = (page ? number - Sectors() : number) * bytes;
  return {absl::StrCat(bytes, " bytes at ", at, " of ", source.what),
          Replaced(file_.bytes, *source.bytes, at, bytes)};
}

}  // namespace rowan
