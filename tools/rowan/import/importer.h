// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_IMPORT_IMPORTER_H_
#define ROWAN_TOOLS_ROWAN_IMPORT_IMPORTER_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "rowan/v1/data.pb.h"
#include "tools/rowan/import/batch_sender.h"
#include "tools/rowan/import/row_mapper.h"

namespace rowan::cli {

// Where a row came from.
struct InputLine {
  size_t file = 0;
  uint64_t first_line = 0;
  uint64_t last_line = 0;
  std::string raw;  // for the rejects
};

// Writes rows in batches, several of them in flight, and knows up to which line
// of each file everything is acknowledged. Used from one thread.
//
// Rows get timestamps that rise by one microsecond each, so of equal keys the
// later one wins, and a batch sent twice is the same batch. Neighbouring rows
// of one wide row share a write. A row that the node refuses is given to
// `reject`; a node that is busy is asked again; any other failure ends the
// import.
//
// Invariants: 1. at most kBatchesMax batches are held, each of about
// kBatchBytesMax; 2. acknowledged_line(f) only grows, and all lines up to it
// are acknowledged or rejected.
class Importer {
 public:
  static constexpr size_t kBatchesMax = 8;
  static constexpr size_t kBatchBytesMax = 512 << 10;
  static constexpr int kBatchRowsMax = 2000;
  // A row has to fit into a message of 16 MiB together with its key.
  static constexpr size_t kRowBytesMax = 15 << 20;
  static constexpr int kAttemptsMax = 30;

  using Reject = std::function<void(const InputLine&, const absl::Status&)>;

  // `sender` must outlive the importer. Timestamps follow `start_us`.
  Importer(std::string table, size_t files, int64_t start_us,
           BatchSender& sender, Reject reject);

  // Not OK: the import is over; call no more than the getters.
  absl::Status Add(InputLine line, MappedRow row);
  // A line that never became a row; counts as done with.
  absl::Status AddRejected(InputLine line, const absl::Status& why);
  // Sends the rest and waits for all answers.
  absl::Status Finish();

  uint64_t rows() const { return rows_; }
  uint64_t rejected() const { return rejected_; }
  uint64_t acknowledged_line(size_t file) const { return acknowledged_[file]; }

 private:
  // The rows of one write, in its changes' order.
  using WriteLines = std::vector<InputLine>;
  struct Batch {
    v1::BatchWriteRequest request;
    std::vector<WriteLines> lines;       // per write
    std::map<size_t, uint64_t> reaches;  // file -> its last line in here
    std::string last_key;                // of the last write, serialised
    size_t bytes = 0;
    int rows = 0;
    int attempts = 0;
    bool done = false;
  };

  Batch& Open();
  absl::Status CloseIfFull();
  void Send(Batch* batch);
  void OnAnswer(Batch* batch, const absl::Status& status,
                const v1::BatchWriteResponse& response);
  // Keeps of `batch` what has to be written again.
  void KeepFailed(Batch* batch, const v1::BatchWriteResponse& response,
                  uint32_t* pause_ms);
  void RejectLine(const InputLine& line, const absl::Status& why);
  void Retire();
  absl::Status Wait();

  const std::string table_;
  int64_t next_timestamp_us_;
  BatchSender& sender_;
  const Reject reject_;
  std::deque<std::unique_ptr<Batch>> batches_;  // the last may be open
  bool open_ = false;
  size_t in_flight_ = 0;
  std::vector<uint64_t> acknowledged_;
  uint64_t rows_ = 0;
  uint64_t rejected_ = 0;
  absl::Status failure_;
};

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_IMPORT_IMPORTER_H_
