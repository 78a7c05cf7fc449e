// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_CLIENT_ROW_COUNT_H_
#define ROWAN_TOOLS_ROWAN_CLIENT_ROW_COUNT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "rowan/v1/data.pb.h"
#include "storage/model/schema.h"
#include "tools/rowan/client/client.h"

namespace rowan::cli {

// How many rows `request`, which has no aggregates, would answer, counted by
// the node. Static columns alone have no clustering key and are no row.
absl::StatusOr<uint64_t> CountRows(const Schema& schema,
                                   v1::ReadRequest request, Client* client);

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_CLIENT_ROW_COUNT_H_
