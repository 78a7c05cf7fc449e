// SPDX-License-Identifier: Apache-2.0
#include "storage/model/types/hex.h"
#include "storage/model/types/key_bytes.h"
#include "storage/model/types/type_codec.h"
#include "storage/model/types/utf8.h"

// ascii, text and blob: bytes of any length, in byte order.

namespace rowan {
namespace {

class BytesCodec : public TypeCodec {
 public:
  bool IsBareInJson(std::string_view) const final { return false; }
  void AppendKey(std::string_view value, std::string* out) const final {
    AppendEscaped(value, out);
  }
  bool ReadKey(std::string_view* in, std::string* value) const final {
    return TakeEscaped(in, value) && Check(*value).ok();
  }

 protected:
  ~BytesCodec() = default;
};

class Ascii final : public BytesCodec {
 public:
  absl::Status Check(std::string_view value) const override {
    return IsAscii(value) ? absl::OkStatus()
                          : ExpectedError("ASCII characters only");
  }
  absl::StatusOr<std::string> Parse(std::string_view text) const override {
    if (absl::Status status = Check(text); !status.ok()) return status;
    return std::string(text);
  }
  std::string Format(std::string_view value) const override {
    return std::string(value);
  }
};

class Text final : public BytesCodec {
 public:
  absl::Status Check(std::string_view value) const override {
    return IsUtf8(value) ? absl::OkStatus() : ExpectedError("UTF-8 text");
  }
  absl::StatusOr<std::string> Parse(std::string_view text) const override {
    if (absl::Status status = Check(text); !status.ok()) return status;
    return std::string(text);
  }
  std::string Format(std::string_view value) const override {
    return std::string(value);
  }
};

class Blob final : public BytesCodec {
 public:
  absl::Status Check(std::string_view) const override {
    return absl::OkStatus();
  }
  absl::StatusOr<std::string> Parse(std::string_view text) const override {
    std::string value;
    if (!text.starts_with("0x") || !ParseHex(text.substr(2), &value)) {
      return ExpectedError("0x and an even number of hexadecimal digits");
    }
    return value;
  }
  std::string Format(std::string_view value) const override {
    std::string text = "0x";
    AppendHex(value, &text);
    return text;
  }
};

}  // namespace

const TypeCodec& AsciiCodec() {
  static constexpr Ascii codec;
  return codec;
}

const TypeCodec& TextCodec() {
  static constexpr Text codec;
  return codec;
}

const TypeCodec& BlobCodec() {
  static constexpr Blob codec;
  return codec;
}

}  // namespace rowan
