// SPDX-License-Identifier: Apache-2.0
#include "node/service/read_decoder.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "node/service/key_decoder.h"
#include "node/service/limits.h"
#include "node/service/page_token.h"
#include "node/service/request_error.h"
#include "node/service/table_lookup.h"
#include "partitioner/murmur3.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

absl::Status DecodeScope(const v1::ReadRequest& request, DecodedRead* read) {
  ReadCommand& command = read->command;
  if (request.has_partition_key()) {
    absl::StatusOr<std::string> key =
        DecodePartitionKeyOf(*read->schema, request.partition_key());
    if (!key.ok()) return InField(key.status(), "partition_key");
    command.token = TokenOfKey(*key);
    command.partition_key = *std::move(key);
  } else if (request.has_token_range()) {
    command.first_token = Token::FromSigned(request.token_range().first());
    command.last_token = Token::FromSigned(request.token_range().last());
    if (command.first_token > command.last_token) {
      return InField(BadRequest("BAD_RANGE", "last lies before first"),
                     "token_range");
    }
  }
  return absl::OkStatus();
}

absl::Status DecodeSlices(const v1::ReadRequest& request, DecodedRead* read) {
  if (request.slices_size() > kSlicesMax) {
    return InField(
        OverLimit(absl::StatusCode::kInvalidArgument, "number of slices",
                  static_cast<uint64_t>(request.slices_size()), kSlicesMax),
        "slices");
  }
  std::vector<ClusteringSlice>& slices = read->command.slices;
  for (int i = 0; i < request.slices_size(); ++i) {
    absl::StatusOr<ClusteringSlice> slice =
        DecodeSlice(*read->schema, request.slices(i));
    if (!slice.ok()) return InField(slice.status(), "slices", i);
    slices.push_back(*std::move(slice));
  }
  std::sort(slices.begin(), slices.end(),
            [](const ClusteringSlice& a, const ClusteringSlice& b) {
              return a.start < b.start;
            });
  for (size_t i = 1; i < slices.size(); ++i) {
    if (slices[i].start < slices[i - 1].end) {
      return InField(BadRequest("SLICES_OVERLAP", "two slices overlap"),
                     "slices");
    }
  }
  return absl::OkStatus();
}

bool IsKey(const Column& column) {
  return column.role == ColumnRole::kPartitionKey ||
         column.role == ColumnRole::kClustering;
}

absl::Status DecodeColumns(const v1::ReadRequest& request, DecodedRead* read) {
  ASSIGN_OR_RETURN(
      const std::vector<const Column*> wanted,
      FindColumns(*read->schema, request.columns(), request.column_ids()));
  if (!wanted.empty()) {
    std::vector<ColumnId>& ids = read->command.columns.emplace();
    for (const Column* column : wanted) {
      if (!IsKey(*column)) ids.push_back(column->id);
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  }
  for (const Column& column : read->schema->columns) {
    const bool shown =
        IsKey(column) || wanted.empty() ||
        std::binary_search(read->command.columns->begin(),
                           read->command.columns->end(), column.id);
    if (shown) read->columns.push_back(&column);
  }
  return absl::OkStatus();
}

uint64_t LimitOr(uint64_t limit) {
  return limit == 0 ? std::numeric_limits<uint64_t>::max() : limit;
}

absl::Status DecodePageSize(const v1::ReadRequest& request, DecodedRead* read) {
  if (request.page_bytes() > kPageBytesMax) {
    return InField(OverLimit(absl::StatusCode::kInvalidArgument, "page_bytes",
                             request.page_bytes(), kPageBytesMax),
                   "page_bytes");
  }
  read->command.page_rows_max =
      request.page_rows() == 0 ? kPageRowsDefault
                               : std::min(request.page_rows(), kPageRowsMax);
  read->command.page_bytes_max =
      request.page_bytes() == 0 ? kPageBytesDefault : request.page_bytes();
  read->plain_client = read->command.page_bytes_max <= kPageBytesPlainMax;
  return absl::OkStatus();
}

// A position outside of what the read covers comes from no page of ours.
bool Covers(const ReadCommand& command, const ReadPosition& position) {
  if (command.partition_key.has_value()) {
    return *command.partition_key == position.partition_key;
  }
  return command.first_token <= position.token &&
         position.token <= command.last_token;
}

absl::Status Resume(const std::string& bytes, DecodedRead* read) {
  ASSIGN_OR_RETURN(PageToken token,
                   DecodePageToken(*read->schema, read->shape, bytes));
  if (token.position.has_value() && !Covers(read->command, *token.position)) {
    return InField(
        BadRequest("BAD_PAGE_TOKEN", "the page token is of another read"),
        "page_token");
  }
  read->command.now_s = token.now_s;
  read->command.limit = token.limit_left;
  read->command.resume = std::move(token.position);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DecodedRead> DecodeRead(std::shared_ptr<const Schema> schema,
                                       const v1::ReadRequest& request,
                                       uint32_t now_s) {
  DecodedRead read;
  read.schema = std::move(schema);
  read.command.table = read.schema->id;
  read.command.now_s = now_s;
  read.command.reverse = request.reverse();
  read.command.limit = LimitOr(request.limit());
  read.command.per_wide_row_limit = LimitOr(request.per_wide_row_limit());
  read.serial = request.serial();
  if (read.serial && !request.has_partition_key()) {
    return InField(BadRequest("BAD_SERIAL",
                              "a serial read is of one wide row: give its "
                              "partition_key"),
                   "serial");
  }
  RETURN_IF_ERROR(DecodeScope(request, &read));
  RETURN_IF_ERROR(DecodeSlices(request, &read));
  RETURN_IF_ERROR(DecodeColumns(request, &read));
  RETURN_IF_ERROR(DecodePageSize(request, &read));
  read.shape = ReadShape(read.command);
  if (!request.page_token().empty()) {
    RETURN_IF_ERROR(Resume(request.page_token(), &read));
  }
  return read;
}

}  // namespace rowan
