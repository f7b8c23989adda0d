// SPDX-License-Identifier: Apache-2.0
#include "blob/blob_store.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <thread>

#include "support/databases.hpp"

namespace vigie {
namespace {

class BlobContract : public ::testing::Test {
 protected:
  testing::TemporaryFolder folder;
  std::unique_ptr<BlobStore> blobs = open_disk_blobs((folder.path() / "blobs").string()).value();

  std::vector<std::string> keys(std::string_view prefix) { return blobs->list(prefix).value(); }
};

TEST_F(BlobContract, GivesBackTheBytes) {
  std::string bytes;
  for (int i = 0; i < 1'000'000; ++i) {
    bytes.push_back(static_cast<char>(i * 7));
  }

  ASSERT_TRUE(blobs->put("lives/01ABC/000042.aac", bytes));
  ASSERT_TRUE(blobs->put("empty", ""));

  EXPECT_TRUE(blobs->get("lives/01ABC/000042.aac").value() == bytes);
  EXPECT_EQ(blobs->get("empty").value(), "");
}

TEST_F(BlobContract, ReplacesAndRemoves) {
  ASSERT_TRUE(blobs->put("a/b", "old and longer"));
  ASSERT_TRUE(blobs->put("a/b", "new"));
  EXPECT_EQ(blobs->get("a/b").value(), "new");

  ASSERT_TRUE(blobs->remove("a/b"));
  ASSERT_TRUE(blobs->remove("a/b"));
  ASSERT_TRUE(blobs->remove("never/was"));

  EXPECT_EQ(blobs->get("a/b").error().code, Errc::not_found);
}

TEST_F(BlobContract, HasNoBlobWhereAFolderIs) {
  ASSERT_TRUE(blobs->put("a/b", "x"));

  EXPECT_EQ(blobs->get("a").error().code, Errc::not_found);
  EXPECT_EQ(blobs->get("a/b/c").error().code, Errc::not_found);
  EXPECT_FALSE(blobs->put("a", "x"));
  EXPECT_FALSE(blobs->put("a/b/c", "x"));
  EXPECT_TRUE(blobs->remove("a"));
  EXPECT_EQ(blobs->get("a/b").value(), "x");
}

TEST_F(BlobContract, ListsByPrefixInOrder) {
  for (const auto* key : {"lives/b/2", "lives/b/1", "lives/a/1", "lives/bc", "other"}) {
    ASSERT_TRUE(blobs->put(key, "x"));
  }

  EXPECT_EQ(keys("lives/b"), (std::vector<std::string>{"lives/b/1", "lives/b/2", "lives/bc"}));
  EXPECT_EQ(keys("lives/b/"), (std::vector<std::string>{"lives/b/1", "lives/b/2"}));
  EXPECT_EQ(keys("").size(), 5U);
  EXPECT_TRUE(keys("nowhere/").empty());
  EXPECT_TRUE(keys("../").empty());
  EXPECT_TRUE(keys("/").empty());
}

TEST_F(BlobContract, RefusesKeysThatCouldLeaveTheFolder) {
  std::ofstream{folder.path() / "secret"} << "not yours";
  const std::string too_long(201, 'a');
  const std::string with_nul{"a\0b", 3};

  for (const std::string& key :
       {std::string{}, std::string{".."}, std::string{"../secret"}, std::string{"a/../../secret"},
        std::string{"/etc/passwd"}, std::string{"a//b"}, std::string{"a/"}, std::string{"/"},
        std::string{"."}, std::string{"a/./b"}, std::string{".hidden"}, std::string{"a/.new-1"},
        std::string{"a b"}, std::string{"a\\b"}, std::string{"é"}, std::string{"a\nb"},
        std::string{"%2e%2e/secret"}, with_nul, too_long}) {
    EXPECT_EQ(blobs->put(key, "x").error().code, Errc::invalid) << key;
    EXPECT_EQ(blobs->get(key).error().code, Errc::invalid) << key;
    EXPECT_EQ(blobs->remove(key).error().code, Errc::invalid) << key;
  }

  EXPECT_TRUE(blobs->put(std::string(200, 'a'), "x"));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "secret"));
}

TEST_F(BlobContract, ShowsOneWholeBlobWhileSeveralThreadsReplaceIt) {
  const std::string ones(200'000, '1');
  const std::string twos(200'000, '2');
  ASSERT_TRUE(blobs->put("k", ones));
  std::jthread first{[&] {
    for (int i = 0; i < 20; ++i) {
      EXPECT_TRUE(blobs->put("k", ones));
    }
  }};
  std::jthread second{[&] {
    for (int i = 0; i < 20; ++i) {
      EXPECT_TRUE(blobs->put("k", twos));
    }
  }};

  for (int i = 0; i < 50; ++i) {
    const auto seen = blobs->get("k").value();
    ASSERT_TRUE(seen == ones || seen == twos);
  }

  first.join();
  second.join();
  EXPECT_EQ(keys(""), (std::vector<std::string>{"k"}));
}

TEST_F(BlobContract, MeasuresTheRoomLeft) {
  EXPECT_GT(blobs->free_bytes().value(), 0U);
}

TEST_F(BlobContract, NeedsAFolder) {
  const auto file = folder.path() / "file";
  std::ofstream{file} << "x";

  EXPECT_EQ(open_disk_blobs("").error().code, Errc::invalid);
  EXPECT_EQ(open_disk_blobs(file.string()).error().code, Errc::unavailable);
  EXPECT_EQ(open_disk_blobs((file / "below").string()).error().code, Errc::unavailable);
  EXPECT_TRUE(open_disk_blobs((folder.path() / "new" / "and" / "deep").string()));
}

// Mounted for one test.
class SmallDisk {
 public:
  explicit SmallDisk(std::filesystem::path where) : where_{std::move(where)} {
    std::filesystem::create_directories(where_);
    is_mounted_ = ::mount("tmpfs", where_.c_str(), "tmpfs", 0, "size=256k") == 0;
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (is_mounted_) {
      ::umount2(where_.c_str(), MNT_DETACH);
    }
  }
  bool is_mounted() const { return is_mounted_; }

 private:
  std::filesystem::path where_;
  bool is_mounted_ = false;
};

TEST_F(BlobContract, SaysThatTheDiskIsFullAndKeepsWhatItHad) {
  const SmallDisk disk{folder.path() / "small"};
  if (!disk.is_mounted()) {
    GTEST_SKIP() << "cannot mount a small tmpfs (" << std::strerror(errno)
                 << "): run as root with the right to mount";
  }
  const auto small = open_disk_blobs((folder.path() / "small" / "blobs").string()).value();
  ASSERT_TRUE(small->put("k", "first"));

  const auto refused = small->put("k", std::string(1'000'000, 'x'));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  EXPECT_NE(refused.error().what.find("free some room"), std::string::npos) << refused.error().what;
  EXPECT_EQ(small->get("k").value(), "first");
  EXPECT_EQ(small->list("").value(), (std::vector<std::string>{"k"}));
  EXPECT_TRUE(small->put("k", "second")) << "what was half written still takes room";
}

}  // namespace
}  // namespace vigie
