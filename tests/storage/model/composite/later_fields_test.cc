// SPDX-License-Identifier: Apache-2.0
// Values of a user type that got a field, met by who knows it without.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "storage/model/composite/composite_codec.h"
#include "storage/model/composite/element_path.h"
#include "storage/model/key_codec.h"
#include "tests/storage/model/composite/random_type.h"

namespace rowan {
namespace {

const ColumnType kIntType{TypeKind::kInt};
const ColumnType kTextType{TypeKind::kText};

ColumnType Older() { return Frozen(UserType("u", {"a"}, {kIntType})); }
ColumnType Newer() {
  return Frozen(
      UserType("u", {"a", "b", "c"}, {kIntType, kTextType, kTextType}));
}

std::string Parsed(const ColumnType& type, std::string_view text) {
  const auto value = ParseComposite(type, text);
  EXPECT_TRUE(value.ok()) << value.status();
  return value.value_or("");
}

std::string Form(const ColumnType& type, std::string_view value) {
  std::string form;
  AppendKeyForm(type, value, &form);
  return form;
}

Schema Clustered(const std::vector<ColumnType>& types, bool descending) {
  Schema schema{.keyspace = "k", .table = "t"};
  schema.columns.push_back(
      {ColumnId{1}, "p", types[0], ColumnRole::kPartitionKey});
  for (size_t i = 0; i < types.size(); ++i) {
    schema.columns.push_back({ColumnId{static_cast<uint32_t>(i + 2)},
                              "c" + std::to_string(i), types[i],
                              ColumnRole::kClustering, descending});
  }
  return schema;
}

// What the older schema decodes of a row that the newer one made.
absl::StatusOr<std::vector<std::string>> Decoded(
    const std::vector<ColumnType>& newer, const std::vector<ColumnType>& older,
    const std::vector<std::string>& values, bool descending) {
  const std::vector<std::string_view> views(values.begin(), values.end());
  const std::string position =
      EncodeClustering(Clustered(newer, descending), views).value();
  const absl::StatusOr<DecodedPosition> decoded =
      DecodePosition(Clustered(older, descending), position);
  if (!decoded.ok()) return decoded.status();
  return decoded->components;
}

TEST(LaterFields, AreSkippedInWhatIsStoredAndRefusedInWhatIsWritten) {
  for (const char* text : {"{a: 1, b: 'x'}", "{a: 1, b: null, c: 'x'}"}) {
    const std::string value = Parsed(Newer(), text);
    EXPECT_TRUE(CheckForm(Older(), value, LaterFields::kSkip).ok()) << text;
    EXPECT_FALSE(CheckForm(Older(), value).ok()) << text;
    EXPECT_EQ(Form(Older(), value), Form(Older(), Parsed(Older(), "{a: 1}")));
    EXPECT_EQ(FormatComposite(Older(), value), "{a: 1}");
  }
  // What is cut off is malformed for everybody.
  const std::string cut = Parsed(Newer(), "{a: 1, b: 'xy'}");
  EXPECT_FALSE(
      CheckForm(Older(), cut.substr(0, cut.size() - 1), LaterFields::kSkip)
          .ok());
}

TEST(LaterFields, AreSkippedAtAnyDepth) {
  // By their new fields they ascend; without, they are equal, and descend.
  const std::string set = Parsed(Frozen(SetOf(Frozen(ListOf(Newer())))),
                                 "{[{a: 1, b: 'x'}, {a: 9}], "
                                 "[{a: 1, b: 'y'}, {a: 2}]}");
  const ColumnType older = Frozen(SetOf(Frozen(ListOf(Older()))));
  EXPECT_TRUE(CheckForm(older, set, LaterFields::kSkip).ok());
  EXPECT_FALSE(CheckForm(older, set).ok());
  EXPECT_EQ(FormatComposite(older, set),
            "{[{a: 1}, {a: 9}], "
            "[{a: 1}, {a: 2}]}");
}

TEST(LaterFields, OfATupleAreNone) {
  const std::string pair = Parsed(TupleOf({kIntType, kIntType}), "(1, 2)");
  EXPECT_FALSE(CheckForm(TupleOf({kIntType}), pair, LaterFields::kSkip).ok());
}

TEST(LaterFields, AreSkippedInTheLastComponentOfAPosition) {
  for (const bool descending : {false, true}) {
    for (const char* text :
         {"{a: 1}", "{a: 1, b: 'x'}", "{a: 1, b: null, c: 'x'}"}) {
      const auto components =
          Decoded({kIntType, Newer()}, {kIntType, Older()},
                  {std::string(4, '\1'), Parsed(Newer(), text)}, descending);
      ASSERT_TRUE(components.ok()) << components.status();
      EXPECT_EQ((*components)[1], Parsed(Older(), "{a: 1}")) << text;
    }
    const auto nulls = Decoded({Newer()}, {Older()},
                               {Parsed(Newer(), "{b: 'x'}")}, descending);
    ASSERT_TRUE(nulls.ok()) << nulls.status();
    EXPECT_EQ((*nulls)[0], "");
  }
}

// Where something follows, they look like damage.
TEST(LaterFields, InsideAPositionAreDataLoss) {
  const std::string value = Parsed(Newer(), "{a: 1, b: 'x'}");
  EXPECT_EQ(Decoded({Newer(), kIntType}, {Older(), kIntType},
                    {value, std::string(4, '\1')}, false)
                .status()
                .code(),
            absl::StatusCode::kDataLoss);
}

TEST(LaterFields, OfElementsAreSkippedInPaths) {
  std::string path;
  AppendPath(SetOf(Newer()), Parsed(Newer(), "{a: 1, b: 'x'}"), &path);
  std::string value;
  ASSERT_TRUE(ReadPath(SetOf(Older()), path, &value));
  EXPECT_EQ(value, Parsed(Older(), "{a: 1}"));
  EXPECT_FALSE(ReadPath(SetOf(Older()), path + "x", &value));
}

TEST(LaterFields, BeginWithAMarkOfFields) {
  std::string path, value;
  AppendPath(SetOf(Older()), Parsed(Older(), "{a: 1}"), &path);
  for (const char mark : {'\x01', '\x02', '\x03', '\x7f', '\x80', '\xff'}) {
    std::string later = path;
    later.insert(later.size() - 1, {mark, 'x'});
    EXPECT_EQ(ReadPath(SetOf(Older()), later, &value),
              mark == '\x01' || mark == '\x02')
        << static_cast<int>(mark);
  }
}

TEST(LaterFields, AreKnownByTheirNumber) {
  const ColumnType type = UserType("u", {"a"}, {kIntType});
  const auto of = [&](size_t field) {
    std::string path;
    AppendFieldPath(field, &path);
    return IsOfLaterField(type, path);
  };
  EXPECT_FALSE(of(0));
  EXPECT_TRUE(of(1));
  EXPECT_TRUE(of(kTypeFieldsMax - 1));
  EXPECT_FALSE(of(kTypeFieldsMax));
  EXPECT_FALSE(IsOfLaterField(type, "x"));
  EXPECT_FALSE(IsOfLaterField(SetOf(kIntType), std::string("\0\1", 2)));
}

}  // namespace
}  // namespace rowan
