// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/format/row_index.h"

#include <map>

#include "gtest/gtest.h"

namespace rowan {
namespace {

// A store of index nodes by offset, as a file holds them.
struct Nodes {
  std::map<uint64_t, std::string> payloads;
  absl::StatusOr<BlockHandle> Write(std::string_view payload) {
    const uint64_t offset = payloads.size();
    payloads[offset] = payload;
    return BlockHandle{offset, static_cast<uint32_t>(payload.size())};
  }
};

std::string SeparatorOf(uint64_t i, size_t bytes) {
  std::string separator = std::to_string(1'000'000 + i);
  separator.resize(std::max(bytes, separator.size()), '.');
  return separator;
}

// Every entry of the tree, left to right.
void Walk(const Nodes& nodes, std::string_view payload,
          std::vector<RowIndexEntry>* out, size_t* levels) {
  RowIndexNode node;
  ASSERT_TRUE(node.Parse(payload).ok());
  *levels = std::max(*levels, node.level() + 1);
  for (size_t i = 0; i < node.count(); ++i) {
    const RowIndexEntry entry = *node.Entry(i);
    if (node.level() == 0) {
      out->push_back(entry);
    } else {
      Walk(nodes, nodes.payloads.at(entry.block.offset), out, levels);
    }
  }
}

TEST(RowIndex, TreeHoldsEveryEntryInOrder) {
  for (const uint64_t count : {1u, 2u, 300u, 100'000u}) {
    SCOPED_TRACE(count);
    Nodes nodes;
    RowIndexBuilder builder;
    const auto write = [&](std::string_view p) { return nodes.Write(p); };
    const size_t bytes = count == 300 ? 60'000 : 10;  // one entry fills a node
    for (uint64_t i = 0; i < count; ++i) {
      const std::string separator = SeparatorOf(i, bytes);
      const DeletionTime open =
          i % 3 == 0 ? DeletionTime{} : DeletionTime{1, 2};
      ASSERT_TRUE(builder.Add({separator, open, {i, 7}}, write).ok());
    }
    std::string root;
    ASSERT_TRUE(builder.Finish(write, &root).ok());
    EXPECT_TRUE(builder.empty());
    std::vector<RowIndexEntry> entries;
    size_t levels = 0;
    Walk(nodes, root, &entries, &levels);
    ASSERT_EQ(entries.size(), count);
    for (uint64_t i = 0; i < count; ++i) {
      ASSERT_EQ(entries[i].separator, SeparatorOf(i, bytes));
      ASSERT_EQ(entries[i].block.offset, i);
      ASSERT_EQ(entries[i].open.none(), i % 3 == 0);
    }
    EXPECT_LE(levels, count == 300 ? 9u : 3u);
  }
}

TEST(RowIndex, FindGivesTheLastSeparatorAtOrBelow) {
  OffsetListBuilder list;
  for (const char* separator : {"", "b", "d"}) {
    PutRowIndexEntry({separator, {}, {1, 1}}, list.BeginItem());
  }
  std::string payload(1, '\0');
  list.AppendTo(&payload);
  RowIndexNode node;
  ASSERT_TRUE(node.Parse(payload).ok());
  EXPECT_EQ(*node.Find("a"), 0u);
  EXPECT_EQ(*node.Find("b"), 1u);
  EXPECT_EQ(*node.Find("c"), 1u);
  EXPECT_EQ(*node.Find("z"), 2u);
}

TEST(RowIndex, SeparatorIsTheShortestPrefixThatSeparates) {
  EXPECT_EQ(ShortestSeparator("abc", "abd"), "abd");
  EXPECT_EQ(ShortestSeparator("abc", "b"), "b");
  EXPECT_EQ(ShortestSeparator("abc", "bcdef"), "b");
  EXPECT_EQ(ShortestSeparator("ab", "abcdef"), "abc");
}

TEST(RowIndex, MalformedNodesAreRefused) {
  OffsetListBuilder list;
  for (const char* separator : {"", "b", "d"}) {
    PutRowIndexEntry({separator, {5, 5}, {1, 1}}, list.BeginItem());
  }
  std::string payload(1, '\1');
  list.AppendTo(&payload);
  for (size_t at = 0; at < payload.size(); ++at) {
    RowIndexNode node;
    std::string hostile = payload;
    hostile[at] = static_cast<char>(hostile[at] ^ 0xff);
    if (!node.Parse(hostile).ok()) continue;
    for (size_t i = 0; i < node.count(); ++i) {
      node.Entry(i).status().IgnoreError();
    }
    node.Find("c").status().IgnoreError();
  }
  RowIndexNode node;
  EXPECT_FALSE(node.Parse("").ok());
  EXPECT_FALSE(node.Parse(std::string_view("\0\0", 2)).ok());
}

}  // namespace
}  // namespace rowan
