// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/checkpoint.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace rowan::cli {
namespace {

std::string PathOf(const char* name) { return testing::TempDir() + name; }

TEST(Checkpoint, ComesBackAsSaved) {
  const Checkpoint checkpoint(PathOf("saved.progress"));
  ImportResult progress;
  progress.set_table("k.t");
  FileProgress* file = progress.add_files();
  file->set_path("a \"b\".csv");
  file->set_acknowledged_line(uint64_t{1} << 40);
  ASSERT_TRUE(checkpoint.Save(progress).ok());
  const auto loaded = checkpoint.Load();
  ASSERT_TRUE(loaded.ok() && loaded->has_value());
  EXPECT_EQ((*loaded)->SerializeAsString(), progress.SerializeAsString());
  checkpoint.Remove();
  EXPECT_FALSE(checkpoint.Load()->has_value());
}

TEST(Checkpoint, OtherContentsAreRefused) {
  const std::string path = PathOf("other.progress");
  std::ofstream(path) << "not json";
  EXPECT_TRUE(absl::IsInvalidArgument(Checkpoint(path).Load().status()));
  std::filesystem::remove(path);
}

TEST(Checkpoint, UnwritablePlaceIsTold) {
  const Checkpoint checkpoint(PathOf("no/such/folder/x.progress"));
  EXPECT_FALSE(checkpoint.Save(ImportResult()).ok());
}

}  // namespace
}  // namespace rowan::cli
