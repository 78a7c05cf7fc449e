// SPDX-License-Identifier: Apache-2.0
// A checker that never complains looks like a broken one: every kind of wrong
// page must be found.
#include "tests/model/reference/page_check.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace rowan {
namespace {

constexpr uint32_t kNow = 1000;

class PageCheckTest : public testing::Test {
 protected:
  PageCheckTest() {
    const Operation write =
        ParseOperation(shape_,
                       "write key=0 mark:0 set:0:r0=1 mark:1 set:1:r0=3 mark:2 "
                       "set:s:s0=1 & key=4 set:s:s0=3")
            .value();
    for (const WriteOperation& one : write.writes) history_.Add(one, 5, kNow);
  }

  GotRow RowOf(int key, int row) const {
    GotRow got{TokenOfKeyNumber(key), KeyBytes(*schema_, key), "", {}, {}, {}};
    got.fixed = {{FindColumn(*schema_, {true, 0})->id,
                  "",
                  {5, 0, 0, key == 0 ? "a" : "b"}}};
    if (row < 0) return got;
    got.position = RowPosition(*schema_, {false, {row}});
    got.marker = {5, 0, 0, ""};
    if (row == 2) return got;
    got.cells = {{FindColumn(*schema_, {false, 0})->id,
                  "",
                  {5, 0, 0, row == 0 ? "a" : "b"}}};
    return got;
  }

  // The first page of two rows.
  GotPage FirstPage() const {
    GotPage page{{RowOf(0, 0), RowOf(0, 1)}, {}};
    page.end.reason = EndReason::kRows;
    page.end.rows = 2;
    page.end.resume = ReadPosition{TokenOfKeyNumber(0), KeyBytes(*schema_, 0),
                                   RowPosition(*schema_, {false, {1}}), 8};
    return page;
  }
  GotPage LastPage() const {
    GotPage page{{RowOf(0, 2), RowOf(4, -1)}, {}};
    page.end.rows = 2;
    return page;
  }

  PagedRead Open() const {
    const Operation read =
        ParseOperation(shape_, "read page=2 each=10").value();
    return PagedRead(shape_, schema_, read.read, kNow);
  }

  // Whether the first page is refused when `spoil` has changed it.
  bool Refused(const std::function<void(GotPage&)>& spoil) const {
    GotPage page = FirstPage();
    spoil(page);
    PagedRead read = Open();
    return read.Check(page, history_, *schema_, kNow).has_value();
  }

  const TableShape shape_ =
      ParseShape("table clustering=int statics=p regulars=p").value();
  const std::shared_ptr<const Schema> schema_ = SchemaOf(shape_, {});
  History history_{&shape_};
};

TEST_F(PageCheckTest, RightPagesAreTaken) {
  PagedRead read = Open();
  EXPECT_EQ(read.Check(FirstPage(), history_, *schema_, kNow), std::nullopt);
  EXPECT_FALSE(read.done());
  EXPECT_EQ(read.Check(LastPage(), history_, *schema_, kNow), std::nullopt);
  EXPECT_TRUE(read.done());
}

TEST_F(PageCheckTest, WrongRowsAreRefused) {
  EXPECT_TRUE(
      Refused([](GotPage& page) { page.rows.erase(page.rows.begin()); }));
  EXPECT_TRUE(
      Refused([](GotPage& page) { std::swap(page.rows[0], page.rows[1]); }));
  EXPECT_TRUE(Refused([](GotPage& page) { page.rows[1] = page.rows[0]; }));
  EXPECT_TRUE(Refused([](GotPage& page) { page.rows[0].cells.clear(); }));
  EXPECT_TRUE(Refused([](GotPage& page) { page.rows[0].fixed.clear(); }));
  EXPECT_TRUE(Refused([](GotPage& page) { page.rows[0].marker.reset(); }));
  EXPECT_TRUE(
      Refused([](GotPage& page) { page.rows[0].cells[0].seen.value = "b"; }));
  EXPECT_TRUE(
      Refused([](GotPage& page) { page.rows[0].cells[0].seen.timestamp = 4; }));
  EXPECT_TRUE(Refused([this](GotPage& page) { page.rows[1] = RowOf(0, 3); }));
}

TEST_F(PageCheckTest, WrongEndsAreRefused) {
  EXPECT_TRUE(Refused([](GotPage& page) { page.end.rows = 3; }));
  EXPECT_TRUE(Refused([](GotPage& page) { page.end.resume.reset(); }));
  EXPECT_TRUE(
      Refused([](GotPage& page) { page.end.reason = EndReason::kTime; }));
  EXPECT_TRUE(Refused(
      [](GotPage& page) { page.end.resume->rows_left_in_wide_row = 10; }));
  EXPECT_TRUE(
      Refused([](GotPage& page) { page.end.resume->partition_key = "z"; }));
  // The rest of the wide row would be left out.
  EXPECT_TRUE(Refused([](GotPage& page) { page.end.resume->position = ""; }));
  PagedRead read = Open();
  ASSERT_EQ(read.Check(FirstPage(), history_, *schema_, kNow), std::nullopt);
  EXPECT_NE(read.Check(FirstPage(), history_, *schema_, kNow), std::nullopt)
      << "a page that comes twice";
}

TEST_F(PageCheckTest, StaticRowAloneMayNotBeLostNorComeAfterRows) {
  PagedRead read = Open();
  ASSERT_EQ(read.Check(FirstPage(), history_, *schema_, kNow), std::nullopt);
  GotPage page = LastPage();
  page.rows.pop_back();
  page.end.rows = 1;
  EXPECT_NE(read.Check(page, history_, *schema_, kNow), std::nullopt);
  page = LastPage();
  page.rows[1] = RowOf(0, -1);
  EXPECT_NE(read.Check(page, history_, *schema_, kNow), std::nullopt);
}

}  // namespace
}  // namespace rowan
