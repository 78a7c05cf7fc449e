// SPDX-License-Identifier: Apache-2.0
#include "storage/base/logging.h"

#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowan {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

TEST(Logging, TextIsKeyValueAndQuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(FormatLogLine(LogFormat::kText, "flushed",
                          {{"table", 3},
                           {"file", "a/b.sst"},
                           {"why", "too \"big\" = full"},
                           {"empty", ""},
                           {"ok", true}}),
            "flushed table=3 file=a/b.sst why=\"too \\\"big\\\" = full\" "
            "empty=\"\" ok=true");
}

TEST(Logging, JsonKeepsNumbersAsNumbersAndEscapes) {
  EXPECT_EQ(FormatLogLine(LogFormat::kJson, "a \"b\"",
                          {{"n", uint64_t{18446744073709551615u}},
                           {"s", "line\nbreak\\"},
                           {"nan", std::numeric_limits<double>::quiet_NaN()},
                           {"status", absl::NotFoundError("x")}}),
            R"("message":"a \"b\"","n":18446744073709551615,)"
            R"("s":"line\u000abreak\\","nan":"nan","status":"NOT_FOUND: x")");
}

TEST(Logging, LinesCarryTimeAndLevelAndStayOneLine) {
  ::testing::internal::CaptureStderr();
  Log(LogLevel::kInfo, "hello", {{"text", "two\nlines"}});
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              MatchesRegex("....-..-..T..:..:..\\....Z info hello "
                           "text=\"two.u000alines\"\n"));
  ::testing::internal::CaptureStderr();
  SetLogging(LogLevel::kInfo, LogFormat::kJson);
  Log(LogLevel::kError, "hello", {{"n", 1}});
  SetLogging(LogLevel::kInfo, LogFormat::kText);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr(R"(","level":"error","message":"hello","n":1})"
                        "\n"));
}

TEST(Logging, LinesBelowTheLevelAreDropped) {
  ::testing::internal::CaptureStderr();
  EXPECT_FALSE(LogEnabled(LogLevel::kDebug));
  Log(LogLevel::kDebug, "silent");
  SetLogging(LogLevel::kError, LogFormat::kText);
  Log(LogLevel::kWarning, "silent");
  SetLogging(LogLevel::kInfo, LogFormat::kText);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), IsEmpty());
}

}  // namespace
}  // namespace rowan
