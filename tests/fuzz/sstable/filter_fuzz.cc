// SPDX-License-Identifier: Apache-2.0
// The filter of an SSTable.

#include "storage/base/check.h"
#include "storage/sstable/format/filter.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

void Run(std::string_view input) {
  FilterView filter;
  if (!filter.Parse(input).ok()) return;
  for (const uint64_t token :
       {uint64_t{0}, uint64_t{1}, uint64_t{1} << 63, ~uint64_t{0}}) {
    filter.MayContain(Token{token});
    filter.MayContain(Token{token * 0x9e3779b97f4a7c15});
  }
  const double chance = filter.FalsePositiveChance();
  ROWAN_CHECK(chance >= 0 && chance <= 1);
}

std::vector<std::string> Seeds() {
  FilterBuilder few(3), none(0);
  for (const uint64_t token : {5, 6, 700}) few.Add(Token{token});
  return {few.Finish(), none.Finish()};
}

}  // namespace

const FuzzTarget kFilterFuzz{"filter", Run, Seeds};

}  // namespace rowan
