// SPDX-License-Identifier: Apache-2.0
#include "node/service/wire/composite_value.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "node/service/wire/missing_fields.h"
#include "node/service/wire/request_error.h"
#include "node/service/wire/value_codec.h"
#include "storage/model/composite/composite_codec.h"
#include "storage/model/composite/type_name.h"
#include "storage/model/value.h"
#include "tests/node/service_node.h"
#include "tests/storage/model/composite/random_type.h"

namespace rowan {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::HasSubstr;

class CompositeValueTest : public testing::Test {
 protected:
  absl::StatusOr<std::string> Encode(const ColumnType& type,
                                     const v1::Value& value) {
    std::deque<std::string> kept;
    const auto bytes = EncodeValue(type, value, [&kept](std::string built) {
      kept.push_back(std::move(built));
      return std::string_view(kept.back());
    });
    if (!bytes.ok()) return bytes.status();
    return std::string(*bytes);
  }
  absl::StatusOr<std::string> Encode(const std::string& type,
                                     const v1::Value& value) {
    return Encode(TypeOf(type), value);
  }
  // The literal of what is stored.
  std::string Stored(const std::string& type, const v1::Value& value) {
    const auto bytes = Encode(type, value);
    EXPECT_TRUE(bytes.ok()) << bytes.status();
    return bytes.ok() ? FormatValue(TypeOf(type), *bytes) : "refused";
  }
  // "REASON field" of a refusal.
  std::string Refusal(const std::string& type, const v1::Value& value) {
    const absl::Status status = Encode(type, value).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    v1::Error error;
    FillError(status, &error);
    return error.reason() + " " + error.field();
  }
  static ColumnType TypeOf(const std::string& name) {
    const std::vector<ColumnType> user_types = {UserType(
        "address", {"street", "no"}, {{TypeKind::kText}, {TypeKind::kInt}})};
    auto type = TypeFromName(name, user_types);
    EXPECT_TRUE(type.ok()) << type.status();
    return type.value_or(ColumnType{});
  }
  static v1::Value List(const std::vector<v1::Value>& elements) {
    v1::Value value;
    value.mutable_list_value();
    for (const v1::Value& element : elements) {
      *value.mutable_list_value()->add_values() = element;
    }
    return value;
  }
  static v1::Value Set(const std::vector<v1::Value>& elements) {
    v1::Value value;
    *value.mutable_set_value() = List(elements).list_value();
    return value;
  }
  static v1::Value Tuple(const std::vector<v1::Value>& fields) {
    v1::Value value;
    *value.mutable_tuple_value() = List(fields).list_value();
    return value;
  }
  static v1::Value Map(const std::vector<v1::Value>& keys,
                       const std::vector<v1::Value>& values) {
    v1::Value value;
    *value.mutable_map_value()->mutable_keys() =
        List(keys).list_value().values();
    *value.mutable_map_value()->mutable_values() =
        List(values).list_value().values();
    return value;
  }
  static v1::Value Udt(const std::vector<std::string>& fields,
                       const std::vector<v1::Value>& values) {
    v1::Value value;
    *value.mutable_udt_value()->mutable_values() =
        List(values).list_value().values();
    for (const std::string& field : fields) {
      value.mutable_udt_value()->add_fields(field);
    }
    return value;
  }
  static v1::Value Float(float number) {
    v1::Value value;
    value.set_float_value(number);
    return value;
  }
};

TEST_F(CompositeValueTest, EveryKindComesBackAsItWas) {
  const v1::Value list = List({Text(""), Text("b"), Text("b")});
  const v1::Value tuple = Tuple({Null(), Text("x")});
  v1::Value vector;
  vector.mutable_vector_value()->add_values(1.5f);
  vector.mutable_vector_value()->add_values(-0.0f);
  for (const auto& [type, value] :
       std::vector<std::pair<std::string, v1::Value>>{
           {"list<text>", list},
           {"set<int>", Set({Int(-1), Int(2)})},
           {"map<text, frozen<list<text>>>", Map({Text("k")}, {list})},
           {"map<int, int>", Map({}, {})},
           {"tuple<int, text, int>", tuple},
           {"address", Udt({}, {Text("s"), Int(7)})},
           {"address", Udt({}, {})},
           {"vector<float, 2>", vector}}) {
    const auto bytes = Encode(type, value);
    ASSERT_TRUE(bytes.ok()) << type << bytes.status();
    v1::Value back;
    ASSERT_TRUE(DecodeValue(TypeOf(type), *bytes, &back).ok()) << type;
    EXPECT_TRUE(MessageDifferencer::Equals(value, back))
        << type << back.DebugString();
  }
}

// Of each tuple and user type in `value`, null or not.
bool HasAllFields(const ColumnType& type, const v1::Value& value) {
  const auto each = [&](const auto& values, const ColumnType& element) {
    return std::all_of(values.begin(), values.end(), [&](const v1::Value& one) {
      return HasAllFields(element, one);
    });
  };
  const auto fields = [&](const auto& values) {
    const auto& types = type.arguments->types;
    if (static_cast<size_t>(values.size()) != types.size()) return false;
    for (int i = 0; i < values.size(); ++i) {
      if (!HasAllFields(types[static_cast<size_t>(i)], values[i])) return false;
    }
    return true;
  };
  switch (value.kind_case()) {
    case v1::Value::kListValue:
      return each(value.list_value().values(), type.arguments->types[0]);
    case v1::Value::kSetValue:
      return each(value.set_value().values(), type.arguments->types[0]);
    case v1::Value::kMapValue:
      return each(value.map_value().keys(), type.arguments->types[0]) &&
             each(value.map_value().values(), type.arguments->types[1]);
    case v1::Value::kTupleValue:
      return fields(value.tuple_value().values());
    case v1::Value::kUdtValue:
      return fields(value.udt_value().values());
    default:
      return true;
  }
}

TEST_F(CompositeValueTest, AnyStoredValueComesBackWithAllItsFields) {
  SimRandom random(3);
  int normal = 0;
  size_t nulls = 0;
  for (int round = 0; round < 3000; ++round) {
    const ColumnType type = RandomComposite(random, 4, Durations::kToo);
    const std::string bytes = RandomValueOf(random, type);
    v1::Value value;
    ASSERT_TRUE(DecodeValue(type, bytes, &value).ok()) << TypeName(type);
    size_t nulls_left = kShownNullsMax;
    ShowMissingFields(type, &nulls_left, &value);
    nulls += kShownNullsMax - nulls_left;
    EXPECT_TRUE(HasAllFields(type, value)) << TypeName(type);
    const auto back = Encode(type, value);
    ASSERT_TRUE(back.ok()) << TypeName(type) << back.status();
    EXPECT_EQ(*back, NormalForm(type, bytes)) << TypeName(type);
    normal += *back == bytes ? 1 : 0;
  }
  EXPECT_GT(normal, 1000);
  EXPECT_LT(normal, 3000);
  EXPECT_GT(nulls, 1000u);
}

// 4 bytes each that stand for 256 fields.
TEST_F(CompositeValueTest, MissingFieldsAreShownUpToABound) {
  const ColumnType type =
      ListOf(TupleOf(std::vector<ColumnType>(256, {TypeKind::kInt})));
  constexpr int kElements = 1000;
  v1::Value value = List(std::vector<v1::Value>(kElements, Tuple({})));
  const std::string bytes = *Encode(type, value);
  size_t nulls_left = kShownNullsMax;
  ShowMissingFields(type, &nulls_left, &value);
  EXPECT_EQ(nulls_left, 0u);
  EXPECT_EQ(value.list_value().values(255).tuple_value().values_size(), 256);
  EXPECT_EQ(value.list_value().values(256).tuple_value().values_size(), 0);
  EXPECT_EQ(*Encode(type, value), bytes);
  EXPECT_LT(FormatValue(type, bytes).size(),
            kShownNullsMax * 6 + kElements * 4);
}

TEST_F(CompositeValueTest, NullsAtTheEndMakeNoOtherValue) {
  const v1::Value with = Udt({}, {Text("s"), Null()});
  const v1::Value without = Udt({}, {Text("s")});
  EXPECT_EQ(*Encode("address", with), *Encode("address", without));
  EXPECT_EQ(*Encode("address", Udt({"no", "street"}, {Null(), Text("s")})),
            *Encode("address", without));
  EXPECT_EQ(*Encode("address", Udt({}, {Null(), Null()})), "");
  EXPECT_EQ(*Encode("tuple<int, int, int>", Tuple({Int(1), Null(), Null()})),
            *Encode("tuple<int, int, int>", Tuple({Int(1)})));
  EXPECT_EQ(*Encode("list<frozen<address>>", List({with, with})),
            *Encode("list<frozen<address>>", List({without, without})));
  EXPECT_EQ(Stored("set<frozen<address>>", Set({with, without})),
            "{{street: 's', no: null}}");
  EXPECT_EQ(*Encode("tuple<int, frozen<tuple<int, int>>>",
                    Tuple({Null(), Tuple({Int(1), Null()})})),
            *Encode("tuple<int, frozen<tuple<int, int>>>",
                    Tuple({Null(), Tuple({Int(1)})})));
}

TEST_F(CompositeValueTest, AnyBytesAreDecodedOrRefused) {
  SimRandom random(5);
  for (int round = 0; round < 10'000; ++round) {
    const ColumnType type = RandomComposite(random, 4, Durations::kToo);
    std::string bytes = RandomValueOf(random, type);
    for (char& byte : bytes) {
      if (random.Below(8) == 0) byte = static_cast<char>(random.Next());
    }
    v1::Value value;
    DecodeValue(type, bytes, &value).IgnoreError();
  }
  v1::Value value;
  EXPECT_EQ(DecodeValue(TypeOf("list<int>"), "\xff\xff\xff\xff", &value).code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(CompositeValueTest, SetsAndMapsAreSortedAndSetsHaveElementsOnce) {
  EXPECT_EQ(Stored("set<int>", Set({Int(3), Int(-1), Int(3), Int(2)})),
            "{-1, 2, 3}");
  EXPECT_EQ(
      Stored("map<text, int>", Map({Text("b"), Text("a")}, {Int(1), Int(2)})),
      "{'a': 2, 'b': 1}");
  EXPECT_EQ(
      Refusal("map<text, int>", Map({Text("a"), Text("a")}, {Int(1), Int(2)})),
      "KEY_TWICE map_value.keys");
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(Stored("set<float>",
                   Set({Float(nan), Float(0.0f), Float(-0.0f), Float(-nan)})),
            "{-0, 0, NaN}");
  EXPECT_EQ(Refusal("map<float, int>",
                    Map({Float(nan), Float(-nan)}, {Int(1), Int(2)})),
            "KEY_TWICE map_value.keys");
}

TEST_F(CompositeValueTest, NullsStandInFieldsOnly) {
  EXPECT_EQ(Stored("tuple<int, int>", Tuple({Null(), Int(1)})), "(null, 1)");
  EXPECT_EQ(Stored("tuple<int, int>", Tuple({Int(1)})), "(1, null)");
  EXPECT_EQ(Refusal("list<int>", List({Int(1), Null()})),
            "NULL_ELEMENT list_value.values[1]");
  EXPECT_EQ(Refusal("set<int>", Set({Null()})),
            "NULL_ELEMENT set_value.values[0]");
  EXPECT_EQ(Refusal("map<int, int>", Map({Int(1)}, {Null()})),
            "NULL_ELEMENT map_value.values[0]");
  EXPECT_EQ(Refusal("map<int, int>", Map({Null()}, {Int(1)})),
            "NULL_ELEMENT map_value.keys[0]");
}

TEST_F(CompositeValueTest, FieldsAreNamedOrInOrder) {
  EXPECT_EQ(Stored("address", Udt({"no"}, {Int(3)})), "{street: null, no: 3}");
  EXPECT_EQ(Stored("address", Udt({"no", "street"}, {Int(3), Text("x")})),
            "{street: 'x', no: 3}");
  EXPECT_EQ(Stored("address", Udt({}, {Text("x")})), "{street: 'x', no: null}");
  EXPECT_EQ(Refusal("address", Udt({"zip"}, {Int(3)})),
            "UNKNOWN_FIELD udt_value.fields[0]");
  EXPECT_EQ(Refusal("address", Udt({"no", "no"}, {Int(3), Int(3)})),
            "FIELD_TWICE udt_value.fields[1]");
  EXPECT_EQ(Refusal("address", Udt({"no"}, {})),
            "VALUE_COUNT udt_value.values");
  EXPECT_EQ(Refusal("address", Udt({}, {Text("x"), Int(1), Int(2)})),
            "VALUE_COUNT udt_value.values");
}

TEST_F(CompositeValueTest, WrongKindsAreBlamedWhereTheyStand) {
  EXPECT_EQ(Refusal("list<int>", Int(1)), "WRONG_TYPE ");
  EXPECT_EQ(Refusal("list<int>", Set({Int(1)})), "WRONG_TYPE ");
  EXPECT_EQ(Refusal("tuple<int, text>", Tuple({Int(1), Int(2)})),
            "WRONG_TYPE tuple_value.values[1]");
  EXPECT_EQ(Refusal("map<int, text>", Map({Int(1)}, {v1::Value()})),
            "WRONG_TYPE map_value.values[0]");
  EXPECT_EQ(Refusal("list<tinyint>", List({Int(128)})),
            "OUT_OF_RANGE list_value.values[0]");
  EXPECT_EQ(Refusal("list<text>", List({Text("\xff")})),
            "BAD_VALUE list_value.values[0]");
  EXPECT_EQ(Refusal("map<int, int>", Map({Int(1)}, {})),
            "VALUE_COUNT map_value.values");
  EXPECT_THAT(Encode("list<int>", Int(1)).status().message(),
              HasSubstr("takes list_value, not int_value"));
}

TEST_F(CompositeValueTest, VectorsHaveTheirTypesDimension) {
  v1::Value value;
  value.mutable_vector_value();
  for (int size = 0; size <= 3; ++size) {
    EXPECT_EQ(Encode("vector<float, 2>", value).ok(), size == 2) << size;
    value.mutable_vector_value()->add_values(1);
  }
}

TEST_F(CompositeValueTest, ACollectionHas65535ElementsAtMost) {
  v1::Value list = List({}), map = Map({}, {});
  for (uint32_t i = 0; i < kElementsMax; ++i) {
    *list.mutable_list_value()->add_values() = Int(1);
    *map.mutable_map_value()->add_keys() = Int(i);
    *map.mutable_map_value()->add_values() = Int(1);
  }
  EXPECT_TRUE(Encode("list<tinyint>", list).ok());
  EXPECT_TRUE(Encode("map<int, tinyint>", map).ok());
  *list.mutable_list_value()->add_values() = Int(1);
  *map.mutable_map_value()->add_keys() = Int(-1);
  *map.mutable_map_value()->add_values() = Int(1);
  EXPECT_EQ(Refusal("list<tinyint>", list), "OVER_LIMIT list_value.values");
  EXPECT_EQ(Refusal("map<int, tinyint>", map), "OVER_LIMIT map_value.keys");
}

TEST_F(CompositeValueTest, AMessageDeeperThanItsTypeIsOfAWrongKind) {
  ColumnType type = Frozen(ListOf({TypeKind::kInt}));
  v1::Value value = List({Int(1)});
  for (size_t depth = 1; depth < kTypeDepthMax; ++depth) {
    type = Frozen(ListOf(type));
    value = List({value});
  }
  ASSERT_TRUE(CheckType(type).ok());
  EXPECT_TRUE(Encode(type, value).ok());
  const auto deeper = Encode(type, List({value}));
  EXPECT_EQ(deeper.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(deeper.status().message(),
              HasSubstr("takes int_value, not list_value"));
}

}  // namespace
}  // namespace rowan
