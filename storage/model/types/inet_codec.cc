// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>

#include <cstddef>

#include "storage/base/check.h"
#include "storage/model/types/key_bytes.h"
#include "storage/model/types/type_codec.h"

// inet: 4 bytes of IPv4 or 16 of IPv6, in byte order, as Cassandra compares.

namespace rowan {
namespace {

constexpr size_t kIpv4Size = 4;
constexpr size_t kIpv6Size = 16;

class Inet final : public TypeCodec {
 public:
  absl::Status Check(std::string_view value) const override {
    return value.size() == kIpv4Size || value.size() == kIpv6Size
               ? absl::OkStatus()
               : ExpectedError("4 or 16 bytes");
  }
  absl::StatusOr<std::string> Parse(std::string_view text) const override {
    const bool six = text.find(':') != std::string_view::npos;
    std::string value(six ? kIpv6Size : kIpv4Size, '\0');
    const std::string terminated(text);
    if (text.find('\0') != std::string_view::npos ||
        inet_pton(six ? AF_INET6 : AF_INET, terminated.c_str(), value.data()) !=
            1) {
      return ExpectedError("an address such as 192.0.2.1 or 2001:db8::1");
    }
    return value;
  }
  std::string Format(std::string_view value) const override {
    char text[INET6_ADDRSTRLEN];
    const int family = value.size() == kIpv4Size ? AF_INET : AF_INET6;
    ROWAN_CHECK(inet_ntop(family, value.data(), text, sizeof(text)) != nullptr);
    return text;
  }
  bool IsBareInJson(std::string_view) const override { return false; }
  void AppendKey(std::string_view value, std::string* out) const override {
    AppendEscaped(value, out);
  }
  bool ReadKey(std::string_view* in, std::string* value) const override {
    return TakeEscaped(in, value) && Check(*value).ok();
  }
};

}  // namespace

const TypeCodec& InetCodec() {
  static constexpr Inet codec;
  return codec;
}

}  // namespace rowan
