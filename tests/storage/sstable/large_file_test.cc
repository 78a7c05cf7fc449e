// SPDX-License-Identifier: Apache-2.0
// A file of 1 GiB on the machine's own disk: opening it reads little.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "storage/base/posix_file_system.h"
#include "storage/model/key_codec.h"
#include "tests/storage/sstable/table_maker.h"

namespace rowan {
namespace {

constexpr uint64_t kGiB = uint64_t{1} << 30;

// Bytes that this process has read so far, from anywhere.
uint64_t BytesReadByProcess() {
  std::ifstream io("/proc/self/io");
  std::string name;
  uint64_t bytes = 0;
  io >> name >> bytes;
  EXPECT_EQ(name, "rchar:");
  return bytes;
}

class LargeFile : public ::testing::Test {
 protected:
  LargeFile() {
    std::string pattern = ::testing::TempDir() + "/rowan-large-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
  }
  ~LargeFile() override { std::filesystem::remove_all(directory_); }

  std::string directory_;
};

TEST_F(LargeFile, OpeningOneGibibyteReadsLessThanOnePercentOfIt) {
  PosixFileSystem fs(1);
  const std::string path = directory_ + "/large.sst";
  constexpr size_t kValueBytes = 1000;
  constexpr uint64_t kWideRows = kGiB / kValueBytes;
  SSTableWriterOptions options = MakerOptions();
  options.expected_wide_rows = kWideRows;
  auto writer = SSTableWriter::Create(&fs, path, options).value();
  const std::string image = RowImageOf(std::string(kValueBytes, 'v'));
  const std::string position = RowPosition(1);
  for (uint64_t i = 0; i < kWideRows; ++i) {
    const std::string key = "key" + std::to_string(i);
    const Token token{i * (~uint64_t{0} / kWideRows)};
    ASSERT_TRUE(writer->BeginWideRow({token, key, {}, {}}).ok());
    RowFragment row;
    row.position = position;
    row.image = image;
    ASSERT_TRUE(writer->Add(row).ok());
    ASSERT_TRUE(writer->EndWideRow().ok());
  }
  ASSERT_TRUE(writer->Finish().ok());
  ASSERT_GE(std::filesystem::file_size(path), kGiB);

  const uint64_t before = BytesReadByProcess();
  const auto table = SSTable::Open(&fs, path);
  const uint64_t read = BytesReadByProcess() - before;
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_LT(read, kGiB / 100);
  EXPECT_EQ((*table)->statistics().wide_rows, kWideRows);
}

}  // namespace
}  // namespace rowan
