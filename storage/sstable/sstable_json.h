// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_SSTABLE_JSON_H_
#define ROWAN_STORAGE_SSTABLE_SSTABLE_JSON_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "storage/model/row.h"
#include "storage/model/row_iterator.h"
#include "storage/sstable/json_text.h"
#include "storage/sstable/sstable_reader.h"

namespace rowan {

struct SSTableJsonOptions {
  bool lines = false;                // one object a line instead of one array
  bool keys_only = false;            // only the partition keys
  bool raw_timestamps = false;       // decimal strings instead of ISO 8601
  std::vector<std::string> include;  // KeySelection
  std::vector<std::string> exclude;
  int64_t now_s = 0;  // decides "expired"
};

// Prints SSTables as Cassandra's sstabledump does: names, order and layout of
// org.apache.cassandra.tools.JsonTransformer, "table kind" as since 5.0.
// Several files make one array. Memory is bounded by one row.
//
// Thread-compatible. What damaged blocks take is told to `on_loss` and left
// out: Print goes on behind it. It stops at all other errors, such as a row
// that is malformed under a checksum that is right; what was read before has
// been handed over by then.
class SSTableJson {
 public:
  using Sink = absl::AnyInvocable<absl::Status(std::string_view)>;

  using LossSink =
      absl::AnyInvocable<void(const Schema& schema, const SSTableLoss& loss)>;

  SSTableJson(SSTableJsonOptions options, Sink sink, LossSink on_loss);

  // kInvalidArgument when a selected key is not one of the file's schema.
  absl::Status Print(const SSTableReader& table);
  // Ends the output. After an error it must not be called.
  absl::Status Finish();

 private:
  absl::Status PrintEach(
      SSTableIterator* rows,
      absl::FunctionRef<bool(std::string_view partition_key)> wanted);
  absl::Status PrintSelected(const SSTableReader& table, SSTableIterator* rows);
  // Ends on the next one already when damage took the rest of its block.
  absl::Status PrintWideRow(SSTableIterator* rows);
  absl::Status PrintRows(SSTableIterator* rows);
  // Behind what `status` says is damaged, if it says so.
  absl::Status SkipLosses(absl::Status status, SSTableIterator* rows);
  absl::Status PrintHead(const WideRowHead& head, uint64_t position);
  absl::Status PrintFragment(const SSTableIterator& rows);
  absl::Status PrintKeyOnly(const WideRowHead& head);
  absl::Status PrintKey(std::string_view partition_key);
  absl::Status PrintRow(const char* type, uint64_t position,
                        std::string_view row_position, std::string_view image);
  absl::Status PrintClustering(std::string_view position);
  absl::Status PrintDeletionChange(const RowFragment& fragment);
  absl::Status PrintBound(const char* name, bool inclusive,
                          std::string_view position,
                          const DeletionTime& deletion);
  void PrintLiveness(const Liveness& liveness);
  void PrintDeletion(const DeletionTime& deletion);
  void PrintCell(const Cell& cell, const Liveness& liveness);
  // Value or deletion, with what an element is called before it.
  void PrintContent(const Cell& cell, const Column* column);
  void PrintExpiry(uint32_t ttl_s, uint32_t expiry_s);
  void PrintMicros(const char* name, int64_t micros);
  void PrintSeconds(const char* name, uint32_t seconds);
  // Hands over when enough has gathered, or at once.
  absl::Status Flush(size_t more_than);

  const SSTableJsonOptions options_;
  Sink sink_;
  LossSink on_loss_;
  bool moved_on_ = false;  // by SkipLosses, to another wide row
  JsonText json_;
  const Schema* schema_ = nullptr;  // of the file being printed
  Row row_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_SSTABLE_JSON_H_
