// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/import_job.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/tools/rowan/import/fake_batch_sender.h"
#include "tools/rowan/import/dry_run_sender.h"

namespace rowan::cli {
namespace {

class ImportJobTest : public testing::Test {
 protected:
  ImportJobTest() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = testing::TempDir() + "/import_job_" + info->name();
    std::filesystem::create_directories(folder_);
    uint32_t id = 0;
    const auto add = [&](const char* name, TypeKind kind, ColumnRole role) {
      schema_.columns.push_back(
          Column{ColumnId{++id}, name, ColumnType{kind}, role});
    };
    add("series", TypeKind::kText, ColumnRole::kPartitionKey);
    add("ts", TypeKind::kTimestamp, ColumnRole::kClustering);
    add("value", TypeKind::kDouble, ColumnRole::kRegular);
    options_.table = "k.t";
    options_.name_column = "series";
    options_.checkpoint_path = folder_ + "/progress";
    options_.rejects_path = folder_ + "/rejects";
  }
  ~ImportJobTest() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) {
    options_.files.push_back(folder_ + "/" + name);
    std::ofstream(options_.files.back(), std::ios::binary) << text;
  }
  absl::Status Run() {
    ImportJob job(options_, schema_, sender_, err_, false);
    const absl::Status status = job.Run();
    result_ = job.result();
    return status;
  }
  std::string Rejects() {
    std::ostringstream text;
    text << std::ifstream(options_.rejects_path).rdbuf();
    return text.str();
  }

  std::string folder_;
  Schema schema_;
  ImportOptions options_;
  FakeBatchSender sender_;
  std::ostringstream err_;
  ImportResult result_;
};

// Timestamps from 0 on, one second apart.
std::string Lines(int from, int to) {
  std::string text;
  for (int i = from; i < to; ++i) {
    text += std::to_string(i * 1000) + "," + std::to_string(i) + "\n";
  }
  return text;
}

TEST_F(ImportJobTest, FilesNameTheirSeries) {
  Write("cpu.csv", "ts,value\n" + Lines(0, 3));
  Write("disk.csv", "ts,value\n" + Lines(0, 2));
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(result_.rows(), 5u);
  EXPECT_EQ(sender_.rows.size(), 5u);
  EXPECT_EQ(result_.files(0).acknowledged_line(), 4u);
  EXPECT_FALSE(std::filesystem::exists(options_.checkpoint_path));
}

TEST_F(ImportJobTest, HeaderOptionNamesTheFields) {
  options_.header = {"ts", "value"};
  Write("cpu.csv", Lines(0, 3));
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(sender_.rows.size(), 3u);
}

TEST_F(ImportJobTest, BadLinesGoToTheRejectsWithTheirNumber) {
  Write("cpu.csv",
        "ts,value\n0,1\nnever,2\n1000\n2000,\"x\n3000,3\xff\n4000,4\n");
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(result_.rows(), 2u);
  EXPECT_EQ(result_.rejected(), 4u);
  const std::string rejects = Rejects();
  for (const char* line : {"\"3\"", "\"4\"", "\"5\"", "\"6\""}) {
    EXPECT_NE(rejects.find(std::string("\"line\":") + line), std::string::npos)
        << rejects;
  }
  EXPECT_NE(rejects.find("too few fields"), std::string::npos);
}

TEST_F(ImportJobTest, JsonLinesAreRowsToo) {
  options_.format = InputFormat::kJsonLines;
  Write("cpu.jsonl", "{\"ts\":0,\"value\":1.5}\n\n{\"ts\":1000}\n[1]\n");
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(result_.rows(), 2u);
  EXPECT_EQ(result_.rejected(), 1u);
}

TEST_F(ImportJobTest, ResumeGoesOnBehindTheAcknowledgedLine) {
  const int rows = Importer::kBatchRowsMax * 20;
  Write("a.csv", "ts,value\n" + Lines(0, rows));
  Write("b.csv", "ts,value\n" + Lines(0, 10));
  sender_.batches_until_gone = 5;
  EXPECT_TRUE(absl::IsUnavailable(Run()));
  const uint64_t reached = result_.files(0).acknowledged_line();
  EXPECT_EQ(reached, 5u * Importer::kBatchRowsMax + 1);
  EXPECT_EQ(result_.files(1).acknowledged_line(), 0u);
  ASSERT_TRUE(std::filesystem::exists(options_.checkpoint_path));

  sender_.batches_until_gone = 1 << 30;
  options_.resume = true;
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(result_.rows(), rows + 1 - reached + 10);
  EXPECT_EQ(sender_.rows.size(), static_cast<size_t>(rows) + 10);
  EXPECT_EQ(result_.files(0).acknowledged_line(),
            static_cast<uint64_t>(rows) + 1);
  EXPECT_FALSE(std::filesystem::exists(options_.checkpoint_path));
}

TEST_F(ImportJobTest, ResumeWithoutARecordBeginsAtTheStart) {
  Write("a.csv", "ts,value\n" + Lines(0, 3));
  options_.resume = true;
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(result_.rows(), 3u);
  EXPECT_NE(err_.str().find("beginning at line 1"), std::string::npos);
}

TEST_F(ImportJobTest, DryRunJudgesAllLinesAndLeavesTheCheckpoint) {
  Write("cpu.csv", "ts,value\n" + Lines(0, 5000) + "no time,1\n");
  std::ofstream(options_.checkpoint_path) << "of another import";
  options_.dry_run = true;
  DryRunSender nobody;
  ImportJob job(options_, schema_, nobody, err_, false);
  ASSERT_TRUE(job.Run().ok());
  EXPECT_EQ(job.result().rows(), 5000u);
  EXPECT_EQ(job.result().rejected(), 1u);
  EXPECT_NE(Rejects().find("no time"), std::string::npos);
  std::ostringstream checkpoint;
  checkpoint << std::ifstream(options_.checkpoint_path).rdbuf();
  EXPECT_EQ(checkpoint.str(), "of another import");
}

TEST_F(ImportJobTest, MissingFileWritesNothing) {
  Write("a.csv", "ts,value\n" + Lines(0, 3));
  options_.files.push_back(folder_ + "/missing.csv");
  EXPECT_TRUE(absl::IsInvalidArgument(Run()));
  EXPECT_TRUE(sender_.rows.empty());
}

TEST_F(ImportJobTest, RejectsWithoutAFileAreToldAndThenCounted) {
  options_.rejects_path.clear();
  std::string lines = "ts,value\n";
  for (int i = 0; i < 30; ++i) lines += "x\n";
  Write("a.csv", lines);
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(result_.rejected(), 30u);
  EXPECT_NE(err_.str().find("a.csv:2: rejected"), std::string::npos);
  EXPECT_EQ(err_.str().find("a.csv:20: rejected"), std::string::npos);
  EXPECT_NE(err_.str().find("--rejects FILE"), std::string::npos);
}

}  // namespace
}  // namespace rowan::cli
