// SPDX-License-Identifier: Apache-2.0
#include "node/service/cells/list_place.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "storage/model/composite/column_type.h"
#include "storage/model/composite/element_path.h"
#include "storage/model/value.h"

namespace rowan {
namespace {

constexpr int64_t kNowUs = 1'800'000'000'000'000;  // 2027

ListElement At(int64_t timestamp_us, uint32_t index, std::string_view bytes,
               ListEnd end = ListEnd::kBack) {
  return {.column = ColumnId{5},
          .end = end,
          .timestamp_us = timestamp_us,
          .index = index,
          .bytes = bytes};
}

// As it is compared.
std::string PathOf(const ListElement& element) {
  const auto uuid = TimeuuidOf(element);
  EXPECT_TRUE(uuid.ok()) << uuid.status();
  EXPECT_TRUE(CheckValue({TypeKind::kTimeuuid}, *uuid).ok());
  std::string path;
  AppendPath(ListOf({TypeKind::kInt}), *uuid, &path);
  return path;
}

TEST(ListPlace, GoldenUuids) {
  const auto text = [](const ListElement& element) {
    return FormatValue({TypeKind::kTimeuuid}, TimeuuidOf(element).value());
  };
  // 1970-01-01 is 0x01b21dd213814000 ticks after the first day.
  EXPECT_EQ(text(At(0, 0, "x")).substr(0, 24), "13814000-1dd2-11b2-8080-");
  EXPECT_EQ(text(At(0, 1, "x")).substr(0, 24), "13814000-1dd2-11b2-8080-");
  EXPECT_EQ(text(At(0, 0, "x")).substr(24, 2), "80");
  EXPECT_EQ(text(At(0, 1, "x")).substr(24, 2), "81");
}

TEST(ListPlace, IsTheSameForTheSameWriteAndForNoOther) {
  const ListElement element = At(kNowUs, 3, "abc");
  EXPECT_EQ(PathOf(element), PathOf(At(kNowUs, 3, "abc")));
  std::vector<std::string> paths = {
      PathOf(element), PathOf(At(kNowUs, 4, "abc")),
      PathOf(At(kNowUs + 1, 3, "abc")), PathOf(At(kNowUs, 3, "abd")),
      PathOf(At(kNowUs, 3, "abc", ListEnd::kFront))};
  ListElement other = element;
  other.column = ColumnId{6};
  paths.push_back(PathOf(other));
  std::sort(paths.begin(), paths.end());
  EXPECT_EQ(std::unique(paths.begin(), paths.end()), paths.end());
}

TEST(ListPlace, OrderIsByTimestampThenIndex) {
  std::vector<std::string> paths;
  for (const int64_t timestamp_us :
       {int64_t{-5}, int64_t{0}, int64_t{1}, kNowUs, kNowUs + 1}) {
    for (const uint32_t index :
         {0u, 1u, 127u, 128u, 255u, 256u, 65'536u, kListElementsMax - 1}) {
      paths.push_back(PathOf(At(timestamp_us, index, std::to_string(index))));
    }
  }
  EXPECT_TRUE(std::is_sorted(paths.begin(), paths.end()));
}

TEST(ListPlace, LaterPrependsComeFirstAndKeepTheirOrder) {
  const auto front = [](int64_t timestamp_us, uint32_t index) {
    return PathOf(At(timestamp_us, index, "x", ListEnd::kFront));
  };
  EXPECT_LT(front(kNowUs, 0), front(kNowUs, 1));
  EXPECT_LT(front(kNowUs + 1, 1), front(kNowUs, 0));
  for (const int64_t timestamp_us : {int64_t{1}, kNowUs}) {
    EXPECT_LT(front(timestamp_us, 0), PathOf(At(1, 0, "x")));
  }
}

TEST(ListPlace, TimestampsThatNoUuidHoldsAreRefused) {
  const int64_t first = -12'219'292'800'000'000;
  const int64_t last = ((int64_t{1} << 60) - 1) / 10 + first;
  for (const auto& [timestamp_us, end, good] :
       std::vector<std::tuple<int64_t, ListEnd, bool>>{
           {first, ListEnd::kBack, true},
           {first - 1, ListEnd::kBack, false},
           {last, ListEnd::kBack, true},
           {last + 1, ListEnd::kBack, false},
           {-last, ListEnd::kFront, true},
           {-last - 1, ListEnd::kFront, false},
           {-first, ListEnd::kFront, true},
           {-first + 1, ListEnd::kFront, false},
           {INT64_MIN + 1, ListEnd::kFront, false},
           {INT64_MAX, ListEnd::kBack, false}}) {
    EXPECT_EQ(TimeuuidOf(At(timestamp_us, 0, "", end)).ok(), good)
        << timestamp_us;
  }
}

}  // namespace
}  // namespace rowan
