// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_PAGE_TOKEN_H_
#define ROWAN_NODE_SERVICE_PAGE_TOKEN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/base/ids.h"
#include "storage/model/schema.h"
#include "storage/read/read_command.h"

namespace rowan {

// What a read keeps between its pages. The client holds it as opaque bytes:
//
//   u8 version | u32 handle | u64 shape | u32 now_s | varint limit left |
//   bytes aggregates (2) | u8 has position | [u64 token | bytes partition key |
//   bytes position | varint rows left in the wide row | u8 flags (2)] |
//   u32 CRC32C of all before
//
// Little-endian; bytes are a varint length and themselves; (2): in version 2
// only, which is written when one of them is not empty. Flags: bit 0 is
// ReadPosition::row_fell_through, the others are 0. The table's handle and the
// shape (a hash of what was asked) tie it to its read; nothing in it depends on
// the node, on the schema's version or on a truncation.
struct PageToken {
  TableHandle handle;
  uint64_t shape = 0;
  uint32_t now_s = 0;
  uint64_t limit_left = 0;
  std::string aggregates;                // Aggregator::State()
  std::optional<ReadPosition> position;  // none: from the start
};

std::string EncodePageToken(const PageToken& token);

// kInvalidArgument (BAD_PAGE_TOKEN) unless `bytes` are a whole, unaltered token
// of this table and shape whose position is one of this schema.
absl::StatusOr<PageToken> DecodePageToken(const Schema& schema, uint64_t shape,
                                          std::string_view bytes);

// A hash of everything that must not change from page to page; `more`: what the
// command doesn't say. Of a read that asks for nothing new it stays the same
// for ever, so that tokens outlive updates of the node.
uint64_t ReadShape(const Schema& schema, const ReadCommand& command,
                   std::string_view more);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_PAGE_TOKEN_H_
