// SPDX-License-Identifier: Apache-2.0
#include "storage/model/mutation.h"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "storage/base/coding.h"
#include "tests/storage/model/random_row.h"

namespace rowan {
namespace {

std::string Encode(const Mutation& mutation) {
  std::string out(EncodedMutationSize(mutation), '\0');
  EXPECT_EQ(EncodeMutation(mutation, out.data()), out.data() + out.size());
  return out;
}

std::string Image(const Row& row) {
  std::string image;
  AppendRowImage(row, &image);
  return image;
}

// What a part says, as one printable string.
std::string Describe(const MutationPart& part) {
  return std::to_string(static_cast<int>(part.kind)) + "|" +
         std::to_string(part.deletion.timestamp) + "|" +
         std::to_string(part.deletion.local_time_s) + "|" +
         std::string(part.start) + "|" + std::string(part.end) + "|" +
         std::string(part.row_image);
}

absl::Status ReadAll(std::string_view bytes, std::vector<std::string>* out) {
  MutationReader reader(bytes);
  while (!reader.AtEnd()) {
    if (absl::Status s = reader.ReadHeader(); !s.ok()) return s;
    out->push_back("table " + std::to_string(reader.table().value) + " token " +
                   std::to_string(reader.token().value) + " key " +
                   std::string(reader.partition_key()));
    MutationPart part;
    while (reader.HasPart()) {
      if (absl::Status s = reader.ReadPart(&part); !s.ok()) return s;
      out->push_back(Describe(part));
    }
  }
  return absl::OkStatus();
}

// Fills `mutation` and says what reading it must give.
std::vector<std::string> RandomMutation(SimRandom& random, Mutation* mutation) {
  using Kind = MutationPart::Kind;
  mutation->table = TableId{static_cast<uint32_t>(random.Next())};
  mutation->token = Token{random.Next()};
  mutation->partition_key =
      mutation->Keep(std::string(1 + random.Below(200), 'k'));
  std::vector<std::string> expected = {
      "table " + std::to_string(mutation->table.value) + " token " +
      std::to_string(mutation->token.value) + " key " +
      std::string(mutation->partition_key)};
  if (random.Below(3) == 0) {
    mutation->wide_row_deletion = {static_cast<int64_t>(random.Below(99)), 7};
    expected.push_back(Describe({.kind = Kind::kWideRowDeletion,
                                 .deletion = mutation->wide_row_deletion}));
  }
  for (uint64_t i = random.Below(3); i > 0; --i) {
    const RangeTombstone range = {mutation->Keep("\x40" + std::to_string(i)),
                                  mutation->Keep("\x41"),
                                  {-5, static_cast<uint32_t>(random.Next())}};
    mutation->range_tombstones.push_back(range);
    expected.push_back(Describe({.kind = Kind::kRangeTombstone,
                                 .deletion = range.deletion,
                                 .start = range.start,
                                 .end = range.end}));
  }
  if (random.Below(3) == 0) {
    mutation->static_row = RandomRow(random);
    const std::string image = Image(*mutation->static_row);
    expected.push_back(
        Describe({.kind = Kind::kStaticRow, .row_image = image}));
  }
  for (uint64_t i = random.Below(5); i > 0; --i) {
    mutation->rows.push_back(
        {mutation->Keep("\x40" + std::to_string(random.Below(9)) + "\x38"),
         RandomRow(random)});
    const std::string image = Image(mutation->rows.back().row);
    expected.push_back(Describe({.kind = Kind::kRow,
                                 .start = mutation->rows.back().position,
                                 .row_image = image}));
  }
  return expected;
}

TEST(Mutation, SeveralBackToBackComeBackAndSizesAreExact) {
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    SimRandom random(seed);
    std::string bytes;
    std::vector<std::string> expected;
    for (uint64_t count = 1 + random.Below(4); count > 0; --count) {
      Mutation mutation;
      for (const std::string& line : RandomMutation(random, &mutation)) {
        expected.push_back(line);
      }
      bytes += Encode(mutation);
    }
    std::vector<std::string> found;
    ASSERT_TRUE(ReadAll(bytes, &found).ok()) << "seed " << seed;
    ASSERT_EQ(found, expected) << "seed " << seed;
  }
}

// The bytes that FORMAT.md shows.
TEST(Mutation, GoldenBytes) {
  Mutation mutation;
  mutation.table = TableId{7};
  mutation.token = Token{1};
  mutation.partition_key = "k";
  mutation.wide_row_deletion = {5, 6};
  mutation.rows.push_back({.position = "\x38", .row = {}});
  EXPECT_EQ(Encode(mutation), std::string("\7\0\0\0\1\0\0\0\0\0\0\0\1k\2"
                                          "\1\5\0\0\0\0\0\0\0\6\0\0\0"
                                          "\4\1\x38\1\0",
                                          33));
}

TEST(Mutation, ARowWithoutPositionIsTheStaticRow) {
  Mutation mutation;
  mutation.partition_key = "k";
  mutation.rows.push_back({.position = {}, .row = {}});
  std::vector<std::string> found;
  ASSERT_TRUE(ReadAll(Encode(mutation), &found).ok());
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1][0], '3');
}

TEST(Mutation, ARangeThatHoldsNothingIsNotWritten) {
  Mutation mutation;
  mutation.partition_key = "k";
  mutation.range_tombstones = {{"b", "a", {1, 1}},
                               {"a", "a", {1, 1}},
                               {"a", "b", {}},
                               {"a", "b", {1, 1}}};
  std::vector<std::string> found;
  ASSERT_TRUE(ReadAll(Encode(mutation), &found).ok());
  EXPECT_EQ(found.size(), 2u);
}

TEST(Mutation, ViewsPointIntoTheBytes) {
  Mutation mutation;
  mutation.partition_key = "key";
  mutation.rows.push_back({.position = "\x38", .row = {}});
  const std::string bytes = Encode(mutation);
  const auto inside = [&bytes](std::string_view view) {
    return view.data() >= bytes.data() &&
           view.data() + view.size() <= bytes.data() + bytes.size();
  };
  MutationReader reader(bytes);
  ASSERT_TRUE(reader.ReadHeader().ok());
  EXPECT_TRUE(inside(reader.partition_key()));
  MutationPart part;
  ASSERT_TRUE(reader.ReadPart(&part).ok());
  EXPECT_TRUE(inside(part.start));
  EXPECT_TRUE(inside(part.row_image));
}

TEST(Mutation, KeptBytesStayWhereTheyAre) {
  Mutation mutation;
  std::vector<std::string_view> kept;
  for (int i = 0; i < 100; ++i)
    kept.push_back(mutation.Keep(std::to_string(i)));
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(kept[static_cast<size_t>(i)], std::to_string(i));
  }
}

TEST(MutationReader, EveryTruncationIsRefused) {
  SimRandom random(2);
  for (int i = 0; i < 100; ++i) {
    Mutation mutation;
    RandomMutation(random, &mutation);
    const std::string bytes = Encode(mutation);
    for (size_t size = 1; size < bytes.size(); ++size) {
      std::vector<std::string> found;
      ASSERT_EQ(ReadAll(bytes.substr(0, size), &found).code(),
                absl::StatusCode::kDataLoss);
    }
  }
}

TEST(MutationReader, FlippedBytesNeverLeaveTheBuffer) {
  SimRandom random(3);
  for (int i = 0; i < 20'000; ++i) {
    Mutation mutation;
    RandomMutation(random, &mutation);
    std::string bytes = Encode(mutation);
    for (uint64_t flips = 1 + random.Below(4); flips > 0; --flips) {
      bytes[random.Below(bytes.size())] = static_cast<char>(random.Next());
    }
    std::vector<std::string> found;
    const absl::Status status = ReadAll(bytes, &found);
    ASSERT_TRUE(status.ok() || status.code() == absl::StatusCode::kDataLoss);
  }
}

TEST(MutationReader, MalformedPartsAreRefused) {
  const auto read = [](const std::string& key, uint64_t parts,
                       const std::string& body) {
    std::string bytes(12, '\1');
    PutBytes(key, &bytes);
    PutVarint(parts, &bytes);
    std::vector<std::string> found;
    return ReadAll(bytes + body, &found).code();
  };
  const std::string time = std::string(12, '\1');
  const std::string nothing("\0\0\0\0\0\0\0\x80\1\1\1\1", 12);
  const auto ok = absl::StatusCode::kOk;
  const auto bad = absl::StatusCode::kDataLoss;
  EXPECT_EQ(read("k", 0, ""), ok);
  EXPECT_EQ(read("", 0, ""), bad);                         // empty key
  EXPECT_EQ(read("k", 1, "\1" + time), ok);                // wide-row deletion
  EXPECT_EQ(read("k", 1, "\1" + nothing), bad);            // ... of nothing
  EXPECT_EQ(read("k", 1, "\2" + time + "\1a\1b"), ok);     // range
  EXPECT_EQ(read("k", 1, "\2" + time + "\1b\1a"), bad);    // ends before start
  EXPECT_EQ(read("k", 1, "\2" + time + "\1b\1b"), bad);    // empty
  EXPECT_EQ(read("k", 1, std::string("\3\1\0", 3)), ok);   // static row
  EXPECT_EQ(read("k", 1, std::string("\3\0\0", 3)), bad);  // without an image
  EXPECT_EQ(read("k", 1, std::string("\4\1p\1\0", 5)), ok);     // row
  EXPECT_EQ(read("k", 1, std::string("\4\0\1\0", 4)), bad);     // no position
  EXPECT_EQ(read("k", 1, std::string("\5\1p\1\0", 5)), bad);    // unknown kind
  EXPECT_EQ(read("k", 9, std::string("\4\1p\1\0", 5)), bad);    // part count
  EXPECT_EQ(read("k", 1, std::string("\4\1p\1\0zz", 7)), bad);  // trailing
}

TEST(Mutation, MovesWithItsViewsAndIsNeverCopied) {
  static_assert(!std::is_copy_constructible_v<Mutation> &&
                !std::is_copy_assignable_v<Mutation>);
  std::vector<Mutation> mutations;  // grows, and moves all of them each time
  for (int i = 0; i < 100; ++i) {
    // Short enough to stand inside a string object.
    Mutation mutation;
    mutation.partition_key = mutation.Keep("k" + std::to_string(i));
    mutations.push_back(std::move(mutation));
  }
  for (size_t i = 0; i < mutations.size(); ++i) {
    EXPECT_EQ(mutations[i].partition_key, "k" + std::to_string(i));
    EXPECT_EQ(mutations[i].partition_key.data(),
              mutations[i].scratch.front().data());
  }
}

}  // namespace
}  // namespace rowan
