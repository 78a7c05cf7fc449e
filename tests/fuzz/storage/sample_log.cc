// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/storage/sample_log.h"

#include <deque>

#include "commitlog/commit_log.h"
#include "commitlog/format.h"
#include "storage/base/check.h"
#include "tests/fuzz/storage/chunk_checksums.h"
#include "tests/lib/mem_file_system.h"
#include "tests/lib/sim_clock.h"
#include "tests/lib/sim_executor.h"

namespace rowan {
namespace {

constexpr int kRecords = 8;
constexpr size_t kRecordBytes = 2500;  // so that they take two segments

class Nobody : public LogClient, public LogReplay {
 public:
  void OnDurable(LogAppend*, const absl::Status&) override {}
  void OnFailed(const absl::Status&) override {}
  absl::Status OnRecord(LogPosition, std::string_view) override {
    return absl::OkStatus();
  }
  absl::Status OnHole(const LogHole&) override { return absl::OkStatus(); }
};

void WriteLog(MemFileSystem* fs, SimClock* clock, SimExecutor* executor) {
  Nobody nobody;
  LogRecovery recovery;
  auto log =
      CommitLog::Open({.directory = "log", .segment_bytes = kFuzzSegmentBytes},
                      fs, clock, executor, {}, &nobody, &nobody, &recovery);
  ROWAN_CHECK(log.ok());
  std::deque<LogAppend> appends;
  for (int i = 0; i < kRecords; ++i) {
    // Most of it zeros, which an input leaves out.
    const size_t bytes = i % 2 == 0 ? 40 : kRecordBytes;
    ROWAN_CHECK((*log)
                    ->Append(
                        bytes,
                        [i](std::span<char> out) {
                          std::fill(out.begin(), out.end(), '\0');
                          out[0] = static_cast<char>('a' + i);
                        },
                        &appends.emplace_back())
                    .ok());
    executor->RunReady();
  }
  bool closed = false;
  (*log)->Close([&closed](absl::Status status) { closed = status.ok(); });
  ROWAN_CHECK(executor->RunUntil([&closed] { return closed; }));
}

}  // namespace

std::vector<std::string> SampleLog() {
  SimClock clock;
  SimExecutor executor(&clock);
  MemFileSystem fs(&executor);
  fs.WriteFile("keep", "");
  WriteLog(&fs, &clock, &executor);
  std::vector<std::string> inputs;
  const std::vector<std::string> names = fs.List("log").value();
  for (const std::string& name : names) {
    const std::string file = fs.ReadFile("log/" + name).value();
    std::vector<std::string> blocks;
    uint8_t chunks = 0;
    for (size_t at = 0; at < file.size(); at += kChunkAlignment) {
      blocks.push_back(file.substr(at, kChunkAlignment));
      if (DecodeChunkHeader(blocks.back()).has_value()) {
        chunks = static_cast<uint8_t>(chunks | 1 << (blocks.size() - 1));
      }
    }
    if (chunks != 0) inputs.push_back(InputOf(chunks, blocks));
  }
  return inputs;
}

}  // namespace rowan
