// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_IMPORT_IMPORT_JOB_H_
#define ROWAN_TOOLS_ROWAN_IMPORT_IMPORT_JOB_H_

#include <chrono>
#include <cstdint>
#include <fstream>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "storage/model/schema.h"
#include "tools/rowan/import/checkpoint.h"
#include "tools/rowan/import/importer.h"
#include "tools/rowan/import/progress_bar.h"
#include "tools/rowan/results.pb.h"

namespace rowan::cli {

enum class InputFormat { kCsv, kJsonLines };

struct ImportOptions {
  InputFormat format = InputFormat::kCsv;
  std::string table;  // "keyspace.table"
  std::vector<std::string> files;
  // Field names of CSV files without a header line; empty: they have one.
  std::vector<std::string> header;
  MappingOptions mapping;
  // Column that takes each file's name without folder and extension.
  std::string name_column;
  std::string rejects_path;  // empty: the first few go to stderr
  std::string checkpoint_path;
  bool resume = false;
  bool dry_run = false;  // reads no checkpoint, and leaves and removes none
};

// Reads the files one after the other and writes their rows. Used once, from
// one thread.
class ImportJob {
 public:
  // All must outlive the job. `err` takes talk; `terminal`: with progress bar.
  ImportJob(const ImportOptions& options, const Schema& schema,
            BatchSender& sender, std::ostream& err, bool terminal);

  // Not OK: what ended it; result() holds in any case. A job that did not
  // finish leaves its checkpoint, one that did removes it; one that came to no
  // line (wrong arguments) touches none.
  absl::Status Run();

  // Whether it came to a line.
  bool started() const { return started_; }
  const ImportResult& result() const { return result_; }

 private:
  absl::Status Start();
  absl::Status ImportFile(size_t file);
  absl::Status ImportCsv(size_t file, std::istream& in);
  absl::Status ImportJsonLines(size_t file, std::istream& in);
  absl::StatusOr<MappingOptions> MappingOf(size_t file) const;
  absl::Status Take(InputLine line, absl::StatusOr<MappedRow> row);
  void Reject(const InputLine& line, const absl::Status& why);
  void Tick(uint64_t bytes_of_file);
  void UpdateResult();

  const ImportOptions& options_;
  const Schema& schema_;
  std::ostream& err_;
  Checkpoint checkpoint_;
  ProgressBar bar_;
  const std::chrono::steady_clock::time_point begin_;
  Importer importer_;
  std::ofstream rejects_;
  std::vector<uint64_t> skip_to_;  // per file: lines that are done with
  bool started_ = false;
  uint64_t bytes_total_ = 0;
  uint64_t bytes_before_ = 0;  // of files that are read
  double last_tick_s_ = 0;
  double last_save_s_ = 0;
  uint64_t ticks_ = 0;
  ImportResult result_;
};

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_IMPORT_IMPORT_JOB_H_
