// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_ROW_ENCODER_H_
#define ROWAN_NODE_SERVICE_ROW_ENCODER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "node/service/read_decoder.h"
#include "rowan/v1/data.pb.h"
#include "storage/read/read_command.h"

namespace rowan {

// Turns the rows of one page into the answer's messages as the read finds them:
// each value is copied once, from where it is stored into the message.
//
// Thread-compatible; `read` and `response` (used by OnRow only) outlive it.
// What can't be decoded is remembered in status(), and the page is then worth
// nothing.
class RowEncoder : public RowConsumer {
 public:
  RowEncoder(const DecodedRead& read, v1::ReadResponse* response);

  size_t OnRow(const ResultRow& row) override;
  // Fills `out`, which is empty. kDataLoss.
  absl::Status EncodeRow(const ResultRow& row, v1::Row* out);

  // OK, or kDataLoss.
  const absl::Status& status() const { return status_; }
  size_t bytes() const { return bytes_; }
  v1::ReadResponse* response() { return response_; }

 private:
  absl::Status EncodeKey(std::string_view partition_key, v1::Row* out);
  absl::Status EncodePosition(std::string_view position, v1::Row* out);
  absl::Status EncodeCells(const Row& row, v1::Row* out);
  // A replica's part of a counter.
  absl::Status AddToCounter(const Cell& cell, v1::Value* counter);

  const DecodedRead& read_;
  v1::ReadResponse* const response_;
  int key_columns_ = 0;              // of the partition key, first in a row
  int clustering_columns_ = 0;       // behind them
  std::vector<int> place_;           // column id -> index in a row, or -1
  std::vector<size_t> with_fields_;  // indexes in a row (HoldsFields)
  absl::Status status_;
  size_t bytes_ = 0;
};

// What the rows of an answer hold.
void FillColumns(const DecodedRead& read,
                 google::protobuf::RepeatedPtrField<v1::ResultColumn>* columns);

// The page's end: token, reason, columns, stats. kDataLoss as the encoder's;
// kResourceExhausted (ROW_TOO_LARGE) when the answer is more than the client
// said it takes.
absl::Status FinishPage(const v1::ReadRequest& request, const DecodedRead& read,
                        const RowEncoder& rows, const PageEnd& end,
                        v1::ReadResponse* response);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_ROW_ENCODER_H_
