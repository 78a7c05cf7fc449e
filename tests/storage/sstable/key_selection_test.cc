// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/key_selection.h"

#include "gtest/gtest.h"
#include "partitioner/murmur3.h"
#include "storage/sstable/sstable_json.h"
#include "tests/storage/sstable/table_maker.h"

namespace rowan {
namespace {

Schema CompositeSchema() {
  Schema schema = *MakerSchema();
  schema.columns.insert(
      schema.columns.begin() + 1,
      Column{ColumnId{20}, "n", {TypeKind::kInt}, ColumnRole::kPartitionKey});
  return schema;
}

TEST(KeySelection, ColonsSplitCompositeKeysOnly) {
  const auto one = KeySelection::Parse(*MakerSchema(), {"a:1"}, {});
  ASSERT_TRUE(one.ok());
  EXPECT_EQ(one->include[0].second, "a:1");
  const auto two = KeySelection::Parse(CompositeSchema(), {"a\\:b:1"}, {});
  ASSERT_TRUE(two.ok()) << two.status();
  EXPECT_EQ(two->include[0].second, std::string("\0\3a:b\0\0\4\0\0\0\1\0", 13));
}

TEST(KeySelection, BadKeysAreNamed) {
  const auto missing = KeySelection::Parse(CompositeSchema(), {"a"}, {});
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(missing.status().message(),
            "key 'a': expected 2 components separated by ':', got 1");
  EXPECT_FALSE(KeySelection::Parse(CompositeSchema(), {}, {"a:x"}).ok());
}

std::string Keys(std::vector<std::string> include,
                 std::vector<std::string> exclude) {
  MemFileSystem fs;
  std::vector<VectorWideRow> wide_rows;
  for (const char* key : {"a", "b", "c", "d"}) {
    wide_rows.push_back({.token = TokenOfKey(key), .partition_key = key});
  }
  std::sort(wide_rows.begin(), wide_rows.end(),
            [](const auto& a, const auto& b) { return a.token < b.token; });
  WriteTable(&fs, "/t.sst", wide_rows);
  std::string printed;
  SSTableJson json(
      {.lines = true,
       .keys_only = true,
       .include = std::move(include),
       .exclude = std::move(exclude)},
      [&](std::string_view text) {
        printed += text;
        return absl::OkStatus();
      },
      [](const Schema&, const SSTableLoss& loss) {
        ADD_FAILURE() << loss.what;
      });
  EXPECT_TRUE(json.Print(*OpenTable(&fs, "/t.sst")).ok());
  EXPECT_TRUE(json.Finish().ok());
  return printed;
}

TEST(KeySelection, ChosenKeysAreFoundAndExcludedOnesLeftOut) {
  EXPECT_EQ(Keys({"c"}, {}), "[\"c\"]\n");
  EXPECT_EQ(Keys({"absent"}, {}), "");
  EXPECT_EQ(Keys({"c", "a", "c"}, {"a"}), "[\"c\"]\n");
  const std::string rest = Keys({}, {"b"});
  EXPECT_EQ(rest.size(), 18u);
  EXPECT_EQ(rest.find("\"b\""), std::string::npos);
}

}  // namespace
}  // namespace rowan
