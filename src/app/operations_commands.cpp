// SPDX-License-Identifier: Apache-2.0
// vigie db …, vigie doctor: what the one who runs Vigie asks.
#include "app/commands.hpp"
#include "app/engines.hpp"
#include "app/exit_codes.hpp"
#include "app/world.hpp"
#include "db/migrations.hpp"
#include "media/sound_file.hpp"
#include "transcribe/models.hpp"
#include "transcribe/speech_detector.hpp"

namespace vigie::app {
namespace {

int fail(const Error& error) {
  fmt::print(stderr, "vigie: {}\n", error.what);
  return exit_finding;
}

// One line of the doctor's; what is wrong comes with its cure.
int finding(std::string_view what, bool is_fine, std::string_view words) {
  fmt::print("{} {}: {}\n", is_fine ? "ok   " : "WRONG", what, words);
  return is_fine ? 0 : 1;
}

int examine_database(const config::Config& config, Clock& clock) {
  const auto database = open_database(config, clock);
  if (!database) {
    return finding("database", false, database.error().what);
  }
  const auto status = db::schema_status(**database);
  if (!status) {
    return finding("database", false, status.error().what);
  }
  const auto words =
      fmt::format("{}, schema {} of {}", (*database)->engine(), status->version, status->newest);
  return finding("database", true, words);
}

int examine_decoders() {
  const auto decoders = media::decoders();
  return finding("decoders of sound", decoders.has_value(),
                 decoders ? std::string_view{*decoders} : decoders.error().what);
}

int examine_models(const config::Config& config) {
  const auto folder = models_folder(config);
  const auto detector = transcribe::load_silero(transcribe::silero_path(folder));
  const int wrong = finding("speech detector", detector.has_value(),
                            detector ? "silero" : std::string_view{detector.error().what});
  if (config.text("WHISPER_ENGINE") == "remote") {
    const auto url = recogniser_url(config);
    return wrong + finding("speech model", !url.empty(),
                           url.empty() ? "WHISPER_ENGINE=remote needs WHISPER_BASE_URL, or "
                                         "GROQ_API_KEY for Groq's"
                                       : fmt::format("{} at {}, not asked",
                                                     config.text("WHISPER_REMOTE_MODEL"), url));
  }
  const auto model = transcribe::find_model(folder, config.text("WHISPER_MODEL"));
  return wrong + finding("speech model", model.has_value(),
                         !model                ? model.error().what
                         : model->note.empty() ? model->name
                                               : model->note);
}

}  // namespace

int migrate_database(const CommandLine&, const config::Config& config) {
  SystemClock clock;
  const auto database = open_database(config, clock);
  if (!database) {
    return fail(database.error());
  }
  const auto status = db::migrate(**database);
  if (!status) {
    return fail(status.error());
  }
  fmt::print("schema {} of {}\n", status->version, status->newest);
  return exit_fine;
}

int show_database_status(const CommandLine&, const config::Config& config) {
  SystemClock clock;
  const auto database = open_database(config, clock);
  if (!database) {
    return fail(database.error());
  }
  const auto status = db::schema_status(**database);
  if (!status) {
    return fail(status.error());
  }
  fmt::print("{}: schema {} of {}\n", (*database)->engine(), status->version, status->newest);
  return status->version == status->newest ? exit_fine : exit_finding;
}

int doctor(const CommandLine&, const config::Config& config) {
  SystemClock clock;
  int wrong = examine_database(config, clock) + examine_decoders() + examine_models(config);
  const auto llm = examine_llm(config);
  wrong += finding("analysis", llm.has_value(),
                   !llm           ? std::string_view{llm.error().what}
                   : llm->empty() ? "embedded analyser (no LLM_BASE_URL nor GROQ_API_KEY)"
                                  : std::string_view{*llm});
  return wrong == 0 ? exit_fine : exit_finding;
}

}  // namespace vigie::app
