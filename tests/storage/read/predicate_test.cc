// SPDX-License-Identifier: Apache-2.0
#include "storage/read/predicate.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "storage/model/composite/type_name.h"
#include "storage/model/composite/value_parts.h"
#include "storage/model/value.h"
#include "tests/lib/row_literals.h"

namespace rowan {
namespace {

Column ColumnOf(std::string_view type) {
  return {ColumnId{7}, "c", TypeFromName(type).value()};
}

absl::StatusOr<Predicate> Made(const Column& column, PredicateOp op,
                               const std::vector<std::string>& literals) {
  const absl::StatusOr<const ColumnType*> type = OperandType(column.type, op);
  if (!type.ok()) return type.status();
  std::vector<std::string> values;
  for (const std::string& literal : literals) {
    values.push_back(ParseValue(**type, literal).value());
  }
  const std::vector<std::string_view> views(values.begin(), values.end());
  return Predicate::Make(column, op, views);
}

// `value op literals` of a column of `type`, all as text; nullopt is null.
bool Holds(std::string_view type, const std::optional<std::string>& value,
           PredicateOp op, const std::vector<std::string>& literals) {
  const Column column = ColumnOf(type);
  const Predicate predicate = Made(column, op, literals).value();
  if (!value.has_value()) return predicate.Holds(std::nullopt).value();
  return predicate.Holds(ParseValue(column.type, *value).value()).value();
}

using Op = PredicateOp;

TEST(Predicate, NumbersCompareBySizeAndNotByBytes) {
  for (const char* type :
       {"tinyint", "int", "bigint", "varint", "double", "decimal"}) {
    EXPECT_TRUE(Holds(type, "-1", Op::kLess, {"1"})) << type;
    EXPECT_FALSE(Holds(type, "-1", Op::kGreater, {"1"})) << type;
    EXPECT_TRUE(Holds(type, "9", Op::kLess, {"10"})) << type;
    EXPECT_TRUE(Holds(type, "10", Op::kLessOrEqual, {"10"})) << type;
    EXPECT_TRUE(Holds(type, "10", Op::kGreaterOrEqual, {"10"})) << type;
    EXPECT_FALSE(Holds(type, "10", Op::kLess, {"10"})) << type;
    EXPECT_FALSE(Holds(type, "10", Op::kGreater, {"10"})) << type;
  }
}

// Durations have no order and no form but their bytes.
TEST(Predicate, NullsAtTheEndMakeNoOtherValueWithoutAnOrder) {
  const Column column = ColumnOf("tuple<duration, int>");
  const std::string without = ParseValue(column.type, "(1mo)").value();
  const std::string with = without + "\xff\xff\xff\xff";
  const Predicate equal = Made(column, Op::kEqual, {"(1mo, null)"}).value();
  for (const std::string& stored : {with, without}) {
    EXPECT_TRUE(equal.Holds(stored).value());
    const std::string_view operand = stored;
    EXPECT_TRUE(Predicate::Make(column, Op::kIn, {&operand, 1})
                    .value()
                    .Holds(with)
                    .value());
  }
  const Column list = ColumnOf("frozen<list<tuple<duration, int>>>");
  std::string of_one("\0\0\0\1", 4);
  AppendPart(with, &of_one);
  EXPECT_TRUE(
      Made(list, Op::kContains, {"(1mo)"}).value().Holds(of_one).value());
}

TEST(Predicate, EqualityIsTheTypes) {
  EXPECT_TRUE(Holds("decimal", "1.0", Op::kEqual, {"1.00"}));
  EXPECT_FALSE(Holds("decimal", "1.0", Op::kNotEqual, {"1.00"}));
  EXPECT_TRUE(Holds("text", "", Op::kEqual, {""}));
  EXPECT_TRUE(Holds("text", "a", Op::kNotEqual, {"b"}));
  EXPECT_TRUE(Holds("double", "NaN", Op::kEqual, {"NaN"}));
  EXPECT_TRUE(Holds("double", "NaN", Op::kGreater, {"Infinity"}));
  EXPECT_TRUE(Holds("duration", "1mo", Op::kEqual, {"1mo"}));
  EXPECT_FALSE(Holds("duration", "1mo", Op::kEqual, {"30d"}));
}

TEST(Predicate, NullFailsAllButIsNull) {
  for (const Op op : {Op::kEqual, Op::kNotEqual, Op::kLess, Op::kLessOrEqual,
                      Op::kGreater, Op::kGreaterOrEqual, Op::kIn}) {
    EXPECT_FALSE(Holds("int", std::nullopt, op, {"1"}));
  }
  EXPECT_TRUE(Holds("int", std::nullopt, Op::kIsNull, {}));
  EXPECT_FALSE(Holds("int", std::nullopt, Op::kIsNotNull, {}));
  EXPECT_TRUE(Holds("int", "1", Op::kIsNotNull, {}));
  EXPECT_FALSE(Holds("int", "1", Op::kIsNull, {}));
}

TEST(Predicate, InFindsOneOfItsValues) {
  EXPECT_TRUE(Holds("int", "3", Op::kIn, {"5", "3", "-1"}));
  EXPECT_TRUE(Holds("int", "-1", Op::kIn, {"5", "3", "-1"}));
  EXPECT_FALSE(Holds("int", "4", Op::kIn, {"5", "3", "-1"}));
  EXPECT_FALSE(Holds("int", "4", Op::kIn, {}));
}

TEST(Predicate, ContainsLooksIntoFrozenCollections) {
  EXPECT_TRUE(Holds("frozen<list<int>>", "[3, 1, 3]", Op::kContains, {"1"}));
  EXPECT_FALSE(Holds("frozen<list<int>>", "[]", Op::kContains, {"1"}));
  EXPECT_TRUE(Holds("frozen<set<text>>", "{'a', 'b'}", Op::kContains, {"b"}));
  const char* map = "frozen<map<int, text>>";
  EXPECT_TRUE(Holds(map, "{1: 'x'}", Op::kContainsKey, {"1"}));
  EXPECT_FALSE(Holds(map, "{1: 'x'}", Op::kContainsKey, {"2"}));
  EXPECT_TRUE(Holds(map, "{1: 'x'}", Op::kContains, {"x"}));
  EXPECT_FALSE(Holds(map, "{1: 'x'}", Op::kContains, {"y"}));
}

TEST(Predicate, ComparisonsThatATypeHasNotAreRefused) {
  const auto refused = [](std::string_view type, Op op) {
    return absl::IsInvalidArgument(
        OperandType(TypeFromName(type).value(), op).status());
  };
  EXPECT_TRUE(refused("duration", Op::kLess));
  EXPECT_TRUE(refused("frozen<map<int, int>>", Op::kGreater));
  EXPECT_TRUE(refused("set<int>", Op::kLess));
  EXPECT_TRUE(refused("int", Op::kContains));
  EXPECT_TRUE(refused("frozen<set<int>>", Op::kContainsKey));
  EXPECT_FALSE(refused("frozen<set<int>>", Op::kLess));
}

TEST(Predicate, WrongNumberOfOperandsIsRefused) {
  const Column column = ColumnOf("int");
  EXPECT_TRUE(absl::IsInvalidArgument(
      Predicate::Make(column, Op::kEqual, {}).status()));
  const std::string_view one("\0\0\0\1", 4);
  EXPECT_TRUE(absl::IsInvalidArgument(
      Predicate::Make(column, Op::kIsNull, {&one, 1}).status()));
  const std::string_view malformed("x");
  EXPECT_TRUE(absl::IsInvalidArgument(
      Predicate::Make(column, Op::kEqual, {&malformed, 1}).status()));
}

TEST(Predicate, MalformedStoredValueIsDataLoss) {
  const Predicate predicate = Made(ColumnOf("int"), Op::kLess, {"5"}).value();
  EXPECT_TRUE(absl::IsDataLoss(predicate.Holds("abc").status()));
}

TEST(Predicate, FindsItsColumnInARow) {
  const Predicate predicate = Made(ColumnOf("text"), Op::kEqual, {"v"}).value();
  Row row;
  EXPECT_FALSE(predicate.HoldsFor(&row).value());
  EXPECT_FALSE(predicate.HoldsFor(nullptr).value());
  row.cells = {LiveCell(6, 1, "v"), LiveCell(8, 1, "v")};
  EXPECT_FALSE(predicate.HoldsFor(&row).value());
  row.cells = {LiveCell(6, 1, "x"), LiveCell(7, 1, "v"), LiveCell(8, 1, "x")};
  EXPECT_TRUE(predicate.HoldsFor(&row).value());
}

TEST(Predicate, GathersElementsOfWhatIsNotFrozen) {
  const std::string one = ParseValue({TypeKind::kTinyint}, "1").value();
  const std::string two = ParseValue({TypeKind::kTinyint}, "2").value();
  // The key form of a tinyint.
  Row row;
  row.cells = {Element("\x81", LiveCell(7, 1, one)),
               Element("\x82", LiveCell(7, 1, two))};
  const auto holds = [&row](const char* type, Op op, const char* literal) {
    return Made(ColumnOf(type), op, {literal}).value().HoldsFor(&row).value();
  };
  EXPECT_TRUE(holds("set<tinyint>", Op::kContains, "2"));
  EXPECT_FALSE(holds("set<tinyint>", Op::kContains, "3"));
  EXPECT_TRUE(holds("map<tinyint, tinyint>", Op::kContainsKey, "1"));
  EXPECT_TRUE(holds("map<tinyint, tinyint>", Op::kEqual, "{1: 1, 2: 2}"));
  EXPECT_TRUE(holds("list<tinyint>", Op::kEqual, "[1, 2]"));
  EXPECT_FALSE(holds("list<tinyint>", Op::kEqual, "[2, 1]"));
}

// A user type of one tinyint, before it got a second field.
TEST(Predicate, AsksNothingOfFieldsThatTheTypeGotLater) {
  const auto arguments = [](std::vector<ColumnType> types) {
    std::vector<std::string> names = {"a", "b"};
    names.resize(types.size());
    return std::make_shared<const TypeArguments>(TypeArguments{
        .types = std::move(types), .name = "u", .field_names = names});
  };
  const ColumnType tinyint{TypeKind::kTinyint};
  const ColumnType loose{TypeKind::kUserType, false, arguments({tinyint})};
  const auto holds = [](const ColumnType& type, Op op,
                        const std::vector<std::string>& literals,
                        const Row& row) {
    return Made({ColumnId{7}, "c", type}, op, literals)
        .value()
        .HoldsFor(&row)
        .value();
  };
  Row row;
  row.cells = {Element({"\0\0", 2}, LiveCell(7, 1, "\1")),
               Element({"\0\1", 2}, LiveCell(7, 1, "\2"))};
  EXPECT_TRUE(holds(loose, Op::kEqual, {"{a: 1}"}, row));
  row.cells.erase(row.cells.begin());
  EXPECT_TRUE(holds(loose, Op::kIsNull, {}, row));
  EXPECT_FALSE(holds(loose, Op::kEqual, {"{a: 1}"}, row));
  const ColumnType newer{TypeKind::kUserType, true,
                         arguments({tinyint, tinyint})};
  const std::string value = ParseValue(newer, "{a: 1, b: 2}").value();
  row.cells = {LiveCell(7, 1, value)};
  EXPECT_TRUE(holds(Frozen(loose), Op::kEqual, {"{a: 1}"}, row));
}

}  // namespace
}  // namespace rowan
