// SPDX-License-Identifier: Apache-2.0
// A page token, its checksum put right, for the read that it says it is of; and
// the aggregates that it carries.

#include "node/service/page_token.h"
#include "partitioner/murmur3.h"
#include "storage/base/check.h"
#include "storage/base/coding.h"
#include "storage/base/crc32c.h"
#include "storage/read/aggregator.h"
#include "tests/fuzz/sstable/sample_table.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

constexpr size_t kShapeAt = 5;
constexpr uint64_t kShape = 0x0123456789abcdef;

std::shared_ptr<const Schema> TokensSchema() {
  auto schema = std::make_shared<Schema>(*SampleSchema());
  schema->handle = TableHandle{7};
  return schema;
}

Aggregator Aggregates(const std::shared_ptr<const Schema>& schema) {
  return {schema,
          {{.function = AggregateFunction::kCount},
           {.function = AggregateFunction::kMin, .column = &schema->columns[7]},
           {.function = AggregateFunction::kMax, .column = &schema->columns[5]},
           {.function = AggregateFunction::kSum, .column = &schema->columns[2]},
           {.function = AggregateFunction::kAverage,
            .column = &schema->columns[2]}}};
}

void Run(std::string_view input) {
  std::string bytes(input);
  if (bytes.size() < kShapeAt + 8 + 4) return;
  bytes.resize(bytes.size() - 4);
  PutLittle<uint32_t>(Crc32c(bytes), &bytes);
  const auto schema = TokensSchema();
  const auto shape = LoadLittle<uint64_t>(bytes.data() + kShapeAt);
  const auto token = DecodePageToken(*schema, shape, bytes);
  if (!token.ok()) {
    ROWAN_CHECK(absl::IsInvalidArgument(token.status()));
    return;
  }
  const std::string encoded = EncodePageToken(*token);
  const auto again = DecodePageToken(*schema, shape, encoded);
  ROWAN_CHECK(again.ok() && EncodePageToken(*again) == encoded);
  Aggregator aggregator = Aggregates(schema);
  if (!aggregator.Restore(token->aggregates)) return;
  const auto state = aggregator.State();
  ROWAN_CHECK(state.ok());
  for (size_t i = 0; i < aggregator.aggregates().size(); ++i) {
    aggregator.Result(i);
  }
  Aggregator same = Aggregates(schema);
  ROWAN_CHECK(same.Restore(*state) && same.State().value() == *state);
}

std::vector<std::string> Seeds() {
  const auto schema = TokensSchema();
  const std::string number("\0\0\0\1", 4);
  const std::vector<std::string_view> components = {"a", number};
  const std::string key = EncodePartitionKey(*schema, components).value();
  PageToken token{.handle = schema->handle,
                  .shape = kShape,
                  .now_s = 1'767'225'600,
                  .limit_left = 100};
  std::vector<std::string> seeds = {EncodePageToken(token)};
  token.position = {.token = TokenOfKey(key),
                    .partition_key = key,
                    .position = SamplePosition(1, "c"),
                    .rows_left_in_wide_row = 3};
  seeds.push_back(EncodePageToken(token));
  token.aggregates = Aggregates(schema).State().value();
  token.position->row_fell_through = true;
  seeds.push_back(EncodePageToken(token));
  return seeds;
}

}  // namespace

const FuzzTarget kPageTokenFuzz{"page_token", Run, Seeds};

}  // namespace rowan
