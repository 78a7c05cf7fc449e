// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/checked_file.h"

#include "absl/strings/str_cat.h"
#include "storage/base/coding.h"
#include "storage/base/crc32c.h"
#include "storage/base/error_reason.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

constexpr std::string_view kMagic = "rowanmd\n";
constexpr uint32_t kFormatVersion = 1;
constexpr size_t kHeaderBytes = 8 + 4 + 8 + 4;

}  // namespace

bool IsCheckedFile(std::string_view bytes) { return bytes.starts_with(kMagic); }

std::string EncodeCheckedFile(const CheckedFile& file) {
  std::string out(kMagic);
  PutLittle<uint32_t>(kFormatVersion, &out);
  PutLittle<uint64_t>(file.version, &out);
  PutLittle<uint32_t>(static_cast<uint32_t>(file.payload.size()), &out);
  out += file.payload;
  PutLittle<uint32_t>(Crc32c(out), &out);
  return out;
}

absl::StatusOr<CheckedFile> DecodeCheckedFile(std::string_view bytes) {
  if (bytes.size() < kHeaderBytes + 4 || bytes.substr(0, 8) != kMagic) {
    return absl::DataLossError("no Rowan metadata file, or cut short");
  }
  const std::string_view checked = bytes.substr(0, bytes.size() - 4);
  if (LoadLittle<uint32_t>(bytes.data() + checked.size()) != Crc32c(checked)) {
    return absl::DataLossError("its checksum doesn't match");
  }
  std::string_view rest = checked.substr(kMagic.size());
  CheckedFile file;
  uint32_t format, size;
  if (!GetLittle(&rest, &format) || !GetLittle(&rest, &file.version) ||
      !GetLittle(&rest, &size)) {
    return absl::DataLossError("cut short");
  }
  if (format != kFormatVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("its format is version ", format,
                     "; this program knows version ", kFormatVersion));
  }
  if (size != rest.size()) return absl::DataLossError("its length is wrong");
  file.payload = rest;
  return file;
}

absl::StatusOr<CheckedFile> ReadCheckedFile(FileSystem& fs,
                                            const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<File> file, fs.Open(path, OpenOptions{}));
  ASSIGN_OR_RETURN(const uint64_t size, file->Size());
  if (size > kCheckedFileBytesMax) {
    return absl::DataLossError(absl::StrCat(path, ": too large"));
  }
  std::string bytes(size, '\0');
  ASSIGN_OR_RETURN(const size_t read, file->ReadAt(0, bytes));
  bytes.resize(read);
  absl::StatusOr<CheckedFile> decoded = DecodeCheckedFile(bytes);
  if (!decoded.ok()) return Annotate(decoded.status(), path);
  return decoded;
}

absl::Status WriteCheckedFile(FileSystem& fs, const std::string& path,
                              const CheckedFile& file) {
  if (file.payload.size() > kCheckedFileBytesMax - 64) {
    return WithReason(absl::ResourceExhaustedError(absl::StrCat(
                          path, ": ", file.payload.size(), " bytes are over ",
                          kCheckedFileBytesMax)),
                      "OVER_LIMIT");
  }
  // Not written over: after a power cut amid a rename the name may be one more
  // of the file that is to be replaced.
  ASSIGN_OR_RETURN(const bool left_over, fs.Exists(path));
  if (left_over) RETURN_IF_ERROR(fs.Remove(path));
  ASSIGN_OR_RETURN(std::unique_ptr<File> out,
                   fs.Open(path, {.write = true, .create = true}));
  RETURN_IF_ERROR(out->WriteAt(0, EncodeCheckedFile(file)));
  return out->Sync();
}

absl::Status ReplaceCheckedFile(FileSystem& fs, const std::string& directory,
                                const std::string& name,
                                const CheckedFile& file) {
  const std::string path = absl::StrCat(directory, "/", name);
  const std::string temporary = path + ".tmp";
  RETURN_IF_ERROR(WriteCheckedFile(fs, temporary, file));
  RETURN_IF_ERROR(fs.Rename(temporary, path));
  return fs.SyncDirectory(directory);
}

}  // namespace rowan
