// SPDX-License-Identifier: Apache-2.0
// The catalogue, as its checked file holds it.

#include "node/metadata/catalogue.h"
#include "storage/base/check.h"
#include "tests/fuzz/sstable/sample_table.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

void Run(std::string_view input) {
  const auto catalogue = Catalogue::Decode(input);
  if (!catalogue.ok()) {
    ROWAN_CHECK(absl::IsDataLoss(catalogue.status()));
    return;
  }
  const std::string bytes = catalogue->Encode();
  const auto again = Catalogue::Decode(bytes);
  ROWAN_CHECK(again.ok() && again->Encode() == bytes);
}

std::vector<std::string> Seeds() {
  Catalogue catalogue;
  std::vector<std::string> seeds = {catalogue.Encode()};
  catalogue.AddKeyspace("ks");
  catalogue.AddKeyspace("other");
  Schema schema = *SampleSchema();
  schema.id = catalogue.TakeTableId();
  schema.handle = TableHandle{schema.id.value};
  catalogue.AddTable(std::make_shared<const Schema>(schema));
  catalogue.AddType({TypeKind::kUserType, false,
                     std::make_shared<TypeArguments>(
                         TypeArguments{.types = {{TypeKind::kInt}},
                                       .keyspace = "ks",
                                       .name = "u",
                                       .field_names = {"a"}})});
  seeds.push_back(catalogue.Encode());
  return seeds;
}

}  // namespace

const FuzzTarget kCatalogueFuzz{"catalogue", Run, Seeds};

}  // namespace rowan
