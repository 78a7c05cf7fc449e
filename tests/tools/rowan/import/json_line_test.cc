// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/json_line.h"

#include <gtest/gtest.h>

#include <string>

namespace rowan::cli {
namespace {

std::string Text(const char* line) {
  const auto members = ParseJsonLine(line);
  if (!members.ok()) return "!";
  std::string text;
  for (const JsonMember& member : *members) {
    text += member.name + "=" + member.text.value_or("<null>") + ";";
  }
  return text;
}

TEST(JsonLine, TakesPlainValues) {
  EXPECT_EQ(Text(R"({"a":"x","b":1,"c":-2,"d":true,"e":null})"),
            "a=x;b=1;c=-2;d=true;e=<null>;");
  EXPECT_EQ(Text("{}"), "");
}

TEST(JsonLine, NumbersKeepTheirDigits) {
  EXPECT_EQ(Text(R"({"a":1.10,"b":123456789012345678901234567890})"),
            "a=1.10;b=123456789012345678901234567890;");
}

TEST(JsonLine, RefusesWhatIsNoFlatObject) {
  for (const char* line :
       {"", "1", "[]", "\"a\"", "null", "{\"a\":[1]}", "{\"a\":{}}", "{\"a\":1",
        "{\"a\":1}x", "{a:1}", "{\"a\":\"\xff\"}"}) {
    EXPECT_EQ(Text(line), "!") << line;
  }
}

}  // namespace
}  // namespace rowan::cli
