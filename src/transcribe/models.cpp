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

bool is_complete(const std::filesystem::path& folder) {
  std::error_code ignored;
  const auto has = [&](const char* name) {
    return std::filesystem::is_regular_file(folder / name, ignored);
  };
  return has("model.bin") && has("config.json") &&
         (has("vocabulary.txt") || has("vocabulary.json"));
}

}  // namespace

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
    return make_error(Errc::not_found,
                      "no weights of Whisper in {}/whisper; cure: make setup (base)",
                      models_folder);
  }
  auto largest = std::move(models.back());
  largest.note = fmt::format(
      "Whisper {0} is not in {1}/whisper: using {2}, the largest there; cure: put its CTranslate2 "
      "files "
      "there, in a folder named {0}",
      wanted, models_folder, largest.name);
  return largest;
}

}  // namespace vigie::transcribe
