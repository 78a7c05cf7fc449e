// SPDX-License-Identifier: Apache-2.0
#include "tests/model/case/alteration.h"

#include "storage/base/check.h"
#include "storage/model/schema_change.h"

namespace rowan {

using Kind = Alteration::Kind;

std::shared_ptr<const Schema> Altered(const TableShape& shape,
                                      const Schema& schema,
                                      const Alteration& alteration) {
  const Column* const column = FindColumn(schema, alteration.column);
  if ((column == nullptr) != (alteration.kind == Kind::kAdd)) return nullptr;
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
      const auto fields =
          static_cast<int>(column->type.arguments->types.size());
      if (fields == kShapeValues) return nullptr;
      altered->columns[static_cast<size_t>(column - schema.columns.data())]
          .type = UserTypeOf(fields + 1);
      break;
    }
  }
  ROWAN_CHECK(altered->Validate().ok());
  return altered;
}

}  // namespace rowan
