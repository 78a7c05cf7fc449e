// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "tests/model/case/generator.h"
#include "tests/model/case/shrink.h"
#include "tests/model/case/test_case.h"

namespace rowan {
namespace {

TEST(CaseText, GeneratedCasesComeBackAndTheirSchemasAreValid) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const TestCase test = GenerateCase(seed, OptionSets()[seed % 3]);
    const std::string text = FormatCase(test);
    const absl::StatusOr<TestCase> read = ParseCase(text);
    ASSERT_TRUE(read.ok()) << read.status();
    ASSERT_EQ(FormatCase(*read), text);
    const absl::Status valid = SchemaOf(test.shape, {})->Validate();
    ASSERT_TRUE(valid.ok()) << valid;
  }
}

TableShape ShapeOfAllKinds() {
  return ParseShape(
             "table keys=1 clustering=int,text statics=p regulars=p,e,u,l "
             "grace=5")
      .value();
}

TEST(CaseText, OperationsAreRead) {
  const TableShape shape = ShapeOfAllKinds();
  EXPECT_TRUE(ParseOperation(shape, "write key=1 age=2 set:0.1:r1/3=2+5").ok());
  EXPECT_TRUE(ParseOperation(shape, "read slice=[0..1) slice=(1.2..2]").ok());
  EXPECT_TRUE(ParseOperation(shape, "check if=s:none key=1 set:s:s0=1").ok());
  EXPECT_TRUE(ParseOperation(shape, "write back:0.1:r3=1 put:0.1:r1=2").ok());
  EXPECT_TRUE(ParseOperation(shape, "queued at:0.1:r3/1=2 gone:0.0").ok());
  EXPECT_TRUE(
      ParseOperation(shape,
                     "check-until-crash 3 if=wide:none if=0.1 where=r2:eq:1 "
                     "key=1 mark:0.1 else erase:0.1:r3/0 & if=s key=1 mark:0.1")
          .ok());
}

TEST(CaseText, MistakesAreRefused) {
  const TableShape shape = ShapeOfAllKinds();
  for (const char* line : {"",
                           "write at:0.1:r3/1=2",
                           "write back:0.1:r1=1",
                           "write put:0.1:r0=1",
                           "write set:0.1:r3/0=1",
                           "queued mark:0.1 & mark:0.2",
                           "check if=wide key=1 mark:0.1",
                           "check if=s key=1 else",
                           "check where=r0:eq:1 key=1 mark:0.1",
                           "check if=s key=1 mark:0.1 else mark:0",
                           "truncate 1",
                           "snapshot 2",
                           "restore",
                           "tune 4",
                           "write",
                           "write key=1",
                           "write key=8 gone",
                           "write gone &",
                           "write gone:0",
                           "write gone:0.4",
                           "write gone:s",
                           "write set:0.1:s0=1",
                           "write set:0.1:r2=1",
                           "write set:0.1:r0=4",
                           "write set:0.1:r0",
                           "write set:0.1:r1=1",
                           "read where=r0:lt",
                           "read where=r0:lt:1.2",
                           "read where=r1:lt:1",
                           "read where=r0:has:1",
                           "read where=c2:eq:1",
                           "check key=1 mark:0.1",
                           "check if=0.1 where=c0:eq:1 key=1 mark:0.1",
                           "check if=0.1 key=1 mark:0.1 & key=2 mark:0.1",
                           "count",
                           "count key=1 add=+1",
                           "count-until-crash 3 key=1 add=1",
                           "count-until-crash 3 key=1 gone",
                           "drop c0",
                           "drop r4",
                           "grow",
                           "write gone:[0..1",
                           "read in=",
                           "read in=2.1",
                           "read keys=2..1",
                           "read reversed",
                           "read slice=0..1",
                           "next 3",
                           "clock",
                           "flush now",
                           "fly"}) {
    EXPECT_FALSE(ParseOperation(shape, line).ok()) << line;
  }
  for (const char* line :
       {"", "table clustering=bool", "table keys=3", "table statics=p",
        "table grace=x", "table fats", "tables"}) {
    EXPECT_FALSE(ParseShape(line).ok()) << line;
  }
  EXPECT_FALSE(ParseCase("table\noptions none seed 1\n").ok());
}

// A failure that needs one part of one write, and a crash after it.
bool DeletesThenCrashes(const TestCase& test) {
  bool deletes = false;
  for (const Operation& operation : test.operations) {
    for (const WriteOperation& write : operation.writes) {
      for (const WritePart& part : write.parts) {
        deletes |= part.kind == WritePart::Kind::kDeleteWideRow;
      }
    }
    if (deletes && operation.kind == Operation::Kind::kDie) return true;
  }
  return false;
}

TEST(Shrink, LeavesWhatTheFailureNeeds) {
  const TestCase test =
      ParseCase(
          "table clustering=int regulars=p grace=5\noptions one seed 1\n"
          "flush\nread reverse\nwrite key=3 age=1 mark:0 gone set:1:r0=1\n"
          "clock 1\nwrite key=1 mark:1\ncrash\nread\ncrash\n")
          .value();
  const TestCase least = Shrink(test, DeletesThenCrashes, 1000);
  EXPECT_EQ(FormatCase(least),
            "table keys=1 clustering=int statics= regulars=p grace=5\n"
            "options one seed 1\nwrite key=0 age=0 gone\ncrash\n");
}

}  // namespace
}  // namespace rowan
