// SPDX-License-Identifier: Apache-2.0
#include "storage/read/aggregator.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/model/counter.h"
#include "storage/model/value.h"
#include "tests/lib/test_tables.h"

namespace rowan {
namespace {

using testing::ElementsAre;

class AggregatorTest : public testing::Test {
 protected:
  const Column* Named(std::string_view name) {
    return schema_->FindColumn(name);
  }
  std::vector<Aggregate> All() {
    return {{AggregateFunction::kCount, nullptr},
            {AggregateFunction::kCount, Named("ck")},
            {AggregateFunction::kMax, Named("key")},
            {AggregateFunction::kMin, Named("ck")},
            {AggregateFunction::kAverage, Named("ck")},
            {AggregateFunction::kCount, Named("s")},
            {AggregateFunction::kMax, Named("v")}};
  }
  // A row of the test table; without `ck` the static row alone.
  absl::Status Add(Aggregator* aggregator, std::string_view key,
                   std::optional<int64_t> ck, std::string_view s,
                   std::string_view v) {
    Row row, static_row;
    if (!v.empty()) {
      row.cells.push_back({.column = kValueColumn, .value = v});
    }
    static_row.cells.push_back({.column = kStaticColumn, .value = s});
    ResultRow result;
    result.partition_key = key;
    std::string position;
    if (ck.has_value()) {
      position = TestPosition(*schema_, *ck);
      result.row = &row;
    }
    result.position = position;
    if (!s.empty()) result.static_row = &static_row;
    return aggregator->Add(result);
  }
  static std::vector<std::string> Results(const Aggregator& aggregator) {
    std::vector<std::string> results;
    for (size_t i = 0; i < aggregator.aggregates().size(); ++i) {
      const auto result = aggregator.Result(i);
      results.push_back(
          result.has_value()
              ? FormatValue(ResultType(aggregator.aggregates()[i]).value(),
                            *result)
              : "null");
    }
    return results;
  }

  std::shared_ptr<const Schema> schema_ = TestSchema(1);
};

TEST_F(AggregatorTest, KeyStaticAndRegularColumnsAreTakenFromTheRow) {
  Aggregator aggregator(schema_, All());
  EXPECT_THAT(Results(aggregator),
              ElementsAre("0", "0", "null", "null", "null", "0", "null"));
  ASSERT_TRUE(Add(&aggregator, "a", 5, "", "x").ok());
  ASSERT_TRUE(Add(&aggregator, "b", -3, "st", "y").ok());
  ASSERT_TRUE(Add(&aggregator, "a", 1, "st", "").ok());
  ASSERT_TRUE(Add(&aggregator, "c", std::nullopt, "st", "").ok());
  EXPECT_THAT(Results(aggregator),
              ElementsAre("4", "3", "c", "-3", "1", "3", "y"));
}

TEST_F(AggregatorTest, StateGoesOnWhereItWas) {
  Aggregator first(schema_, All());
  ASSERT_TRUE(Add(&first, "a", 5, "st", "x").ok());
  Aggregator second(schema_, All());
  ASSERT_TRUE(second.Restore(first.State().value()));
  EXPECT_EQ(Results(second), Results(first));
  const std::string state = first.State().value();
  for (size_t i = 0; i < state.size(); ++i) {
    EXPECT_FALSE(Aggregator(schema_, All()).Restore(state.substr(0, i)));
  }
  EXPECT_FALSE(Aggregator(schema_, All()).Restore(state + "x"));
}

TEST_F(AggregatorTest, ManyLargeExtremesAreTooMuchToKeep) {
  std::vector<Aggregate> aggregates(17, {AggregateFunction::kMax, Named("v")});
  Aggregator aggregator(schema_, aggregates);
  ASSERT_TRUE(
      Add(&aggregator, "a", 1, "", std::string(kExtremeBytesMax, 'x')).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(aggregator.State().status()));
}

TEST_F(AggregatorTest, ErrorsNameTheAggregate) {
  Aggregator aggregator(schema_, {{AggregateFunction::kMax, Named("v")}});
  const absl::Status status =
      Add(&aggregator, "a", 1, "", std::string(kExtremeBytesMax + 1, 'x'));
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_THAT(std::string(status.message()), testing::StartsWith("max(v): "));
}

TEST_F(AggregatorTest, NamesAreThoseOfCql) {
  std::vector<std::string> names;
  for (const Aggregate& aggregate : All()) names.push_back(NameOf(aggregate));
  EXPECT_THAT(names, ElementsAre("count(*)", "count(ck)", "max(key)", "min(ck)",
                                 "avg(ck)", "count(s)", "max(v)"));
  EXPECT_FALSE(ResultType({AggregateFunction::kMax, nullptr}).ok());
}

TEST_F(AggregatorTest, CountersAreSummedOverTheirReplicas) {
  auto schema = std::make_shared<Schema>(*schema_);
  for (Column& column : schema->columns) {
    if (column.id == kStaticColumn || column.id == kValueColumn) {
      column.type = {TypeKind::kCounter};
    }
  }
  ASSERT_TRUE(schema->Validate().ok());
  const Column* counter = schema->FindColumn(kValueColumn);
  Aggregator aggregator(schema, {{AggregateFunction::kSum, counter},
                                 {AggregateFunction::kMax, counter},
                                 {AggregateFunction::kCount, counter}});
  const std::string parts[] = {CounterBytes(5), CounterBytes(-2)};
  Row row;
  row.cells = {{.column = kValueColumn, .value = parts[0], .path = "m"},
               {.column = kValueColumn, .value = parts[1], .path = "n"}};
  const std::string position = TestPosition(*schema, 1);
  ResultRow shown;
  shown.partition_key = "k";
  shown.position = position;
  shown.row = &row;
  ASSERT_TRUE(aggregator.Add(shown).ok());
  row.cells.resize(1);
  ASSERT_TRUE(aggregator.Add(shown).ok());
  EXPECT_THAT(Results(aggregator), ElementsAre("8", "5", "2"));
}

}  // namespace
}  // namespace rowan
