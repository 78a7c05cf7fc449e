// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_COORDINATOR_READ_SET_H_
#define ROWAN_NODE_COORDINATOR_READ_SET_H_

#include <string_view>
#include <vector>

#include "storage/model/mutation.h"
#include "storage/read/read_command.h"

namespace rowan {

// Gathers what a conditional write has to read of its wide row: the rows it
// asks of, and all that its changes touch, so that its timestamp lies above
// what they hide. The static row is always read. Thread-compatible.
class ReadSet {
 public:
  // A row's position; "" is the static row.
  void AddRow(std::string_view position);
  void AddChanges(const Mutation& mutation);

  // One read of exactly that, in pages of BoundSteps. Cost: one seek for each
  // slice.
  ReadCommand Command() &&;

 private:
  std::vector<ClusteringSlice> slices_;
};

// Makes pages so small that one is a step of a task: 10,000 rows, tombstones or
// looks, page_idle_bytes_max as it is.
void BoundSteps(ReadCommand* command);

}  // namespace rowan

#endif  // ROWAN_NODE_COORDINATOR_READ_SET_H_
