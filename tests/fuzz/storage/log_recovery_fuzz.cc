// SPDX-License-Identifier: Apache-2.0
// A log of up to three segment files: what it needs (a byte of 4 KiB each),
// then the files, sized, each as SegmentOf takes it. Recovered twice.

#include "commitlog/log_recovery.h"
#include "storage/base/check.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/storage/chunk_checksums.h"
#include "tests/fuzz/storage/sample_log.h"
#include "tests/fuzz/targets.h"
#include "tests/lib/mem_file_system.h"
#include "tests/lib/sim_clock.h"

namespace rowan {
namespace {

constexpr int kFilesMax = 3;

// What a replay was told.
class Told : public LogReplay {
 public:
  absl::Status OnRecord(LogPosition position,
                        std::string_view record) override {
    ROWAN_CHECK(position >= from && position >= last);
    last = position;
    records += std::to_string(position.value) + ":";
    records += record;
    return absl::OkStatus();
  }
  absl::Status OnHole(const LogHole& hole) override {
    holes += std::to_string(hole.from.value) + "-" +
             std::to_string(hole.to.value) + " ";
    return absl::OkStatus();
  }

  LogPosition from, last;
  std::string records, holes;
};

void Run(std::string_view input) {
  FuzzInput in(input);
  LogNeed need;
  need.from = LogPosition{uint64_t{in.Byte()} * kChunkAlignment};
  need.known = LogPosition{uint64_t{in.Byte()} * kChunkAlignment};
  MemFileSystem fs;
  fs.WriteFile("keep", "");
  for (int i = 1; i <= kFilesMax && !in.empty(); ++i) {
    fs.WriteFile("log/" + SegmentFileName(static_cast<uint64_t>(i), ".log"),
                 SegmentOf(in.TakeSized()));
  }
  const CommitLogOptions options{.directory = "log",
                                 .segment_bytes = kFuzzSegmentBytes};
  SimClock clock;
  Told first, second;
  first.from = need.from;
  second.from = need.from;
  LogRecovery recovery;
  const bool recovered =
      RecoverLog(options, &fs, &clock, need, &first, &recovery).ok();
  // The same records, whatever came of it.
  LogRecovery again;
  const bool repeated =
      RecoverLog(options, &fs, &clock, need, &second, &again).ok();
  ROWAN_CHECK(repeated == recovered);
  ROWAN_CHECK(second.records == first.records);
  // Who recovers has remembered the holes.
  ROWAN_CHECK(recovered || second.holes == first.holes);
}

std::vector<std::string> Seeds() {
  std::string all(2, '\0');
  for (const std::string& file : SampleLog()) {
    all.push_back(static_cast<char>(file.size() & 0xff));
    all.push_back(static_cast<char>(file.size() >> 8));
    all += file;
  }
  std::string behind = all;
  behind[0] = 2;
  behind[1] = 9;
  return {all, behind};
}

}  // namespace

const FuzzTarget kLogRecoveryFuzz{"log_recovery", Run, Seeds};

}  // namespace rowan
