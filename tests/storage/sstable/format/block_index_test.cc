// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/format/block_index.h"

#include <algorithm>
#include <tuple>

#include "gtest/gtest.h"
#include "tests/lib/sim_random.h"

namespace rowan {
namespace {

struct Entry {
  Token first;
  std::string key;
  Token last;
  bool large = false;
  BlockHandle handle;
};

// Blocks whose tokens come from `range` values: a small range makes ties.
std::vector<Entry> RandomEntries(SimRandom* random, size_t count,
                                 uint64_t range) {
  std::vector<std::pair<uint64_t, std::string>> places;
  for (size_t i = 0; i < 2 * count; ++i) {
    places.emplace_back(random->Next() % range,
                        std::to_string(random->Below(100'000)));
  }
  std::sort(places.begin(), places.end());
  std::vector<Entry> entries;
  uint64_t end = 0;
  for (size_t i = 0; i + 1 < places.size(); i += 2) {
    Entry entry{Token{places[i].first}, places[i].second,
                Token{places[i + 1].first}};
    entry.large = random->Below(4) == 0;
    if (entry.large) entry.last = entry.first;
    const uint64_t gap = entry.large ? random->Below(1 << 20) : 0;
    entry.handle = {end + gap, 1 + static_cast<uint32_t>(random->Below(9000))};
    end = entry.handle.end();
    entries.push_back(entry);
  }
  return entries;
}

std::string IndexOf(const std::vector<Entry>& entries) {
  BlockIndexBuilder builder;
  for (const Entry& e : entries) {
    builder.Add(e.first, e.key, e.last, e.large, e.handle);
  }
  return builder.Finish();
}

// The last entry that begins at or below the place, as a slow twin finds it.
size_t PlainFind(const std::vector<Entry>& entries, Token token,
                 std::string_view key) {
  size_t found = 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    const Entry& e = entries[i];
    const bool tied = i > 0 && entries[i - 1].last == e.first;
    // Without a tie nothing of this token stands before the entry.
    if (e.first < token || (e.first == token && (!tied || e.key <= key))) {
      found = i;
    }
  }
  return found;
}

TEST(BlockIndex, FindsWhereASearchBegins) {
  for (const uint64_t range :
       {uint64_t{3}, uint64_t{1000}, uint64_t{1} << 40, UINT64_MAX}) {
    for (uint64_t seed = 1; seed <= 10; ++seed) {
      SCOPED_TRACE(seed);
      SimRandom random(seed);
      const auto entries = RandomEntries(&random, 1 + random.Below(300), range);
      BlockIndex index;
      ASSERT_TRUE(index.Parse(IndexOf(entries), UINT64_MAX).ok());
      ASSERT_EQ(index.count(), entries.size());
      for (size_t i = 0; i < entries.size(); ++i) {
        EXPECT_EQ(index.first_token(i), entries[i].first);
        EXPECT_EQ(index.handle(i), entries[i].handle);
        EXPECT_EQ(index.large(i), entries[i].large);
        EXPECT_EQ(index.Find(entries[i].first, entries[i].key),
                  PlainFind(entries, entries[i].first, entries[i].key));
      }
      for (int i = 0; i < 300; ++i) {
        const Token token{random.Next() % range};
        const std::string key = std::to_string(random.Below(100'000));
        ASSERT_EQ(index.Find(token, key), PlainFind(entries, token, key));
      }
      for (const Token token : {Token::Min(), Token::Max()}) {
        EXPECT_EQ(index.Find(token, ""), PlainFind(entries, token, ""));
      }
    }
  }
}

TEST(BlockIndex, SkewedTokensAreFoundToo) {
  std::vector<Entry> entries;
  for (uint64_t i = 0; i < 10'000; ++i) {
    entries.push_back({Token{i}, "k", Token{i}, false, {i, 1}});
  }
  entries.push_back(
      {Token{UINT64_MAX}, "k", Token{UINT64_MAX}, false, {10'000, 1}});
  BlockIndex index;
  ASSERT_TRUE(index.Parse(IndexOf(entries), 1 << 20).ok());
  for (uint64_t i = 0; i < 10'000; ++i) {
    ASSERT_EQ(index.Find(Token{i}, "k"), i);
  }
  EXPECT_EQ(index.Find(Token{1 << 30}, "k"), 9'999u);
}

TEST(BlockIndex, MalformedBytesAreDataLoss) {
  SimRandom random(9);
  const auto entries = RandomEntries(&random, 50, 20);
  const std::string section = IndexOf(entries);
  BlockIndex index;
  for (size_t size = 0; size < section.size(); ++size) {
    EXPECT_FALSE(
        index.Parse(std::string_view(section).substr(0, size), UINT64_MAX)
            .ok());
  }
  EXPECT_FALSE(index.Parse(section + "x", UINT64_MAX).ok());
  // Blocks beyond the data.
  EXPECT_FALSE(index.Parse(section, entries.back().handle.end() - 1).ok());
  for (size_t at = 0; at < section.size(); ++at) {
    std::string hostile = section;
    hostile[at] = static_cast<char>(hostile[at] ^ 0xff);
    index.Parse(hostile, UINT64_MAX).IgnoreError();
  }
}

}  // namespace
}  // namespace rowan
