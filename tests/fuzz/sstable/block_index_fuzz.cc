// SPDX-License-Identifier: Apache-2.0
// The block index of an SSTable.

#include "storage/base/check.h"
#include "storage/sstable/format/block_index.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

constexpr uint64_t kDataEnd = 1 << 20;

void Run(std::string_view input) {
  BlockIndex index;
  if (!index.Parse(input, kDataEnd).ok() || index.count() == 0) return;
  uint64_t end = 0;
  for (size_t i = 0; i < index.count(); ++i) {
    ROWAN_CHECK(index.handle(i).offset >= end);
    end = index.handle(i).end();
    ROWAN_CHECK(end <= kDataEnd);
    ROWAN_CHECK(i == 0 || index.first_token(i - 1) <= index.first_token(i));
    const Token token = index.first_token(i);
    const size_t found = index.Find(token, {});
    ROWAN_CHECK(found < index.count() && index.first_token(found) <= token);
    ROWAN_CHECK(index.Find(token, "key") < index.count());
    index.large(i);
  }
  const size_t first = index.Find(Token{0}, {});
  ROWAN_CHECK(first == 0 || index.first_token(first) == Token{0});
  ROWAN_CHECK(index.Find(Token{~uint64_t{0}}, "\xff") < index.count());
}

std::vector<std::string> Seeds() {
  BlockIndexBuilder builder;
  std::vector<std::string> seeds = {builder.Finish()};
  builder.Add(Token{10}, "a", Token{20}, false, {0, 100});
  builder.Add(Token{20}, "b", Token{20}, true, {300, 50});
  builder.Add(Token{20}, "c", Token{1'000'000}, false, {350, 70'000});
  builder.Add(Token{~uint64_t{0}}, "d", Token{~uint64_t{0}}, false,
              {70'350, 24});
  seeds.push_back(builder.Finish());
  return seeds;
}

}  // namespace

const FuzzTarget kBlockIndexFuzz{"block_index", Run, Seeds};

}  // namespace rowan
