// SPDX-License-Identifier: Apache-2.0
#include "storage/read/row_filter.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/lib/test_tables.h"

namespace rowan {
namespace {

class RowFilterTest : public testing::Test {
 protected:
  Predicate Ask(std::string_view column, PredicateOp op,
                std::string_view operand) {
    return Predicate::Make(*schema_->FindColumn(column), op, {&operand, 1})
        .value();
  }
  Predicate AskNull(std::string_view column) {
    return Predicate::Make(*schema_->FindColumn(column), PredicateOp::kIsNull,
                           {})
        .value();
  }
  RowFilter Of(std::vector<Predicate> predicates) {
    return RowFilter(schema_, std::move(predicates));
  }
  static std::string BigInt(int64_t number) {
    std::string bytes;
    PutBig(static_cast<uint64_t>(number), &bytes);
    return bytes;
  }
  static Row With(ColumnId column, std::string_view value) {
    Row row;
    row.cells.push_back({.column = column, .value = value});
    return row;
  }

  std::shared_ptr<const Schema> schema_ = TestSchema(1);
};

TEST_F(RowFilterTest, HeadKnowsPartitionKeyAndStaticColumns) {
  const Row statics = With(kStaticColumn, "on");
  const RowFilter filter = Of({Ask("key", PredicateOp::kEqual, "a"),
                               Ask("s", PredicateOp::kEqual, "on"),
                               Ask("v", PredicateOp::kEqual, "never")});
  EXPECT_TRUE(filter.HoldsForWideRow("a", &statics).value());
  EXPECT_FALSE(filter.HoldsForWideRow("b", &statics).value());
  EXPECT_FALSE(filter.HoldsForWideRow("a", nullptr).value());
}

TEST_F(RowFilterTest, RowsKnowClusteringKeyAndRegularColumns) {
  const Row row = With(kValueColumn, "x");
  const RowFilter filter = Of({Ask("ck", PredicateOp::kLess, BigInt(5)),
                               Ask("v", PredicateOp::kNotEqual, "y"),
                               Ask("key", PredicateOp::kEqual, "never")});
  EXPECT_TRUE(filter.HoldsForRow(TestPosition(*schema_, -4), &row).value());
  EXPECT_FALSE(filter.HoldsForRow(TestPosition(*schema_, 5), &row).value());
  const Row other = With(kValueColumn, "y");
  EXPECT_FALSE(filter.HoldsForRow(TestPosition(*schema_, 4), &other).value());
  const Row none;
  EXPECT_FALSE(filter.HoldsForRow(TestPosition(*schema_, 4), &none).value());
}

TEST_F(RowFilterTest, StaticRowAloneHasNullKeyAndColumns) {
  EXPECT_TRUE(
      Of({AskNull("ck"), AskNull("v")}).HoldsForRow({}, nullptr).value());
  EXPECT_FALSE(Of({Ask("ck", PredicateOp::kLess, BigInt(5))})
                   .HoldsForRow({}, nullptr)
                   .value());
}

TEST_F(RowFilterTest, ForeignKeysAreDataLoss) {
  const RowFilter filter = Of({Ask("ck", PredicateOp::kLess, BigInt(5))});
  EXPECT_TRUE(absl::IsDataLoss(filter.HoldsForRow("\x40x", nullptr).status()));
}

}  // namespace
}  // namespace rowan
