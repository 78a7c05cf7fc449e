// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "storage/base/coding.h"
#include "storage/model/types/hex.h"
#include "storage/model/types/key_bytes.h"
#include "storage/model/types/type_codec.h"

// uuid and timeuuid (RFC 4122), ordered as Cassandra's UUIDType and
// TimeUUIDType order them.

namespace rowan {
namespace {

constexpr size_t kUuidSize = 16;
constexpr size_t kHalf = 8;
constexpr uint64_t kTimeVersion = 1;

// Byte positions after which the text has a dash.
bool HasDashBefore(size_t byte) {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

uint64_t Version(uint64_t first_half) { return first_half >> 12 & 0xf; }

// The first half so that unsigned order is: version; of version 1 the time;
// else the other bits. RFC 4122 stores a time as low, middle, version and high.
uint64_t ToOrder(uint64_t half) {
  const uint64_t version = Version(half);
  if (version == kTimeVersion) {
    return half << 48 | (half >> 16 & 0xffff) << 32 | half >> 32;
  }
  return version << 60 | half >> 16 << 12 | (half & 0xfff);
}

uint64_t FromOrder(uint64_t ordered) {
  const uint64_t version = ordered >> 60;
  if (version == kTimeVersion) {
    return ordered << 32 | (ordered >> 32 & 0xffff) << 16 | ordered >> 48;
  }
  return ordered >> 12 << 16 | version << 12 | (ordered & 0xfff);
}

bool TakeKey(std::string_view* in, std::string* value) {
  uint64_t ordered;
  if (in->size() < kUuidSize || !GetBig(in, &ordered)) return false;
  value->clear();
  PutBig(FromOrder(ordered), value);
  value->append(in->substr(0, kHalf));
  in->remove_prefix(kHalf);
  return true;
}

class Uuid : public TypeCodec {
 public:
  absl::Status Check(std::string_view value) const override {
    return value.size() == kUuidSize ? absl::OkStatus()
                                     : ExpectedError("16 bytes");
  }
  absl::StatusOr<std::string> Parse(std::string_view text) const final {
    std::string value;
    if (!ParseUuid(text, &value) || !Check(value).ok()) {
      return ExpectedError(std::string(kind()) +
                           " such as 123e4567-e89b-12d3-a456-426614174000");
    }
    return value;
  }
  std::string Format(std::string_view value) const final {
    std::string text;
    for (size_t i = 0; i < kUuidSize; ++i) {
      if (HasDashBefore(i)) text.push_back('-');
      AppendHex(value.substr(i, 1), &text);
    }
    return text;
  }
  bool IsBareInJson(std::string_view) const final { return false; }
  void AppendKey(std::string_view value, std::string* out) const override {
    PutBig(ToOrder(LoadBig<uint64_t>(value.data())), out);
    out->append(value.substr(kHalf));
  }
  bool ReadKey(std::string_view* in, std::string* value) const override {
    return TakeKey(in, value);
  }

 protected:
  ~Uuid() = default;
  virtual std::string_view kind() const = 0;

 private:
  static bool ParseUuid(std::string_view text, std::string* value) {
    for (size_t i = 0; i < kUuidSize; ++i) {
      if (HasDashBefore(i)) {
        if (!text.starts_with('-')) return false;
        text.remove_prefix(1);
      }
      if (text.size() < 2 || !ParseHex(text.substr(0, 2), value)) return false;
      text.remove_prefix(2);
    }
    return text.empty();
  }
};

class AnyUuid final : public Uuid {
 protected:
  std::string_view kind() const override { return "a UUID"; }
};

class TimeUuid final : public Uuid {
 public:
  absl::Status Check(std::string_view value) const override {
    const bool ok = value.size() == kUuidSize &&
                    Version(LoadBig<uint64_t>(value.data())) == kTimeVersion;
    return ok ? absl::OkStatus()
              : ExpectedError("16 bytes of a UUID of version 1");
  }
  // At one time the other bytes compare as signed ones, each for itself.
  void AppendKey(std::string_view value, std::string* out) const override {
    Uuid::AppendKey(value, out);
    FlipSigns(out);
  }
  bool ReadKey(std::string_view* in, std::string* value) const override {
    if (!TakeKey(in, value)) return false;
    FlipSigns(value);
    return Check(*value).ok();
  }

 protected:
  std::string_view kind() const override { return "a UUID of version 1"; }

 private:
  static void FlipSigns(std::string* bytes) {
    for (size_t i = bytes->size() - kHalf; i < bytes->size(); ++i) {
      (*bytes)[i] ^= '\x80';
    }
  }
};

}  // namespace

const TypeCodec& UuidCodec() {
  static constexpr AnyUuid codec;
  return codec;
}

const TypeCodec& TimeuuidCodec() {
  static constexpr TimeUuid codec;
  return codec;
}

}  // namespace rowan
