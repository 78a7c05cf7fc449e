// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_MUTATION_H_
#define ROWAN_STORAGE_MODEL_MUTATION_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "partitioner/token.h"
#include "storage/base/ids.h"
#include "storage/model/row.h"

namespace rowan {

// Everything in positions [start, end) of a wide row is deleted.
struct RangeTombstone {
  std::string_view start;  // bounds of key_codec.h
  std::string_view end;
  DeletionTime deletion;
};

struct RowChange {
  std::string_view position;  // of key_codec.h; empty for the static row
  Row row;
};

// One atomic change inside one wide row. Keys, positions and cell values are
// views: into memory that the writer keeps until its callback has run, or into
// the mutation's own `scratch`. Moves keep the views good; a copy's would point
// into the original, so there is none.
struct Mutation {
  Mutation() = default;
  Mutation(Mutation&&) = default;
  Mutation& operator=(Mutation&&) = default;
  Mutation(const Mutation&) = delete;
  Mutation& operator=(const Mutation&) = delete;

  TableId table;
  Token token;
  std::string_view partition_key;
  DeletionTime wide_row_deletion;
  std::vector<RangeTombstone> range_tombstones;
  std::optional<Row> static_row;
  std::vector<RowChange> rows;  // any order; one position may come twice

  // Whether it changes nothing.
  bool empty() const {
    return wide_row_deletion.none() && range_tombstones.empty() &&
           !static_row.has_value() && rows.empty();
  }

  // Keeps `bytes` for the mutation's life.
  std::string_view Keep(std::string bytes) {
    scratch.push_back(std::move(bytes));
    return scratch.back();
  }
  std::deque<std::string> scratch;  // elements stay where they are
};

// The encoded form that the commit log carries and a memtable inserts from
// (storage/model/FORMAT.md). Encode writes exactly EncodedMutationSize bytes.
size_t EncodedMutationSize(const Mutation& mutation);
char* EncodeMutation(const Mutation& mutation, char* out);

// One part of an encoded mutation; views into it.
struct MutationPart {
  enum class Kind : uint8_t {
    kWideRowDeletion = 1,
    kRangeTombstone = 2,
    kStaticRow = 3,
    kRow = 4,
  };
  Kind kind;
  DeletionTime deletion;       // kWideRowDeletion, kRangeTombstone
  std::string_view start;      // kRangeTombstone; kRow: the position
  std::string_view end;        // kRangeTombstone
  std::string_view row_image;  // kStaticRow, kRow
};

// A reader of encoded mutations: header first, then part after part, with no
// allocation. One record of the log holds one or more mutations back to back.
//
// Thread-compatible. Usage:
//   MutationReader reader(bytes);
//   while (!reader.AtEnd()) {
//     RETURN_IF_ERROR(reader.ReadHeader());
//     MutationPart part;
//     while (reader.HasPart()) RETURN_IF_ERROR(reader.ReadPart(&part));
//   }
// kDataLoss when the bytes are malformed.
class MutationReader {
 public:
  explicit MutationReader(std::string_view bytes) : rest_(bytes) {}

  bool AtEnd() const { return rest_.empty(); }
  absl::Status ReadHeader();
  bool HasPart() const { return parts_left_ > 0; }
  absl::Status ReadPart(MutationPart* part);

  TableId table() const { return table_; }
  Token token() const { return token_; }
  std::string_view partition_key() const { return partition_key_; }
  uint32_t parts_left() const { return parts_left_; }

 private:
  std::string_view rest_;
  TableId table_;
  Token token_;
  std::string_view partition_key_;
  uint32_t parts_left_ = 0;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_MUTATION_H_
