// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/json_column.h"

#include <gtest/gtest.h>

#include "storage/model/composite/composite_codec.h"
#include "storage/model/composite/type_name.h"
#include "storage/model/value.h"
#include "tests/storage/model/composite/random_type.h"

namespace rowan::cli {
namespace {

TEST(JsonColumn, JsonOfEveryTypeComesBackTheSame) {
  SimRandom random(1);
  for (int round = 0; round < 2000; ++round) {
    const ColumnType type = RandomComposite(random, 4, Durations::kToo);
    const std::string bytes = RandomValueOf(random, type);
    const std::string json = FormatJsonValue(type, bytes);
    const auto line = ParseJsonLine("{\"v\":" + json + "}");
    ASSERT_TRUE(line.ok()) << json << line.status();
    const auto back = BytesFromJson(type, line->parts[0]);
    ASSERT_TRUE(back.ok()) << TypeName(type) << json << back.status();
    EXPECT_EQ(*back, NormalForm(type, bytes)) << TypeName(type) << json;
  }
}

TEST(JsonColumn, FieldsAreNamedInAnyOrder) {
  const ColumnType type =
      Frozen(UserType("a", {"x", "y"}, {{TypeKind::kInt}, {TypeKind::kText}}));
  const auto value = [&](const char* json) {
    const auto bytes = BytesFromJson(
        type, ParseJsonLine(std::string("{\"v\":") + json + "}")->parts[0]);
    return bytes.ok() ? FormatValue(type, *bytes) : "!";
  };
  EXPECT_EQ(value(R"({"y":"b","x":1})"), "{x: 1, y: 'b'}");
  EXPECT_EQ(value(R"({"y":null})"), "{x: null, y: null}");
  EXPECT_EQ(value("{}"), "{x: null, y: null}");
  EXPECT_EQ(value(R"({"y":"b","y":null})"), "{x: null, y: null}");
  EXPECT_EQ(value(R"({"z":1})"), "!");
  EXPECT_EQ(value("[1]"), "!");
}

}  // namespace
}  // namespace rowan::cli
