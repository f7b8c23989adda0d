// SPDX-License-Identifier: Apache-2.0
#include "transcribe/models.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace vigie::transcribe {
namespace {

// Smallest first; what the distributors call the large ones comes in the order of their quality.
constexpr std::array known{
    std::string_view{"tiny"},     std::string_view{"base"},           std::string_view{"small"},
    std::string_view{"medium"},   std::string_view{"large"},          std::string_view{"large-v1"},
    std::string_view{"large-v2"}, std::string_view{"large-v3-turbo"}, std::string_view{"large-v3"},
};

// The checksums are those of Systran's repositories, as several public projects pin them too.
constexpr std::array published{
    PublishedModel{"tiny", "Systran/faster-whisper-tiny", 75'538'270,
                   "dcb76c6586fc06cbdac6dd21f14cfd129cc4cdd9dce19bf4ffa62e59cbe6e6d1"},
    PublishedModel{"base", "Systran/faster-whisper-base", 145'217'532,
                   "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"},
    PublishedModel{"small", "Systran/faster-whisper-small", 483'546'902,
                   "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671"},
    PublishedModel{"medium", "Systran/faster-whisper-medium", 1'527'906'378,
                   "9b45e1009dcc4ab601eff815b61d80e60ce3fd8c74c1a14f4a282258286b51ae"},
    PublishedModel{"large-v2", "Systran/faster-whisper-large-v2", 3'090'000'000, ""},
    PublishedModel{"large-v3", "Systran/faster-whisper-large-v3", 3'090'000'000, ""},
};

bool is_complete(const std::filesystem::path& folder) {
  std::error_code ignored;
  const auto has = [&](const char* name) {
    return std::filesystem::is_regular_file(folder / name, ignored);
  };
  return has("model.bin") && has("config.json") &&
         (has("vocabulary.txt") || has("vocabulary.json"));
}

}  // namespace

std::span<const PublishedModel> published_models() {
  return published;
}

bool is_complete_model(const std::string& folder) {
  return is_complete(folder);
}

std::vector<FoundModel> list_models(const std::string& models_folder) {
  std::vector<FoundModel> found;
  for (const auto name : known) {
    const auto folder = std::filesystem::path{models_folder} / "whisper" / name;
    if (is_complete(folder)) {
      found.push_back({.name = std::string{name}, .folder = folder.string(), .note = {}});
    }
  }
  return found;
}

Result<FoundModel> find_model(const std::string& models_folder, std::string_view wanted) {
  if (wanted.find('/') != std::string_view::npos) {
    auto folder = std::filesystem::path{wanted}.lexically_normal();
    if (!folder.has_filename()) {
      folder = folder.parent_path();
    }
    if (!is_complete(folder)) {
      return make_error(Errc::not_found,
                        "{} is not a folder with model.bin, config.json and vocabulary.txt or "
                        "vocabulary.json",
                        wanted);
    }
    return FoundModel{.name = folder.filename().string(), .folder = folder.string(), .note = {}};
  }
  auto models = list_models(models_folder);
  const auto named = [&](std::string_view name) {
    return std::find_if(models.begin(), models.end(),
                        [name](const FoundModel& model) { return model.name == name; });
  };
  auto chosen = wanted == "large" ? named("large-v3") : named(wanted);
  if (chosen == models.end()) {
    chosen = named(wanted);
  }
  if (chosen != models.end()) {
    return std::move(*chosen);
  }
  if (models.empty()) {
    return make_error(
        Errc::not_found,
        "no weights of Whisper in {}/whisper; cure: vigie model fetch base, or make setup",
        models_folder);
  }
  auto largest = std::move(models.back());
  largest.note = fmt::format(
      "Whisper {0} is not in {1}/whisper: using {2}, the largest there; cure: vigie model fetch "
      "{0}, or put its CTranslate2 files there, in a folder named {0}",
      wanted, models_folder, largest.name);
  return largest;
}

}  // namespace vigie::transcribe
