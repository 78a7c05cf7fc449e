// SPDX-License-Identifier: Apache-2.0
#include "node/backup/digest.h"

#include <xxhash.h>

#include "absl/strings/str_cat.h"

namespace rowan {

std::string Digest::Hex() const {
  return absl::StrCat(absl::Hex(high, absl::kZeroPad16),
                      absl::Hex(low, absl::kZeroPad16));
}

Digest DigestOf(std::string_view bytes) {
  const XXH128_hash_t sum = XXH3_128bits(bytes.data(), bytes.size());
  return {sum.high64, sum.low64};
}

void Digester::Free::operator()(XXH3_state_s* state) const {
  XXH3_freeState(state);
}

Digester::Digester() : state_(XXH3_createState()) {
  XXH3_128bits_reset(state_.get());
}
Digester::~Digester() = default;
Digester::Digester(Digester&&) noexcept = default;

void Digester::Add(std::string_view bytes) {
  XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
}

Digest Digester::Sum() const {
  const XXH128_hash_t sum = XXH3_128bits_digest(state_.get());
  return {sum.high64, sum.low64};
}

}  // namespace rowan
