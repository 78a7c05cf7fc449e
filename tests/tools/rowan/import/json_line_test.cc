// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/json_line.h"

#include <gtest/gtest.h>

#include <string>

namespace rowan::cli {
namespace {

std::string Text(const JsonValue& value) {
  using Kind = JsonValue::Kind;
  if (value.kind == Kind::kNull) return "<null>";
  if (value.kind == Kind::kScalar) return value.text;
  std::string text = value.kind == Kind::kArray ? "[" : "{";
  for (size_t i = 0; i < value.parts.size(); ++i) {
    if (value.kind == Kind::kObject) text += value.names[i] + "=";
    text += Text(value.parts[i]) + ";";
  }
  return text + (value.kind == Kind::kArray ? "]" : "}");
}

std::string Text(const std::string& line) {
  const auto object = ParseJsonLine(line);
  return object.ok() ? Text(*object) : "!";
}

TEST(JsonLine, TakesPlainValues) {
  EXPECT_EQ(Text(R"({"a":"x","b":1,"c":-2,"d":true,"e":null})"),
            "{a=x;b=1;c=-2;d=true;e=<null>;}");
  EXPECT_EQ(Text("{}"), "{}");
}

TEST(JsonLine, TakesArraysAndObjectsInsideTheLine) {
  EXPECT_EQ(Text(R"({"a":[1,[],{"b":null}],"c":{}})"),
            "{a=[1;[];{b=<null>;};];c={};}");
}

TEST(JsonLine, RefusesWhatIsTooDeep) {
  const auto nested = [](size_t depth) {
    return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_NE(Text(nested(kJsonDepthMax - 1)), "!");
  EXPECT_EQ(Text(nested(kJsonDepthMax)), "!");
  EXPECT_EQ(Text(nested(1'000'000)), "!");
}

TEST(JsonLine, NumbersKeepTheirDigits) {
  EXPECT_EQ(Text(R"({"a":1.10,"b":123456789012345678901234567890,"c":-0})"),
            "{a=1.10;b=123456789012345678901234567890;c=-0;}");
}

TEST(JsonLine, RefusesWhatIsNoObject) {
  for (const char* line :
       {"", "1", "[]", "\"a\"", "null", "{\"a\":[1}", "{\"a\":1", "{\"a\":1}x",
        "{a:1}", "{\"a\":\"\xff\"}"}) {
    EXPECT_EQ(Text(line), "!") << line;
  }
}

}  // namespace
}  // namespace rowan::cli
