// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/text.hpp"
#include "blob/blob_store.hpp"

namespace vigie {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_key = 200;
// No key may have a part starting with a dot, so a file half written is never listed or read.
constexpr std::string_view temporary_name = ".new-XXXXXX";

bool is_plain(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' || letter == '-';
}

bool is_key_part(std::string_view part) {
  return !part.empty() && part.front() != '.' && std::ranges::all_of(part, is_plain);
}

Result<> check_key(std::string_view key) {
  if (key.empty() || key.size() > max_key || !std::ranges::all_of(split(key, '/'), is_key_part)) {
    return make_error(Errc::invalid,
                      "a blob's key is 1 to {} of [a-zA-Z0-9._-] in parts joined by '/', none "
                      "starting with '.'",
                      max_key);
  }
  return {};
}

Error disk_error(std::string_view doing, const fs::path& path, int error) {
  const auto why = std::generic_category().message(error);
  if (error == ENOSPC || error == EDQUOT) {
    return make_error(Errc::unavailable, "{} {}: {}: free some room on that disk", doing,
                      path.string(), why);
  }
  return make_error(Errc::unavailable, "{} {}: {}", doing, path.string(), why);
}

class File {
 public:
  explicit File(int descriptor) : descriptor_{descriptor} {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// So that a new name in the folder survives a power cut.
Result<> sync_folder(const fs::path& folder) {
  const File opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (opened.descriptor() < 0 || ::fsync(opened.descriptor()) != 0) {
    return disk_error("syncing", folder, errno);
  }
  return {};
}

bool is_absent(int error) {
  return error == ENOENT || error == ENOTDIR;
}

// Each new folder's name is made as lasting as the file that goes into it.
Result<> make_folders(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0) {
    return sync_folder(folder.parent_path());
  }
  if (errno == EEXIST) {
    return {};
  }
  if (errno != ENOENT) {
    return disk_error("making", folder, errno);
  }
  if (auto made = make_folders(folder.parent_path()); !made) {
    return made;
  }
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return disk_error("making", folder, errno);
  }
  return sync_folder(folder.parent_path());
}

// The bytes under a name of their own first, so that path never holds a part of them.
Result<> replace_file(const fs::path& path, std::string_view bytes) {
  auto temporary = (path.parent_path() / temporary_name).string();
  const File file{::mkostemp(temporary.data(), O_CLOEXEC)};
  if (file.descriptor() < 0) {
    return disk_error("writing", path, errno);
  }
  if (!write_all(file.descriptor(), bytes) || ::fsync(file.descriptor()) != 0 ||
      ::rename(temporary.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary.c_str());
    return disk_error("writing", path, error);
  }
  return sync_folder(path.parent_path());
}

Result<std::string> read_all(int descriptor, const fs::path& path) {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) {
    return disk_error("reading", path, errno);
  }
  if (!S_ISREG(status.st_mode)) {
    return make_error(Errc::not_found, "{} is no blob", path.string());
  }
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const auto count = ::read(descriptor, bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return disk_error("reading", path, errno);
    }
    if (count == 0) {
      return make_error(Errc::corrupt, "{} became shorter while it was read", path.string());
    }
    filled += static_cast<std::size_t>(count);
  }
  return bytes;
}

// The deepest folder that can hold keys of this prefix; nothing when no key has it.
std::optional<fs::path> folder_of(fs::path root, std::string_view prefix) {
  auto parts = split(prefix, '/');
  parts.pop_back();  // where a key may go on
  for (const auto part : parts) {
    if (!is_key_part(part)) {
      return std::nullopt;
    }
    root /= part;
  }
  return root;
}

class DiskBlobs final : public BlobStore {
 public:
  explicit DiskBlobs(fs::path root) : root_{std::move(root)} {}

  Result<> put(std::string_view key, std::string_view bytes) override {
    if (auto checked = check_key(key); !checked) {
      return checked;
    }
    const auto path = root_ / key;
    if (auto made = make_folders(path.parent_path()); !made) {
      return made;
    }
    return replace_file(path, bytes);
  }

  Result<std::string> get(std::string_view key) override {
    if (auto checked = check_key(key); !checked) {
      return checked.error();
    }
    const auto path = root_ / key;
    const File file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.descriptor() < 0) {
      return is_absent(errno) ? make_error(Errc::not_found, "there is no blob {}", key)
                              : disk_error("opening", path, errno);
    }
    return read_all(file.descriptor(), path);
  }

  Result<> remove(std::string_view key) override {
    if (auto checked = check_key(key); !checked) {
      return checked;
    }
    const auto path = root_ / key;
    if (::unlink(path.c_str()) != 0) {
      return is_absent(errno) || errno == EISDIR ? Result<>{} : disk_error("removing", path, errno);
    }
    return sync_folder(path.parent_path());
  }

  Result<std::vector<std::string>> list(std::string_view prefix) override {
    std::vector<std::string> keys;
    const auto folder = folder_of(root_, prefix);
    if (!folder) {
      return keys;
    }
    std::error_code error;
    for (fs::recursive_directory_iterator place{*folder, error}, end; !error && place != end;
         place.increment(error)) {
      auto key = place->path().lexically_relative(root_).generic_string();
      if (place->is_regular_file(error) && check_key(key) && key.starts_with(prefix)) {
        keys.push_back(std::move(key));
      }
    }
    if (error && !is_absent(error.value())) {
      return disk_error("listing", *folder, error.value());
    }
    std::ranges::sort(keys);
    return keys;
  }

  Result<std::uint64_t> free_bytes() override {
    std::error_code error;
    const auto space = fs::space(root_, error);
    if (error) {
      return disk_error("measuring", root_, error.value());
    }
    return std::uint64_t{space.available};
  }

 private:
  fs::path root_;
};

}  // namespace

Result<std::unique_ptr<BlobStore>> open_disk_blobs(std::string folder) {
  std::error_code error;
  const auto root = fs::absolute(folder, error);
  if (folder.empty() || error) {
    return make_error(Errc::invalid, "\"{}\" names no folder for blobs", folder);
  }
  if (auto made = make_folders(root); !made) {
    return made.error();
  }
  if (!fs::is_directory(root, error) || ::access(root.c_str(), R_OK | W_OK | X_OK) != 0) {
    return make_error(Errc::unavailable, "{} must be a folder that this user can write to", folder);
  }
  return std::make_unique<DiskBlobs>(root);
}

}  // namespace vigie
