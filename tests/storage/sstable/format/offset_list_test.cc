// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/format/offset_list.h"

#include "gtest/gtest.h"

namespace rowan {
namespace {

std::string ListOf(const std::vector<std::string>& items) {
  OffsetListBuilder builder;
  for (const std::string& item : items) *builder.BeginItem() += item;
  std::string encoded;
  builder.AppendTo(&encoded);
  return encoded;
}

TEST(OffsetList, ItemsComeBackInBothWidths) {
  for (const size_t size : {0u, 3u, 40'000u}) {
    for (const size_t count : {0u, 1u, 2u, 5u}) {
      std::vector<std::string> items;
      for (size_t i = 0; i < count; ++i) {
        items.emplace_back(size + i, static_cast<char>('a' + i));
      }
      OffsetList list;
      const std::string encoded = ListOf(items);
      ASSERT_TRUE(list.Parse(encoded));
      ASSERT_EQ(list.count(), count);
      for (size_t i = 0; i < count; ++i) EXPECT_EQ(list[i], items[i]);
    }
  }
}

TEST(OffsetList, HostileBytesStayInside) {
  const std::string encoded = ListOf({"one", "two", "three"});
  for (size_t at = 0; at < encoded.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string hostile = encoded;
      hostile[at] = static_cast<char>(value);
      OffsetList list;
      if (!list.Parse(hostile)) {
        EXPECT_EQ(list.count(), 0u);
        continue;
      }
      size_t bytes = 0;
      for (size_t i = 0; i < list.count(); ++i) bytes += list[i].size();
      EXPECT_LE(bytes, hostile.size());
    }
  }
}

TEST(OffsetList, CountBeyondTheBytesIsRefused) {
  OffsetList list;
  EXPECT_FALSE(list.Parse("\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x02"));
  EXPECT_FALSE(list.Parse(""));
  EXPECT_FALSE(list.Parse("\x05"));
}

}  // namespace
}  // namespace rowan
