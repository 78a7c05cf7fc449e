// SPDX-License-Identifier: Apache-2.0
// Large files on the machine's own disk: opening one reads little, and printing
// one holds little.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "storage/base/posix_file_system.h"
#include "storage/model/key_codec.h"
#include "storage/sstable/sstable_json.h"
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

// The most memory that this process has held: VmHWM of proc(5).
uint64_t PeakBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) {
      return uint64_t{std::stoul(line.substr(6))} << 10;
    }
  }
  ADD_FAILURE() << "no VmHWM in /proc/self/status";
  return 0;
}

// What was held before counts no more: clear_refs of proc(5).
void ForgetPeak() {
  std::ofstream clear("/proc/self/clear_refs");
  clear << "5" << std::flush;
  EXPECT_TRUE(clear.good());
}

class LargeFile : public ::testing::Test {
 protected:
  static constexpr size_t kValueBytes = 1000;

  LargeFile() {
    std::string pattern = ::testing::TempDir() + "/rowan-large-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    path_ = directory_ + "/large.sst";
  }
  ~LargeFile() override { std::filesystem::remove_all(directory_); }

  // Of one row each.
  void WriteFile(uint64_t wide_rows) {
    SSTableWriterOptions options = MakerOptions();
    options.expected_wide_rows = wide_rows;
    auto writer = SSTableWriter::Create(&fs_, path_, options).value();
    const std::string image = RowImageOf(std::string(kValueBytes, 'v'));
    const std::string position = RowPosition(1);
    for (uint64_t i = 0; i < wide_rows; ++i) {
      const std::string key = "key" + std::to_string(i);
      const Token token{i * (~uint64_t{0} / wide_rows)};
      ASSERT_TRUE(writer->BeginWideRow({token, key, {}, {}}).ok());
      RowFragment row;
      row.position = position;
      row.image = image;
      ASSERT_TRUE(writer->Add(row).ok());
      ASSERT_TRUE(writer->EndWideRow().ok());
    }
    ASSERT_TRUE(writer->Finish().ok());
    ASSERT_GE(std::filesystem::file_size(path_), wide_rows * kValueBytes);
  }

  PosixFileSystem fs_{1};
  std::string directory_;
  std::string path_;
};

TEST_F(LargeFile, OpeningOneGibibyteReadsLessThanOnePercentOfIt) {
  constexpr uint64_t kWideRows = kGiB / kValueBytes + 1;
  ASSERT_NO_FATAL_FAILURE(WriteFile(kWideRows));
  const uint64_t before = BytesReadByProcess();
  const auto table = SSTable::Open(&fs_, path_);
  const uint64_t read = BytesReadByProcess() - before;
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_LT(read, kGiB / 100);
  EXPECT_EQ((*table)->statistics().wide_rows, kWideRows);
}

// As sstable-dump does.
TEST_F(LargeFile, PrintingAFileHoldsLittleOfIt) {
  constexpr uint64_t kWideRows = kGiB / 8 / kValueBytes;
  ASSERT_NO_FATAL_FAILURE(WriteFile(kWideRows));
  ForgetPeak();
  const uint64_t before = PeakBytes();
  uint64_t printed = 0;
  size_t largest = 0;
  SSTableJson json(
      {.now_s = 0},
      [&](std::string_view text) {
        printed += text.size();
        largest = std::max(largest, text.size());
        return absl::OkStatus();
      },
      [](const Schema&, const SSTableLoss& loss) {
        ADD_FAILURE() << loss.what;
      });
  {
    const auto table = SSTableReader::Open(&fs_, path_);
    ASSERT_TRUE(table.ok()) << table.status();
    ASSERT_TRUE(json.Print(**table).ok());
  }
  ASSERT_TRUE(json.Finish().ok());
  // Every byte of a value is two hexadecimal digits.
  EXPECT_GT(printed, 2 * kWideRows * kValueBytes);
  EXPECT_LT(largest, size_t{1} << 20);
  EXPECT_LT(PeakBytes(), before + (uint64_t{32} << 20));
}

}  // namespace
}  // namespace rowan
