// SPDX-License-Identifier: Apache-2.0
#include "storage/manifest/manifest_names.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;

TEST(ManifestNames, BothNamesGiveTheirNumberBack) {
  EXPECT_THAT(ManifestNames(12),
              ElementsAre("MANIFEST-12", "MANIFEST-12.copy"));
  for (const uint64_t number : {uint64_t{1}, uint64_t{10}, UINT64_MAX}) {
    for (const std::string& name : ManifestNames(number)) {
      EXPECT_EQ(ParseManifestName(name), number);
      EXPECT_FALSE(IsUnfinishedManifest(name));
      EXPECT_TRUE(IsUnfinishedManifest(name + ".tmp"));
      EXPECT_EQ(ParseManifestName(name + ".tmp"), std::nullopt);
    }
  }
}

TEST(ManifestNames, NothingElseIsOne) {
  for (const char* name :
       {"", "MANIFEST-", "MANIFEST-.copy", "MANIFEST-0", "MANIFEST-01",
        "MANIFEST-1.copy.copy", "MANIFEST-1copy", "MANIFEST-1.", "MANIFEST-x",
        "MANIFEST-99999999999999999999", "manifest-9", "1.copy"}) {
    EXPECT_EQ(ParseManifestName(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace rowan
