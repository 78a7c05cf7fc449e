// SPDX-License-Identifier: Apache-2.0
// The judge is judged: contents that the record allows, and those that it
// doesn't.
#include "tests/crash/cut/client_record.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/crash/cut/change.h"
#include "tests/crash/cut/disk_state.h"

namespace rowan {
namespace {

constexpr uint32_t kNow = 1000;

// A table, then three rows of which the client knows that the first is there.
class ClientRecordTest : public testing::Test {
 protected:
  ClientRecordTest() {
    Send([](Contents* contents) { contents->tables["t"].columns = {"v"}; });
    for (int64_t ck = 1; ck <= 3; ++ck) Write(Change("t", "a").Put(ck, "x"));
    record_.Acknowledge(0, 10);
    record_.Acknowledge(1, 20);
  }
  size_t Send(ClientRecord::Effect effect) {
    return record_.Send(std::move(effect));
  }
  size_t Write(const Change& change) {
    return Send(
        [change](Contents* contents) { change.ApplyTo(contents, kNow); });
  }
  // Whether a node may show exactly these rows of "a".
  bool Allows(const std::vector<int>& rows, ClientRecord::Loss loss = {}) {
    std::vector<std::string> lines;
    for (const int ck : rows)
      lines.push_back(RowLine("t", "a/" + std::to_string(ck), {{"v", "x"}}));
    lines.push_back(TableLine("t", {"v"}));
    return record_.WhatHappened(record_.Now(), loss, lines, kNow).has_value();
  }

  ClientRecord record_;
};

TEST_F(ClientRecordTest, WhatWasAnsweredMustBeThere) {
  EXPECT_TRUE(Allows({1}));
  EXPECT_FALSE(Allows({}));
  EXPECT_FALSE(Allows({2, 3}));
}

TEST_F(ClientRecordTest, WhatWasNotAnsweredComesInItsOrder) {
  EXPECT_TRUE(Allows({1, 2}));
  EXPECT_TRUE(Allows({1, 2, 3}));
  EXPECT_FALSE(Allows({1, 3}));
  EXPECT_TRUE(Allows({1, 3}, {.any_order = true}));
}

TEST_F(ClientRecordTest, NothingElseMayBeThere) {
  EXPECT_FALSE(Allows({1, 4}));
  EXPECT_FALSE(Allows({1, 1}));
}

TEST_F(ClientRecordTest, RefusedIsNeverThere) {
  record_.Refuse(2);
  EXPECT_FALSE(Allows({1, 2}));
  EXPECT_TRUE(Allows({1, 3}));
}

TEST_F(ClientRecordTest, AnswersOfTheLastMomentMayBeLost) {
  EXPECT_FALSE(Allows({}, {.answered_after_ns = 20}));
  EXPECT_TRUE(Allows({}, {.answered_after_ns = 19}));
}

TEST_F(ClientRecordTest, DeletedStaysDeleted) {
  record_.Acknowledge(2, 30);
  record_.Acknowledge(3, 30);
  const size_t deletion = Write(Change("t", "a").DeleteRange(1, 2));
  EXPECT_TRUE(Allows({1, 2, 3}));
  EXPECT_TRUE(Allows({3}));
  EXPECT_FALSE(Allows({2, 3}));
  record_.Acknowledge(deletion, 40);
  EXPECT_FALSE(Allows({1, 2, 3}));
}

TEST(StatePath, TextLeadsBackToIt) {
  for (const char* text :
       {"0:17.torn.3", "5:0.process.0,4.names.1,22.grown.7"}) {
    const auto path = StatePath::Parse(text);
    ASSERT_TRUE(path.has_value()) << text;
    EXPECT_EQ(path->Text(), text);
  }
  for (const char* text : {"", "0", "0:", "0:1.torn", "0:1.flood.2",
                           "x:1.torn.2", "0:1.torn.2,", "0:1.torn.2:3"}) {
    EXPECT_FALSE(StatePath::Parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace rowan
