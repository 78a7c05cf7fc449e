// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/block_file_writer.h"

#include <utility>

#include "storage/base/status_macros.h"

namespace rowan {
namespace {

// Large enough that a write costs a few percent of what it moves.
constexpr size_t kWriteBufferBytes = 256 << 10;

std::string DirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

absl::StatusOr<std::unique_ptr<BlockFileWriter>> BlockFileWriter::Create(
    FileSystem* fs, const std::string& path, FileId file,
    Compression compression) {
  ASSIGN_OR_RETURN(std::unique_ptr<File> out,
                   fs->Open(path + ".tmp", {.write = true, .create = true}));
  std::unique_ptr<BlockFileWriter> writer(
      new BlockFileWriter(fs, path, file, compression, std::move(out)));
  // What an earlier crash left under the same name.
  RETURN_IF_ERROR(writer->out_->Truncate(0));
  return writer;
}

BlockFileWriter::BlockFileWriter(FileSystem* fs, const std::string& path,
                                 FileId file, Compression compression,
                                 std::unique_ptr<File> out)
    : fs_(fs),
      path_(path),
      tmp_path_(path + ".tmp"),
      out_(std::move(out)),
      encoder_(file, compression),
      footer_{file, {}} {}

BlockFileWriter::~BlockFileWriter() {
  out_.reset();
  // Nobody can be told; recovery removes what stays.
  if (!renamed_) fs_->Remove(tmp_path_).IgnoreError();
}

absl::StatusOr<BlockHandle> BlockFileWriter::AddBlock(BlockKind kind,
                                                      std::string_view raw) {
  BlockHandle handle{.offset = offset()};
  handle.length =
      encoder_.Append(kind, raw, handle.offset, raw_position_, &buffer_);
  raw_position_ += raw.size();
  if (buffer_.size() >= kWriteBufferBytes) RETURN_IF_ERROR(FlushBuffer());
  return handle;
}

absl::Status BlockFileWriter::AddSection(SectionKind kind,
                                         std::string_view bytes) {
  const Section section{
      .kind = kind,
      .offset = offset(),
      .length = bytes.size(),
      .checksum = SectionChecksum(bytes, footer_.file, kind, offset())};
  footer_.sections.push_back(section);
  buffer_ += bytes;
  return buffer_.size() >= kWriteBufferBytes ? FlushBuffer() : absl::OkStatus();
}

absl::Status BlockFileWriter::FlushBuffer() {
  RETURN_IF_ERROR(out_->WriteAt(flushed_, buffer_));
  flushed_ += buffer_.size();
  buffer_.clear();
  if (buffer_.capacity() > 4 * kWriteBufferBytes) buffer_.shrink_to_fit();
  return absl::OkStatus();
}

absl::Status BlockFileWriter::Finish() {
  AppendFooter(footer_, &buffer_);
  RETURN_IF_ERROR(FlushBuffer());
  RETURN_IF_ERROR(out_->Sync());
  out_.reset();
  RETURN_IF_ERROR(fs_->Rename(tmp_path_, path_));
  renamed_ = true;
  const absl::Status synced = fs_->SyncDirectory(DirectoryOf(path_));
  // Nobody names it yet, and whoever tries again takes another name.
  if (!synced.ok()) fs_->Remove(path_).IgnoreError();
  return synced;
}

}  // namespace rowan
