// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/output.h"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "tools/rowan/client/page_printer.h"

namespace rowan::cli {
namespace {

v1::ReadResponse Page(int first, int rows, bool last) {
  v1::ReadResponse page;
  v1::ResultColumn* key = page.add_columns();
  key->set_name("k");
  key->mutable_type()->set_kind(v1::COLUMN_TYPE_TEXT);
  v1::ResultColumn* number = page.add_columns();
  number->set_name("n");
  number->mutable_type()->set_kind(v1::COLUMN_TYPE_INT);
  for (int i = first; i < first + rows; ++i) {
    v1::Row* row = page.add_rows();
    row->add_values()->set_string_value("key");
    row->add_values()->set_int_value(i);
  }
  page.set_end_reason(last ? v1::END_REASON_EXHAUSTED : v1::END_REASON_ROWS);
  page.mutable_stats()->set_blocks(2);
  return page;
}

TEST(TextTable, AlignsTextLeftAndNumbersRight) {
  TextTable table({"NAME", "ROWS"});
  table.Add({"a", "7"});
  table.Add({"long name", "1234"});
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(),
            "NAME       ROWS\n"
            "a             7\n"
            "long name  1234\n");
}

TEST(TextTable, CountsCharactersAndNotBytes) {
  TextTable table({"A", "B"});
  table.Add({"\xc3\xa4\xc3\xb6", "x"});
  table.Add({"ab", "x"});
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(), "A   B\n\xc3\xa4\xc3\xb6  x\nab  x\n");
}

TEST(Human, SizesAndSpans) {
  EXPECT_EQ(HumanBytes(1023), "1023 B");
  EXPECT_EQ(HumanBytes(1536), "1.5 KiB");
  EXPECT_EQ(HumanBytes(uint64_t{3} << 40), "3.0 TiB");
  EXPECT_EQ(HumanSeconds(59), "59s");
  EXPECT_EQ(HumanSeconds(3660), "1h 1m");
  EXPECT_EQ(HumanSeconds(90000), "1d 1h");
  EXPECT_EQ(HumanTime(0), "1970-01-01T00:00:00.000Z");
}

TEST(PagePrinter, ManyPagesAreOneJsonMessage) {
  std::ostringstream out;
  PagePrinter printer(true, out);
  printer.Add(Page(0, 3, false));
  printer.Add(Page(3, 2, true));
  printer.Finish();
  v1::ReadResponse whole;
  ASSERT_TRUE(
      google::protobuf::util::JsonStringToMessage(out.str(), &whole).ok())
      << out.str();
  ASSERT_EQ(whole.rows_size(), 5);
  EXPECT_EQ(whole.rows(4).values(1).int_value(), 4);
  EXPECT_EQ(whole.columns_size(), 2);
  EXPECT_EQ(whole.end_reason(), v1::END_REASON_EXHAUSTED);
  EXPECT_EQ(whole.stats().blocks(), 4u);
}

TEST(PagePrinter, NoRowsAreAJsonMessage) {
  std::ostringstream out;
  PagePrinter printer(true, out);
  printer.Add(Page(0, 0, true));
  printer.Finish();
  v1::ReadResponse whole;
  ASSERT_TRUE(
      google::protobuf::util::JsonStringToMessage(out.str(), &whole).ok())
      << out.str();
  EXPECT_EQ(whole.rows_size(), 0);
}

TEST(PagePrinter, TextShowsCellsBesideTheirColumns) {
  std::ostringstream out;
  PagePrinter printer(false, out);
  printer.ShowCells({"k"});
  v1::ReadResponse page;
  page.add_columns()->set_name("k");
  page.add_columns()->set_name("v");
  v1::Row* row = page.add_rows();
  row->add_values()->set_string_value("a");
  row->add_values()->set_int_value(7);
  row->add_cells();
  row->add_cells()->set_timestamp_us(1234);
  row->mutable_cells(1)->set_ttl_s(60);
  printer.Add(page);
  printer.Finish();
  EXPECT_NE(out.str().find("writetime(v)"), std::string::npos) << out.str();
  EXPECT_EQ(out.str().find("writetime(k)"), std::string::npos) << out.str();
  EXPECT_NE(out.str().find("1234"), std::string::npos) << out.str();
  EXPECT_NE(out.str().find("60"), std::string::npos) << out.str();
}

TEST(PagePrinter, TextHasOneHeader) {
  std::ostringstream out;
  PagePrinter printer(false, out);
  printer.Add(Page(0, 1, false));
  printer.Add(Page(1, 1, true));
  printer.Finish();
  EXPECT_EQ(out.str(), "k    n\nkey  0\nkey  1\n");
  EXPECT_EQ(printer.rows(), 2u);
}

}  // namespace
}  // namespace rowan::cli
