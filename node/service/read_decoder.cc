// SPDX-License-Identifier: Apache-2.0
#include "node/service/read_decoder.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/service/aggregate_codec.h"
#include "node/service/key_decoder.h"
#include "node/service/limits.h"
#include "node/service/page_token.h"
#include "node/service/predicate_decoder.h"
#include "node/service/table_lookup.h"
#include "node/service/wire/request_error.h"
#include "partitioner/murmur3.h"
#include "storage/base/coding.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

// `list` in the order of reading, each key once.
absl::Status DecodeKeys(const v1::KeyList& list, DecodedRead* read) {
  if (list.keys_size() < 1 || list.keys_size() > kReadKeysMax) {
    return InField(
        OverLimit(absl::StatusCode::kInvalidArgument,
                  "number of keys (1 at least)",
                  static_cast<uint64_t>(list.keys_size()), kReadKeysMax),
        "keys");
  }
  std::vector<WideRowKey>& wide_rows = read->command.wide_rows;
  for (int i = 0; i < list.keys_size(); ++i) {
    absl::StatusOr<std::string> key =
        DecodePartitionKeyOf(*read->schema, list.keys(i));
    if (!key.ok()) return InField(key.status(), "keys", i);
    const Token token = TokenOfKey(*key);
    wide_rows.push_back({token, *std::move(key)});
  }
  std::sort(wide_rows.begin(), wide_rows.end());
  wide_rows.erase(std::unique(wide_rows.begin(), wide_rows.end()),
                  wide_rows.end());
  return absl::OkStatus();
}

absl::Status DecodeScope(const v1::ReadRequest& request, DecodedRead* read) {
  ReadCommand& command = read->command;
  if (request.has_partition_key()) {
    absl::StatusOr<std::string> key =
        DecodePartitionKeyOf(*read->schema, request.partition_key());
    if (!key.ok()) return InField(key.status(), "partition_key");
    command.token = TokenOfKey(*key);
    command.partition_key = *std::move(key);
  } else if (request.has_partition_keys()) {
    return InField(DecodeKeys(request.partition_keys(), read),
                   "partition_keys");
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

// What a distinct read can show.
bool OfWideRow(const Column& column) {
  return column.role == ColumnRole::kPartitionKey ||
         column.role == ColumnRole::kStatic;
}

absl::Status BadDistinct(std::string_view what, std::string_view field) {
  const std::string subject(what);
  return InField(
      BadRequest("BAD_DISTINCT",
                 absl::StrCat("a distinct read shows one row for each wide "
                              "row: it takes ",
                              subject)),
      field);
}

absl::Status CheckDistinct(const v1::ReadRequest& request,
                           const std::vector<const Column*>& wanted) {
  if (!request.distinct()) return absl::OkStatus();
  if (request.slices_size() > 0) return BadDistinct("no slices", "slices");
  if (request.per_wide_row_limit() > 0) {
    return BadDistinct("limit, not per_wide_row_limit", "per_wide_row_limit");
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (OfWideRow(*wanted[i])) continue;
    return BadDistinct(
        "columns of the partition key and static ones only",
        absl::StrCat(request.columns_size() > 0 ? "columns[" : "column_ids[", i,
                     "]"));
  }
  return absl::OkStatus();
}

absl::Status DecodeColumns(const v1::ReadRequest& request, DecodedRead* read) {
  ASSIGN_OR_RETURN(
      const std::vector<const Column*> wanted,
      FindColumns(*read->schema, request.columns(), request.column_ids()));
  RETURN_IF_ERROR(CheckDistinct(request, wanted));
  if (!wanted.empty()) {
    std::vector<ColumnId>& ids = read->command.columns.emplace();
    for (const Column* column : wanted) {
      if (!IsKey(column->role)) ids.push_back(column->id);
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  }
  for (const Column& column : read->schema->columns) {
    if (request.distinct() && !OfWideRow(column)) continue;
    const bool shown =
        IsKey(column.role) || wanted.empty() ||
        std::binary_search(read->command.columns->begin(),
                           read->command.columns->end(), column.id);
    if (shown) read->columns.push_back(&column);
  }
  return absl::OkStatus();
}

absl::Status SetFilter(const v1::ReadRequest& request, DecodedRead* read) {
  if (request.predicates_size() == 0) return absl::OkStatus();
  if (request.predicates_size() > kPredicatesMax) {
    return InField(
        OverLimit(absl::StatusCode::kInvalidArgument, "number of predicates",
                  static_cast<uint64_t>(request.predicates_size()),
                  kPredicatesMax),
        "predicates");
  }
  std::vector<Predicate> predicates;
  for (int i = 0; i < request.predicates_size(); ++i) {
    absl::StatusOr<Predicate> predicate =
        DecodePredicate(*read->schema, request.predicates(i));
    if (!predicate.ok()) return InField(predicate.status(), "predicates", i);
    const Column& column = *read->schema->FindColumn(predicate->column());
    if (request.distinct() && !OfWideRow(column)) {
      return InField(BadDistinct("predicates on columns of the partition key "
                                 "and static ones only",
                                 "column"),
                     "predicates", i);
    }
    predicates.push_back(*std::move(predicate));
  }
  read->command.filter =
      std::make_shared<RowFilter>(read->schema, std::move(predicates));
  return absl::OkStatus();
}

absl::Status SetAggregates(const v1::ReadRequest& request, DecodedRead* read) {
  ASSIGN_OR_RETURN(std::vector<Aggregate> aggregates,
                   DecodeAggregates(*read->schema, request));
  if (aggregates.empty()) return absl::OkStatus();
  std::vector<ColumnId>& ids = read->command.columns.emplace();
  for (const Aggregate& aggregate : aggregates) {
    const Column* column = aggregate.column;
    if (column != nullptr && !IsKey(column->role)) ids.push_back(column->id);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  read->aggregator =
      std::make_shared<Aggregator>(read->schema, std::move(aggregates));
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
  // Rows that are summed up take no room: a page of them is a bound of work.
  const uint32_t rows = read->aggregator ? kPageRowsMax : kPageRowsDefault;
  read->command.page_rows_max =
      request.page_rows() == 0 ? rows
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
  if (!command.wide_rows.empty()) {
    return std::binary_search(
        command.wide_rows.begin(), command.wide_rows.end(),
        WideRowKey{position.token, position.partition_key});
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
  const bool restored = read->aggregator
                            ? read->aggregator->Restore(token.aggregates)
                            : token.aggregates.empty();
  if (!restored) {
    return InField(BadRequest("BAD_PAGE_TOKEN", "the page token is damaged"),
                   "page_token");
  }
  read->command.now_s = token.now_s;
  read->command.limit = token.limit_left;
  read->command.resume = std::move(token.position);
  return absl::OkStatus();
}

// Adds a predicate or an aggregate, with its column by id: the next page may
// come under another name of it, and must not under its name of another one.
template <typename Message>
void PutAsked(const Schema& schema, char kind, Message message,
              std::string* asked) {
  if (!message.column().empty()) {
    message.set_column_id(schema.FindColumn(message.column())->id.value);
    message.clear_column();
  }
  asked->push_back(kind);
  PutBytes(message.SerializeAsString(), asked);
}

// What else must not change from page to page, of a request that was decoded.
std::string AlsoAsked(const Schema& schema, const v1::ReadRequest& request) {
  std::string asked;
  if (request.cell_info()) asked += 'i';
  for (const v1::Predicate& predicate : request.predicates()) {
    PutAsked(schema, 'p', predicate, &asked);
  }
  for (const v1::Aggregate& aggregate : request.aggregates()) {
    PutAsked(schema, 'a', aggregate, &asked);
  }
  return asked;
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
  read.command.distinct = request.distinct();
  read.cell_info = request.cell_info();
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
  RETURN_IF_ERROR(SetFilter(request, &read));
  RETURN_IF_ERROR(SetAggregates(request, &read));
  RETURN_IF_ERROR(DecodePageSize(request, &read));
  read.shape =
      ReadShape(*read.schema, read.command, AlsoAsked(*read.schema, request));
  if (!request.page_token().empty()) {
    RETURN_IF_ERROR(Resume(request.page_token(), &read));
  }
  return read;
}

}  // namespace rowan
