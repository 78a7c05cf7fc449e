// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/element_arguments.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/storage/model/composite/random_type.h"
#include "tools/rowan/client/proto_value.h"

namespace rowan::cli {
namespace {

Schema MakeSchema() {
  const ColumnType text{TypeKind::kText}, number{TypeKind::kInt};
  Schema schema;
  uint32_t id = 0;
  const auto add = [&](const char* name, ColumnType type) {
    schema.columns.push_back(Column{ColumnId{++id}, name, std::move(type)});
  };
  add("t", text);
  add("f", Frozen(SetOf(number)));
  add("s", SetOf(text));
  add("m", MapOf(text, number));
  add("l", ListOf(number));
  add("u", UserType("address", {"street", "no"}, {text, number}));
  return schema;
}

// The operation and its values, "-" for a word of another form, or "!".
std::string Parsed(std::string_view word) {
  static const Schema& schema = *new Schema(MakeSchema());
  const auto parsed = ParseElementWord(schema, word);
  if (!parsed.ok()) return "!";
  if (!*parsed) return "-";
  const v1::UpdateElements& update = (*parsed)->update;
  EXPECT_EQ(update.column(), (*parsed)->column->name);
  const auto text = [](const v1::Value& value) {
    std::string names;
    for (const std::string& name : value.udt_value().fields()) {
      names += name + " ";
    }
    return names + TextFromProto(TypeOfProto(value), value);
  };
  switch (update.operation_case()) {
    case v1::UpdateElements::kAdd:
      return "add " + text(update.add());
    case v1::UpdateElements::kPrepend:
      return "prepend " + text(update.prepend());
    case v1::UpdateElements::kRemove:
      return "remove " + text(update.remove());
    case v1::UpdateElements::kSetAt:
      return "set " + std::to_string(update.set_at().index()) + " " +
             text(update.set_at().value());
    case v1::UpdateElements::kDeleteAt:
      return "delete " + std::to_string(update.delete_at());
    default:
      return "nothing";
  }
}

TEST(ElementArguments, SetsMapsAndListsTakeAndLoseElements) {
  EXPECT_EQ(Parsed("s+={'b', 'a'}"), "add {'a', 'b'}");
  EXPECT_EQ(Parsed("s-={'a'}"), "remove {'a'}");
  EXPECT_EQ(Parsed("m+={'k': 1}"), "add {'k': 1}");
  EXPECT_EQ(Parsed("m-={'k'}"), "remove {'k'}");
  EXPECT_EQ(Parsed("l+=[2, 1]"), "add [2, 1]");
  EXPECT_EQ(Parsed("l^=[2, 1]"), "prepend [2, 1]");
  EXPECT_EQ(Parsed("l-=[2]"), "remove [2]");
}

TEST(ElementArguments, KeysIndexesAndFieldsStandInBrackets) {
  EXPECT_EQ(Parsed("m['k']=1"), "add {'k': 1}");
  EXPECT_EQ(Parsed("m['a=[b]''']=1"), "add {'a=[b]''': 1}");
  EXPECT_EQ(Parsed("m['k']=null"), "remove {'k'}");
  EXPECT_EQ(Parsed("l[3]=7"), "set 3 7");
  EXPECT_EQ(Parsed("l[3]=null"), "delete 3");
  EXPECT_EQ(Parsed("u[no]=7"), "add no (7)");
  EXPECT_EQ(Parsed("u[no]=null"), "add no (null)");
}

TEST(ElementArguments, FieldsThatALiteralLeavesOutStay) {
  EXPECT_EQ(Parsed("u+={no: 7}"), "add no (7)");
  EXPECT_EQ(Parsed("u+={no: 7, street: 'x'}"), "add street no ('x', 7)");
}

TEST(ElementArguments, OtherWordsAreLeftToOthers) {
  for (const char* word :
       {"", "s", "s={'a'}", "t=a+=b", "t=[1]=2", "s+", "s[1", "s[1]2=3"}) {
    EXPECT_EQ(Parsed(word), "-") << word;
  }
}

TEST(ElementArguments, WhatMakesNoSenseIsRefused) {
  for (const char* word :
       {"t+=a", "f+={1}", "none+={1}", "s+=[1]", "s+={1}", "s^={'a'}",
        "s['a']=1", "m[k]=1", "m['k']='x'", "m['a', 'b']=1", "l[x]=1",
        "l[-1]=1", "u[zip]=1", "u-={no}", "l+=1"}) {
    EXPECT_EQ(Parsed(word), "!") << word;
  }
}

}  // namespace
}  // namespace rowan::cli
