// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_LIB_DAMAGE_MODEL_H_
#define ROWAN_TESTS_LIB_DAMAGE_MODEL_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "tests/lib/mem_tree.h"

namespace rowan {

// What a death leaves of the changes that no sync has covered. After all but
// kProcess nothing is on its way any more.
enum class DamageModel {
  // Everything, on its way as it was: the process died, and not the machine. A
  // power cut may take it still.
  kProcess,
  // Nothing.
  kNothing,
  // All names; of writes a random choice of blocks of 4 KiB; of truncations
  // any.
  kBlocks,
  // All names and sizes; of a write any blocks of 4 KiB. What lies in the
  // others
  // is what lay there before; behind the former end zeros, or stale bytes of
  // another file (as of a file system that orders sizes before bytes).
  kGrown,
  // All names; of writes any sectors of 512 bytes, which came there in any
  // order; of truncations any.
  kTorn,
  // Any names, each as it was after any of its changes, and any writes and
  // truncations, independently.
  kNames,
};

inline constexpr std::array kDamageModels = {
    DamageModel::kProcess, DamageModel::kNothing, DamageModel::kBlocks,
    DamageModel::kGrown,   DamageModel::kTorn,    DamageModel::kNames};

// "process", "nothing", "blocks", "grown", "torn", "names".
std::string_view DamageModelName(DamageModel model);
std::optional<DamageModel> DamageModelNamed(std::string_view name);

// Leaves `disk` as it is found after the death; the same seed chooses the same.
// A write that was durable when it was answered is there in all of them, and
// over all that was written before it.
void Damage(DamageModel model, uint64_t seed, MemTree* disk);

}  // namespace rowan

#endif  // ROWAN_TESTS_LIB_DAMAGE_MODEL_H_
