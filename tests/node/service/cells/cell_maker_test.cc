// SPDX-License-Identifier: Apache-2.0
#include "node/service/cells/cell_maker.h"

#include <algorithm>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/service/cells/element_reader.h"
#include "node/service/wire/request_error.h"
#include "tests/node/service_node.h"
#include "tests/storage/model/composite/random_type.h"

namespace rowan {
namespace {

using testing::ElementsAre;

constexpr uint32_t kNowS = 1000;
const ColumnType kTextType{TypeKind::kText};
const ColumnType kIntType{TypeKind::kInt};

v1::Value List(const std::vector<v1::Value>& elements) {
  v1::Value value;
  value.mutable_list_value();
  for (const v1::Value& element : elements) {
    *value.mutable_list_value()->add_values() = element;
  }
  return value;
}

v1::Value Set(const std::vector<v1::Value>& elements) {
  v1::Value value;
  *value.mutable_set_value() = List(elements).list_value();
  return value;
}

v1::Value Map(const std::vector<v1::Value>& keys,
              const std::vector<v1::Value>& values) {
  v1::Value value;
  *value.mutable_map_value()->mutable_keys() = List(keys).list_value().values();
  *value.mutable_map_value()->mutable_values() =
      List(values).list_value().values();
  return value;
}

v1::Value Udt(const std::vector<v1::Value>& fields) {
  v1::Value value;
  *value.mutable_udt_value()->mutable_values() =
      List(fields).list_value().values();
  return value;
}

class CellMakerTest : public testing::Test {
 protected:
  static Column ColumnOfType(ColumnType type) {
    return {.id = ColumnId{4}, .name = "v", .type = std::move(type)};
  }
  absl::Status Replace(const ColumnType& type, const v1::Value& value,
                       const CellStamp& stamp = {10}) {
    return maker_.Replace(ColumnOfType(type), values_.emplace_back(value),
                          stamp, &cells_);
  }
  absl::Status Add(const ColumnType& type, const v1::Value& value,
                   ListEnd end = ListEnd::kBack,
                   const CellStamp& stamp = {10}) {
    return maker_.Add(ColumnOfType(type), values_.emplace_back(value), end,
                      stamp, &cells_);
  }
  // "deletion@9", "live@10", "tombstone@10", "ttl60@10" per cell.
  std::vector<std::string> Kinds() const {
    std::vector<std::string> kinds;
    for (const Cell& cell : cells_) {
      const std::string at = "@" + std::to_string(cell.timestamp);
      switch (cell.kind) {
        case CellKind::kLive:
          kinds.push_back("live" + at);
          break;
        case CellKind::kExpiring:
          EXPECT_EQ(cell.local_time_s, kNowS + cell.ttl_s);
          kinds.push_back("ttl" + std::to_string(cell.ttl_s) + at);
          break;
        case CellKind::kTombstone:
          EXPECT_EQ(cell.local_time_s, kNowS);
          kinds.push_back("tombstone" + at);
          break;
        case CellKind::kColumnDeletion:
          EXPECT_EQ(cell.local_time_s, kNowS);
          kinds.push_back("deletion" + at);
          break;
      }
    }
    return kinds;
  }
  // What a reader gets of the live cells.
  std::string Shown(const ColumnType& type) {
    std::sort(cells_.begin(), cells_.end(), [](const Cell& a, const Cell& b) {
      return ComparePlaces(a, b) < 0;
    });
    v1::Value value;
    for (const Cell& cell : cells_) {
      if (!cell.has_value()) continue;
      EXPECT_TRUE(AppendElement(type, cell, &value).ok());
    }
    return value.ShortDebugString();
  }
  static std::string Reason(const absl::Status& status) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    v1::Error error;
    FillError(status, &error);
    return error.reason() + " " + error.field();
  }

  Mutation mutation_;
  CellMaker maker_{kNowS, &mutation_};
  std::deque<v1::Value> values_;  // cells point into them
  std::vector<Cell> cells_;
};

TEST_F(CellMakerTest, AnOverwriteDeletesWhatIsOlderThanItself) {
  ASSERT_TRUE(Replace(SetOf(kIntType), Set({Int(2), Int(1), Int(2)})).ok());
  EXPECT_THAT(Kinds(), ElementsAre("deletion@9", "live@10", "live@10"));
  EXPECT_EQ(Shown(SetOf(kIntType)), Set({Int(1), Int(2)}).ShortDebugString());
}

TEST_F(CellMakerTest, EmptyValuesAreTheDeletionAloneAndNullsDeleteAtTheirTime) {
  ASSERT_TRUE(Replace(ListOf(kIntType), List({})).ok());
  EXPECT_THAT(Kinds(), ElementsAre("deletion@9"));
  cells_.clear();
  ASSERT_TRUE(Replace(MapOf(kIntType, kIntType), Null()).ok());
  EXPECT_THAT(Kinds(), ElementsAre("deletion@10"));
  cells_.clear();
  ASSERT_TRUE(Replace(Frozen(SetOf(kIntType)), Null()).ok());
  ASSERT_TRUE(Replace(kIntType, Int(1)).ok());
  EXPECT_THAT(Kinds(), ElementsAre("tombstone@10", "live@10"));
}

TEST_F(CellMakerTest, NothingIsBeforeTheFirstTimestamp) {
  const int64_t first = kNoTimestamp + 1;
  ASSERT_TRUE(Replace(SetOf(kIntType), Set({Int(1)}), {first}).ok());
  EXPECT_EQ(cells_.size(), 1u);
}

TEST_F(CellMakerTest, ElementsHaveTheirTimeToLive) {
  ASSERT_TRUE(
      Replace(MapOf(kTextType, kIntType), Map({Text("a")}, {Int(1)}), {10, 60})
          .ok());
  EXPECT_THAT(Kinds(), ElementsAre("deletion@9", "ttl60@10"));
}

TEST_F(CellMakerTest, MapsAscendByKeyAndRefuseOneTwice) {
  const ColumnType type = MapOf(kTextType, kIntType);
  ASSERT_TRUE(Add(type, Map({Text("b"), Text("a")}, {Int(1), Int(2)})).ok());
  EXPECT_EQ(Shown(type),
            Map({Text("a"), Text("b")}, {Int(2), Int(1)}).ShortDebugString());
  EXPECT_EQ(Reason(Add(type, Map({Text("a"), Text("a")}, {Int(1), Int(2)}))),
            "KEY_TWICE map_value.keys");
  EXPECT_EQ(Reason(Add(type, Map({Text("a")}, {Null()}))),
            "NULL_ELEMENT map_value.values[0]");
  EXPECT_EQ(Reason(Add(type, Set({Text("a")}))), "WRONG_TYPE ");
}

TEST_F(CellMakerTest, ListsKeepTheOrderOfTheirWrites) {
  const ColumnType type = ListOf(kIntType);
  ASSERT_TRUE(Add(type, List({Int(3), Int(1)})).ok());
  ASSERT_TRUE(Add(type, List({Int(1)})).ok());
  ASSERT_TRUE(Add(type, List({Int(8), Int(9)}), ListEnd::kFront).ok());
  ASSERT_TRUE(Add(type, List({Int(7)}), ListEnd::kFront, {11}).ok());
  EXPECT_EQ(Shown(type), List({Int(7), Int(8), Int(9), Int(3), Int(1), Int(1)})
                             .ShortDebugString());
}

TEST_F(CellMakerTest, ARepeatedAppendIsTheSameAppend) {
  const ColumnType type = ListOf(kIntType);
  ASSERT_TRUE(Add(type, List({Int(3), Int(3)})).ok());
  Mutation again;
  std::vector<Cell> cells;
  ASSERT_TRUE(CellMaker(kNowS, &again)
                  .Add(ColumnOfType(type), List({Int(3), Int(3)}),
                       ListEnd::kBack, {10}, &cells)
                  .ok());
  ASSERT_EQ(cells.size(), 2u);
  EXPECT_EQ(cells[0].path, cells_[0].path);
  EXPECT_EQ(cells[1].path, cells_[1].path);
  EXPECT_NE(cells[0].path, cells[1].path);
}

TEST_F(CellMakerTest, FieldsOfUserTypesStandAlone) {
  const ColumnType type =
      UserType("u", {"a", "b", "c"}, {kIntType, kTextType, kIntType});
  ASSERT_TRUE(Add(type, Udt({Null(), Text("x")})).ok());
  EXPECT_THAT(Kinds(), ElementsAre("tombstone@10", "live@10"));
  EXPECT_EQ(Shown(type), Udt({Null(), Text("x")}).ShortDebugString());
  cells_.clear();
  ASSERT_TRUE(Replace(type, Udt({Null(), Text("x")})).ok());
  EXPECT_THAT(Kinds(), ElementsAre("deletion@9", "live@10"));
}

TEST_F(CellMakerTest, RemovalsAreTombstonesOfElementsAndKeys) {
  for (const ColumnType& type : {SetOf(kIntType), MapOf(kIntType, kTextType)}) {
    cells_.clear();
    ASSERT_TRUE(maker_
                    .Remove(ColumnOfType(type), Set({Int(1), Int(1), Int(2)}),
                            10, &cells_)
                    .ok());
    EXPECT_THAT(Kinds(), ElementsAre("tombstone@10", "tombstone@10"));
  }
  EXPECT_EQ(Reason(maker_.Remove(ColumnOfType(UserType("u", {"a"}, {kIntType})),
                                 Set({Int(1)}), 10, &cells_)),
            "WRONG_TYPE ");
}

TEST_F(CellMakerTest, PathsEndAtTheirLimit) {
  const ColumnType type = SetOf(kTextType);
  // Two bytes end a text's key form.
  for (const size_t size : {kPathBytesMax - 3, kPathBytesMax - 2}) {
    EXPECT_TRUE(Add(type, Set({Text(std::string(size, 'x'))})).ok()) << size;
  }
  const v1::Value beyond = Set({Text(std::string(kPathBytesMax - 1, 'x'))});
  const absl::Status status = Add(type, beyond);
  EXPECT_EQ(Reason(status), "OVER_LIMIT set_value.values[0]");
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("65536"));
  EXPECT_EQ(Reason(maker_.Remove(ColumnOfType(type), beyond, 10, &cells_)),
            "OVER_LIMIT set_value.values[0]");
}

TEST_F(CellMakerTest, AnyStoredPathIsReadOrRefused) {
  SimRandom random(9);
  const ColumnType user = UserType("u", {"a", "b"}, {kIntType, kTextType});
  for (int round = 0; round < 20'000; ++round) {
    std::string path(1 + random.Below(8), '\0');
    for (char& byte : path) byte = static_cast<char>(random.Below(4));
    const ColumnType types[] = {SetOf(kTextType), MapOf(kIntType, kTextType),
                                ListOf(kIntType), user,
                                SetOf(Frozen(ListOf(kTextType)))};
    Cell cell{.column = ColumnId{4}, .value = "1234", .path = path};
    v1::Value value;
    AppendElement(types[random.Below(5)], cell, &value).IgnoreError();
  }
  v1::Value value;
  Cell cell{.column = ColumnId{4}, .value = "1234"};
  cell.path = std::string_view("\0\2", 2);
  EXPECT_EQ(AppendElement(user, cell, &value).code(),
            absl::StatusCode::kDataLoss);
  cell.path = "x";
  EXPECT_EQ(AppendElement(SetOf(kTextType), cell, &value).code(),
            absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace rowan
