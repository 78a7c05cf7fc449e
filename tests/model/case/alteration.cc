// SPDX-License-Identifier: Apache-2.0
#include "tests/model/case/alteration.h"

#include "storage/base/check.h"
#include "storage/model/schema_change.h"

namespace rowan {

using Kind = Alteration::Kind;

namespace {

struct Tuning {
  int32_t compaction_scaling;
  Compression compression;
  uint32_t grace_s;
};

// From tiered with files as they are to leveled with compressed ones.
constexpr Tuning kTuned[kTunings] = {{4, Compression::kNone, 5},
                                     {0, Compression::kLz4, 0},
                                     {-2, Compression::kZstd, kGraceForEver},
                                     {-8, Compression::kNone, 2}};

}  // namespace

std::shared_ptr<const Schema> Altered(const TableShape& shape,
                                      const Schema& schema,
                                      const Alteration& alteration) {
  const bool of_column = alteration.kind != Kind::kTune;
  const Column* const column =
      of_column ? FindColumn(schema, alteration.column) : nullptr;
  if (of_column && (column == nullptr) != (alteration.kind == Kind::kAdd))
    return nullptr;
  auto altered = std::make_shared<Schema>(schema);
  ++altered->version.value;
  switch (alteration.kind) {
    case Kind::kAdd:
      ROWAN_CHECK(
          AddColumn(ColumnOf(shape, alteration.column), altered.get()).ok());
      break;
    case Kind::kDrop:
      ROWAN_CHECK(DropColumn(column->name, altered.get()).ok());
      break;
    case Kind::kRename:
      ROWAN_CHECK(RenameColumns({{column->name, OtherName(column->name)}},
                                altered.get())
                      .ok());
      break;
    case Kind::kGrow: {
      if (column->type.kind != TypeKind::kUserType) return nullptr;
      const int fields = FieldsOf(schema, alteration.column);
      if (fields == kShapeValues) return nullptr;
      altered->columns[static_cast<size_t>(column - schema.columns.data())]
          .type = TypeOf(KindOf(shape, alteration.column), fields + 1);
      break;
    }
    case Kind::kTune: {
      const Tuning& tuning = kTuned[alteration.tuning];
      altered->options.compaction_scaling = tuning.compaction_scaling;
      altered->options.compression = tuning.compression;
      altered->options.tombstone_grace_s = tuning.grace_s;
      break;
    }
  }
  ROWAN_CHECK(altered->Validate().ok());
  return altered;
}

}  // namespace rowan
