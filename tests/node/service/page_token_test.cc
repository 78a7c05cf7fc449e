// SPDX-License-Identifier: Apache-2.0
#include "node/service/page_token.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "partitioner/murmur3.h"
#include "storage/base/coding.h"
#include "storage/base/crc32c.h"
#include "storage/model/key_codec.h"
#include "storage/model/types/hex.h"
#include "tests/lib/sim_random.h"

namespace rowan {
namespace {

constexpr uint64_t kShape = 0x1234567890abcdef;

Schema Sample() {
  Schema schema;
  schema.id = TableId{9};  // truncated since it was 7
  schema.handle = TableHandle{7};
  schema.version = SchemaVersion{1};
  schema.keyspace = "ks";
  schema.table = "t";
  schema.columns.push_back({.id = ColumnId{1},
                            .name = "p",
                            .type = {TypeKind::kInt},
                            .role = ColumnRole::kPartitionKey});
  schema.columns.push_back({.id = ColumnId{2},
                            .name = "q",
                            .type = {TypeKind::kText},
                            .role = ColumnRole::kPartitionKey});
  schema.columns.push_back({.id = ColumnId{3},
                            .name = "c",
                            .type = {TypeKind::kText},
                            .role = ColumnRole::kClustering});
  return schema;
}

PageToken TokenOf(const Schema& schema) {
  const std::string_view number("\0\0\0\x2a", 4);
  const std::vector<std::string_view> key = {number, "key"};
  const std::vector<std::string_view> clustering = {"row"};
  ReadPosition position;
  position.partition_key = *EncodePartitionKey(schema, key);
  position.token = TokenOfKey(position.partition_key);
  position.position = *EncodeClustering(schema, clustering);
  position.rows_left_in_wide_row = 12;
  return {.handle = schema.handle,
          .shape = kShape,
          .now_s = 1'700'000'000,
          .limit_left = 99,
          .position = position};
}

// With a checksum that fits, as somebody would craft it.
std::string Resealed(std::string bytes) {
  bytes.resize(bytes.size() - 4);
  PutLittle<uint32_t>(Crc32c(bytes), &bytes);
  return bytes;
}

TEST(PageToken, ReadsBackWhatItWrote) {
  const Schema schema = Sample();
  const PageToken token = TokenOf(schema);
  const auto back = DecodePageToken(schema, kShape, EncodePageToken(token));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->now_s, token.now_s);
  EXPECT_EQ(back->limit_left, token.limit_left);
  EXPECT_EQ(back->position->token, token.position->token);
  EXPECT_EQ(back->position->partition_key, token.position->partition_key);
  EXPECT_EQ(back->position->position, token.position->position);
  EXPECT_EQ(back->position->rows_left_in_wide_row, 12u);
}

TEST(PageToken, AnotherTableOrReadIsRefused) {
  Schema schema = Sample();
  const std::string bytes = EncodePageToken(TokenOf(schema));
  EXPECT_FALSE(DecodePageToken(schema, kShape + 1, bytes).ok());
  schema.handle = TableHandle{8};
  EXPECT_FALSE(DecodePageToken(schema, kShape, bytes).ok());
}

TEST(PageToken, StaysGoodWhenItsTableIsTruncated) {
  Schema schema = Sample();
  const std::string bytes = EncodePageToken(TokenOf(schema));
  ReadCommand command;
  command.table = schema.id;
  const uint64_t shape = ReadShape(schema, command, "");
  schema.id = command.table = TableId{11};
  EXPECT_TRUE(DecodePageToken(schema, kShape, bytes).ok());
  EXPECT_EQ(ReadShape(schema, command, ""), shape);
}

TEST(PageToken, TruncatedAndFlippedBytesAreRefused) {
  const Schema schema = Sample();
  const std::string bytes = EncodePageToken(TokenOf(schema));
  for (size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_FALSE(DecodePageToken(schema, kShape, bytes.substr(0, i)).ok());
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = bytes;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      EXPECT_FALSE(DecodePageToken(schema, kShape, flipped).ok()) << i;
    }
  }
  EXPECT_FALSE(DecodePageToken(schema, kShape, bytes + "x").ok());
}

TEST(PageToken, CraftedTokensNeverBringKeysThatTheTableCantHave) {
  const Schema schema = Sample();
  PageToken summed = TokenOf(schema);
  summed.aggregates = "sums";
  const std::string good[] = {EncodePageToken(TokenOf(schema)),
                              EncodePageToken(summed)};
  SimRandom random(3);
  for (int round = 0; round < 50'000; ++round) {
    std::string bytes = good[round % 2];
    for (uint64_t n = 1 + random.Below(3); n > 0; --n) {
      bytes[random.Below(bytes.size())] = static_cast<char>(random.Next());
    }
    if (random.Below(4) == 0) bytes.resize(5 + random.Below(bytes.size() - 5));
    const auto token = DecodePageToken(schema, kShape, Resealed(bytes));
    if (!token.ok() || !token->position.has_value()) continue;
    EXPECT_TRUE(
        DecodePartitionKey(schema, token->position->partition_key).ok());
    EXPECT_EQ(TokenOfKey(token->position->partition_key),
              token->position->token);
    EXPECT_TRUE(token->position->position.empty() ||
                DecodePosition(schema, token->position->position).ok());
  }
}

TEST(PageToken, ShapeCoversEverythingThatMustStay) {
  const Schema schema = Sample();
  ReadCommand base;
  base.partition_key = "k";
  const auto differs = [&](auto change) {
    ReadCommand other = base;
    change(&other);
    return ReadShape(schema, other, "") != ReadShape(schema, base, "");
  };
  EXPECT_TRUE(differs([](ReadCommand* c) { c->partition_key = "l"; }));
  EXPECT_TRUE(differs([](ReadCommand* c) { c->partition_key.reset(); }));
  EXPECT_TRUE(differs([](ReadCommand* c) {
    c->wide_rows = {{Token{5}, "k"}};
  }));
  EXPECT_TRUE(differs([](ReadCommand* c) { c->last_token = Token{5}; }));
  EXPECT_TRUE(differs([](ReadCommand* c) { c->reverse = true; }));
  EXPECT_TRUE(differs([](ReadCommand* c) { c->slices.emplace_back(); }));
  EXPECT_TRUE(differs([](ReadCommand* c) { c->columns.emplace(); }));
  EXPECT_TRUE(differs([](ReadCommand* c) { c->per_wide_row_limit = 3; }));
  EXPECT_TRUE(differs([](ReadCommand* c) { c->distinct = true; }));
  EXPECT_NE(ReadShape(schema, base, "more"), ReadShape(schema, base, ""));
  EXPECT_FALSE(differs([](ReadCommand* c) { c->limit = 3; }));
  EXPECT_FALSE(differs([](ReadCommand* c) { c->page_rows_max = 3; }));
  EXPECT_FALSE(differs([](ReadCommand* c) { c->page_bytes_max = 3; }));
  EXPECT_FALSE(differs([](ReadCommand* c) { c->deadline_ns = 3; }));
}

// Nodes that served before distinct reads and the rest answered these.
TEST(PageToken, ShapesOfOlderNodesStay) {
  ReadCommand command;
  command.table = TableId{7};
  EXPECT_EQ(ReadShape(Sample(), command, ""), 10260692976651205789u);
  command.partition_key = "k";
  command.slices = {{"\x20", "\x40z\x60"}};
  command.columns = {ColumnId{3}, ColumnId{300}};
  command.reverse = true;
  command.per_wide_row_limit = 5;
  EXPECT_EQ(ReadShape(Sample(), command, ""), 18037584661508943186u);
}

TEST(PageToken, TokensOfOlderNodesAreRead) {
  std::string bytes;
  ASSERT_TRUE(ParseHex(
      "0107000000efcdab907856341200f153656301046a788ff3220ce80d00040000002a0000"
      "036b6579000740726f770000380c91af3f45",
      &bytes));
  const PageToken expected = TokenOf(Sample());
  EXPECT_EQ(EncodePageToken(expected), bytes);
  const auto token = DecodePageToken(Sample(), kShape, bytes);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->limit_left, expected.limit_left);
  EXPECT_EQ(token->position->position, expected.position->position);
  EXPECT_FALSE(token->position->row_fell_through);
  EXPECT_EQ(token->aggregates, "");
}

TEST(PageToken, SumsAndRowsThatFellThroughTravel) {
  const Schema schema = Sample();
  PageToken token = TokenOf(schema);
  token.aggregates = "sums";
  token.position->row_fell_through = true;
  std::string bytes = EncodePageToken(token);
  const auto back = DecodePageToken(schema, kShape, bytes);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->aggregates, "sums");
  EXPECT_TRUE(back->position->row_fell_through);
  EXPECT_EQ(back->position->rows_left_in_wide_row, 12u);
  for (size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_FALSE(DecodePageToken(schema, kShape, bytes.substr(0, i)).ok());
  }
  // Flags of a version to come.
  bytes[bytes.size() - 5] = 2;
  EXPECT_FALSE(DecodePageToken(schema, kShape, Resealed(bytes)).ok());
}

}  // namespace
}  // namespace rowan
