// SPDX-License-Identifier: Apache-2.0
// The CQL name of a type.

#include "storage/base/check.h"
#include "storage/model/composite/type_name.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

void Run(std::string_view input) {
  const auto type = TypeFromName(input);
  if (!type.ok()) return;
  ROWAN_CHECK(CheckType(*type).ok());
  const auto again = TypeFromName(TypeName(*type));
  ROWAN_CHECK(again.ok() && *again == *type);
}

std::vector<std::string> Seeds() {
  return {"varchar", "frozen<map<text, frozen<set<uuid>>>>",
          " tuple < int , vector<float, 3> > ", "list<frozen<tuple<int>>>"};
}

}  // namespace

const FuzzTarget kTypeNameFuzz{"type_name", Run, Seeds};

}  // namespace rowan
