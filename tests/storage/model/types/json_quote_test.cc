// SPDX-License-Identifier: Apache-2.0
#include "storage/model/types/json_quote.h"

#include <gtest/gtest.h>

namespace rowan {
namespace {

TEST(JsonQuote, EscapesWhatJsonNeedsAndReplacesWhatIsNoText) {
  EXPECT_EQ(JsonQuote("a\"b\\c\n\r\t\1ä"), "\"a\\\"b\\\\c\\n\\r\\t\\u0001ä\"");
  EXPECT_EQ(JsonQuote("a\xff\xe2\x82z"), "\"a\\ufffd\\ufffd\\ufffdz\"");
  EXPECT_EQ(JsonQuote(""), "\"\"");
}

}  // namespace
}  // namespace rowan
