// SPDX-License-Identifier: Apache-2.0
#include "node/service/page_token.h"

#include <xxhash.h>

#include <utility>

#include "node/service/wire/request_error.h"
#include "partitioner/murmur3.h"
#include "storage/base/coding.h"
#include "storage/base/crc32c.h"
#include "storage/model/key_codec.h"

namespace rowan {
namespace {

constexpr uint8_t kPlainVersion = 1;
constexpr uint8_t kVersion = 2;

absl::Status Bad(std::string_view why) {
  std::string message = "the page token ";
  message += why;
  message += "; send next_page_token of the page before, unaltered";
  return InField(BadRequest("BAD_PAGE_TOKEN", message), "page_token");
}

bool GetPosition(uint8_t version, std::string_view* in,
                 ReadPosition* position) {
  std::string_view key, place;
  uint8_t flags = 0;
  if (!GetLittle(in, &position->token.value) || !GetBytes(in, &key) ||
      !GetBytes(in, &place) ||
      !GetVarint(in, &position->rows_left_in_wide_row) ||
      (version > kPlainVersion && !GetLittle(in, &flags)) || flags > 1) {
    return false;
  }
  position->row_fell_through = flags == 1;
  position->partition_key = key;
  position->position = place;
  return true;
}

// The checksum keeps accidents out; this keeps crafted tokens from reaching
// code that trusts its keys.
bool FitsSchema(const Schema& schema, const ReadPosition& position) {
  if (!DecodePartitionKey(schema, position.partition_key).ok()) return false;
  if (TokenOfKey(position.partition_key) != position.token) return false;
  return position.position.empty() ||
         DecodePosition(schema, position.position).ok();
}

}  // namespace

std::string EncodePageToken(const PageToken& token) {
  const bool plain =
      token.aggregates.empty() &&
      !(token.position.has_value() && token.position->row_fell_through);
  std::string out(1, static_cast<char>(plain ? kPlainVersion : kVersion));
  PutLittle<uint32_t>(token.handle.value, &out);
  PutLittle<uint64_t>(token.shape, &out);
  PutLittle<uint32_t>(token.now_s, &out);
  PutVarint(token.limit_left, &out);
  if (!plain) PutBytes(token.aggregates, &out);
  out += token.position.has_value() ? '\1' : '\0';
  if (token.position.has_value()) {
    PutLittle<uint64_t>(token.position->token.value, &out);
    PutBytes(token.position->partition_key, &out);
    PutBytes(token.position->position, &out);
    PutVarint(token.position->rows_left_in_wide_row, &out);
    if (!plain) out += token.position->row_fell_through ? '\1' : '\0';
  }
  PutLittle<uint32_t>(Crc32c(out), &out);
  return out;
}

absl::StatusOr<PageToken> DecodePageToken(const Schema& schema, uint64_t shape,
                                          std::string_view bytes) {
  if (bytes.size() < 5) return Bad("is cut short");
  std::string_view rest = bytes.substr(0, bytes.size() - 4);
  if (LoadLittle<uint32_t>(bytes.data() + rest.size()) != Crc32c(rest)) {
    return Bad("is damaged");
  }
  const auto version = static_cast<uint8_t>(rest[0]);
  if (version < kPlainVersion || version > kVersion) {
    return Bad("is of another version");
  }
  rest.remove_prefix(1);
  PageToken token;
  std::string_view aggregates;
  if (!GetLittle(&rest, &token.handle.value) ||
      !GetLittle(&rest, &token.shape) || !GetLittle(&rest, &token.now_s) ||
      !GetVarint(&rest, &token.limit_left) || token.limit_left == 0 ||
      (version > kPlainVersion && !GetBytes(&rest, &aggregates)) ||
      rest.empty()) {
    return Bad("is damaged");
  }
  token.aggregates = aggregates;
  if (token.handle != schema.handle) return Bad("is of another table");
  if (token.shape != shape) return Bad("is of another read");
  const bool has_position = rest[0] != 0;
  rest.remove_prefix(1);
  if (has_position && !GetPosition(version, &rest, &token.position.emplace())) {
    return Bad("is damaged");
  }
  if (!rest.empty() || (has_position && !FitsSchema(schema, *token.position))) {
    return Bad("is damaged");
  }
  return token;
}

uint64_t ReadShape(const Schema& schema, const ReadCommand& command,
                   std::string_view more) {
  std::string shape;
  PutLittle<uint32_t>(schema.handle.value, &shape);
  shape += command.partition_key.has_value() ? 'k' : 'r';
  PutBytes(command.partition_key.value_or(""), &shape);
  for (const WideRowKey& key : command.wide_rows) {
    shape += 'l';
    PutBytes(key.partition_key, &shape);
  }
  PutLittle<uint64_t>(command.first_token.value, &shape);
  PutLittle<uint64_t>(command.last_token.value, &shape);
  shape += command.reverse ? '<' : '>';
  PutVarint(command.slices.size(), &shape);
  for (const ClusteringSlice& slice : command.slices) {
    PutBytes(slice.start, &shape);
    PutBytes(slice.end, &shape);
  }
  shape += command.columns.has_value() ? 'c' : 'a';
  if (command.columns.has_value()) {
    for (const ColumnId id : *command.columns) PutVarint(id.value, &shape);
  }
  PutVarint(command.per_wide_row_limit, &shape);
  if (command.distinct) shape += 'd';
  if (!more.empty()) PutBytes(more, &shape);
  return XXH3_64bits(shape.data(), shape.size());
}

}  // namespace rowan
