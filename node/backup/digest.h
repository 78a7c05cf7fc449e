// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_BACKUP_DIGEST_H_
#define ROWAN_NODE_BACKUP_DIGEST_H_

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct XXH3_state_s;

namespace rowan {

// XXH3-128 of some bytes: against accidents, not against somebody's will.
struct Digest {
  uint64_t high = 0, low = 0;
  friend auto operator<=>(const Digest&, const Digest&) = default;

  // 32 hexadecimal digits, as `xxhsum -H2` prints it.
  std::string Hex() const;
};

Digest DigestOf(std::string_view bytes);

// The digest of bytes that come in pieces. Thread-compatible.
class Digester {
 public:
  Digester();
  ~Digester();
  Digester(Digester&&) noexcept;

  void Add(std::string_view bytes);
  // Of all that was added so far.
  Digest Sum() const;

 private:
  struct Free {
    void operator()(XXH3_state_s* state) const;
  };
  std::unique_ptr<XXH3_state_s, Free> state_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_BACKUP_DIGEST_H_
