// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_METADATA_METADATA_PRINTER_H_
#define ROWAN_NODE_METADATA_METADATA_PRINTER_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace rowan {

// What one of the node's small files holds (FORMAT.md), as pairs of a name and
// a value, in order; names come again: "table" for each table, then its
// "column"s. The first ones are "kind" and "version".
using MetadataFacts = std::vector<std::pair<std::string, std::string>>;

// The file with these bytes; its name (without directory and ".copy") says
// which it is: identity, clock, catalogue or snapshot. kDataLoss for anything
// but exactly the bytes that were written; kInvalidArgument for another name.
absl::StatusOr<MetadataFacts> DescribeMetadata(std::string_view name,
                                               std::string_view bytes);

}  // namespace rowan

#endif  // ROWAN_NODE_METADATA_METADATA_PRINTER_H_
