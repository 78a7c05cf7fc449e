// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_READ_DECODER_H_
#define ROWAN_NODE_SERVICE_READ_DECODER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "rowan/v1/data.pb.h"
#include "storage/model/schema.h"
#include "storage/read/aggregator.h"
#include "storage/read/read_command.h"

namespace rowan {

// A read ready to run: what to do, and how to show it.
struct DecodedRead {
  std::shared_ptr<const Schema> schema;
  ReadCommand command;
  // The columns of each row of the answer, in schema order: all key columns
  // (of the partition key only, in distinct reads) and the wanted others. Point
  // into `schema`.
  std::vector<const Column*> columns;
  bool cell_info = false;  // fill Row.cells
  // Takes the rows in, if aggregates are wanted instead of them. One for all
  // pages of a stream; a page at a time feeds it.
  std::shared_ptr<Aggregator> aggregator;
  uint64_t shape = 0;
  bool serial = false;
  // page_bytes stayed within what every client receives.
  bool plain_client = true;
};

// kInvalidArgument with the field. Sets everything but deadline_ns; a page
// token brings position, limit left and now_s with it.
absl::StatusOr<DecodedRead> DecodeRead(std::shared_ptr<const Schema> schema,
                                       const v1::ReadRequest& request,
                                       uint32_t now_s);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_READ_DECODER_H_
