// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/progress_bar.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace rowan::cli {
namespace {

std::string Shown(uint64_t bytes, uint64_t total) {
  std::ostringstream out;
  ProgressBar bar(out, true);
  bar.Show(bytes, total, 500, 2.0);
  return out.str();
}

TEST(ProgressBar, ShowsPartRowsAndRate) {
  const std::string half = Shown(50, 100);
  EXPECT_NE(half.find("[===============>"), std::string::npos) << half;
  EXPECT_NE(half.find(" 50 %  500 rows  250 rows/s"), std::string::npos)
      << half;
}

TEST(ProgressBar, NeverRunsOverItsEnd) {
  EXPECT_NE(Shown(200, 100).find("100 %"), std::string::npos);
  EXPECT_NE(Shown(0, 0).find("100 %"), std::string::npos);
}

TEST(ProgressBar, IsSilentWithoutATerminal) {
  std::ostringstream out;
  ProgressBar bar(out, false);
  bar.Show(50, 100, 500, 2.0);
  bar.Clear();
  EXPECT_EQ(out.str(), "");
}

TEST(ProgressBar, LeavesAnEmptyLineBehind) {
  std::ostringstream out;
  { ProgressBar(out, true).Show(1, 2, 3, 0); }
  const std::string clear = "\r\x1b[K";
  EXPECT_EQ(out.str().substr(out.str().size() - clear.size()), clear);
}

}  // namespace
}  // namespace rowan::cli
