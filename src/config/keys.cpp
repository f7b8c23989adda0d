// SPDX-License-Identifier: Apache-2.0
#include "config/config.hpp"

namespace vigie::config {
namespace {

constexpr std::string_view web_address = "http://|https://";

// The languages Whisper knows.
constexpr std::string_view spoken_languages =
    "auto|af|am|ar|as|az|ba|be|bg|bn|bo|br|bs|ca|cs|cy|da|de|el|en|es|et|eu|fa|fi|fo|fr|gl|gu|ha|"
    "haw|"
    "he|hi|hr|ht|hu|hy|id|is|it|ja|jw|ka|kk|km|kn|ko|la|lb|ln|lo|lt|lv|mg|mi|mk|ml|mn|mr|ms|mt|my|"
    "ne|"
    "nl|nn|no|oc|pa|pl|ps|pt|ro|ru|sa|sd|si|sk|sl|sn|so|sq|sr|su|sv|sw|ta|te|tg|th|tk|tl|tr|tt|uk|"
    "ur|"
    "uz|vi|yi|yo|zh";

std::vector<Key> make_keys() {
  return {
      {"LISTEN", Type::address, "127.0.0.1:8080", "",
       "Where pages and the API are served; 0.0.0.0 for every interface, port 0 for a free one."},
      {"PORT", Type::integer, "", "0..65535",
       "Serves on 0.0.0.0 and this port instead of LISTEN, as hosting services expect; a LISTEN "
       "given "
       "by a stronger source (flag, then environment, then file) wins."},
      {"METRICS_LISTEN", Type::address, "127.0.0.1:9464", "",
       "Where Prometheus reads /metrics; keep it off the public network."},
      {"DOMAIN", Type::text, "", "",
       "The public host name, for links in mails and the check of Host and Origin."},
      {"ALLOWED_HOSTS", Type::list, "", "",
       "Further host names under which Vigie may be called, besides DOMAIN and the loopback names; "
       ".example.org for every name under it, * for any."},
      {"DEBUG", Type::boolean, "false", "",
       "For development: allows the session cookie on plain HTTP beyond loopback."},
      {"LANGUAGE", Type::choice, "fr", "fr|en",
       "The language of the pages for people who did not choose one; a locale list such as "
       "fr_FR:en in the environment is understood."},
      {"LOG_LEVEL", Type::choice, "info", "debug|info|warn|error",
       "The least important lines that are logged."},

      {"DATA_DIR", Type::text, "./data", "", "The folder of the database and of recorded sound."},
      {"RETAIN_SOUND_H", Type::integer, "72", "1..8760",
       "How long, in hours, sound is kept after the end of its live when no alert and no hold "
       "needs "
       "it."},
      {"RETAIN_ALERT_SOUND_D", Type::integer, "365", "1..3650",
       "How long, in days, the sound around an alert is kept once somebody has decided on it."},
      {"DISK_RESERVE_MB", Type::integer, "1024", "16..1048576",
       "Room, in MiB, that must stay free where sound is kept; below it the oldest sound nobody "
       "needs goes, then capture pauses."},
      {"DATABASE_URL", Type::secret, "", "postgresql://|postgres://",
       "The PostgreSQL database, postgresql://user:password@host:5432/name; empty: SQLite in "
       "DATA_DIR."},
      {"REDIS_URL", Type::secret, "", "redis://|rediss://",
       "A Redis shared by several processes; empty: none is needed."},
      {"WEB_DIR", Type::text, "", "",
       "For development: serves the web application from this folder instead of the binary."},

      {"SECRET_KEY", Type::secret, "", "",
       "Encrypts what Vigie must be able to read again (second factors, keys of webhooks); "
       "make one with: openssl rand -hex 32."},
      {"SECRET_KEY_OLD", Type::secret, "", "",
       "What SECRET_KEY was before, with commas between several: what those sealed is still read, "
       "and sealed anew with SECRET_KEY."},
      {"SIGNUP", Type::choice, "approval", "open|approval|closed",
       "Who may create an account: anybody, anybody whom an administrator then lets in, or "
       "nobody."},
      {"PASSWORD_MIN_LENGTH", Type::integer, "12", "8..64",
       "How many characters a password needs at least."},
      {"TOTP_REQUIRED", Type::choice, "none", "none|admins",
       "Who must have a second factor; who lacks it can do nothing else before."},
      {"LEGAL_NOTICE", Type::text, "", "",
       "A text file for the page /mentions-legales: blank lines end paragraphs, # begins a "
       "heading."},
      {"ACCESSIBILITY_STATEMENT", Type::text, "", "",
       "The same for the page /accessibilite; empty: the page says that nothing was audited."},

      {"TIKTOK_WEB_URL", Type::text, "https://www.tiktok.com", web_address,
       "Where TikTok's pages and JSON are; point it at vigie-sim for a rehearsal."},
      {"TIKTOK_WEBCAST_URL", Type::text, "https://webcast.tiktok.com", web_address,
       "Where TikTok's live rooms are."},
      {"TIKTOK_SIGN_URL", Type::text, "", web_address,
       "A signing service for TikTok's event socket; empty: the socket is not used."},
      {"TIKTOK_SIGN_KEY", Type::secret, "", "",
       "The key of that signing service; empty: it is asked without one."},
      {"TIKTOK_SIGN_PER_DAY", Type::integer, "100", "1..1000000",
       "How often that service is asked in a day at most; a third of it in an hour, a twentieth in "
       "a "
       "minute."},
      {"TIKTOK_SOCKETS", Type::integer, "20", "1..1000",
       "How many lives are listened to at once at most, those of the highest priority first."},
      {"POLL_INTERVAL_S", Type::integer, "30", "1..3600",
       "The usual time, in seconds, between two looks at one account; shorter near its usual hours "
       "and for what people care about, longer after weeks of silence or for want of budget."},
      {"POLL_INTERVAL_MIN_S", Type::integer, "15", "1..3600",
       "The shortest such time; POLL_INTERVAL_S itself when that is shorter."},
      {"POLL_INTERVAL_MAX_S", Type::integer, "900", "1..86400",
       "The longest time that is wished for; a small budget may make it longer still."},
      {"POLL_LIVE_DETAIL_S", Type::integer, "150", "5..3600",
       "The time, in seconds, between two looks at a live for its viewers and title, while batches "
       "of rooms say every 30 seconds that it goes on."},
      {"POLL_BUDGET_PER_S", Type::number, "1", "0.01..1000",
       "Requests per second to one host, all accounts together."},
      {"POLL_BUDGET_WEBCAST_PER_S", Type::number, "", "0.01..1000",
       "The same for TikTok's webcast host; empty: POLL_BUDGET_PER_S."},
      {"POLL_FLOOR", Type::number, "0.1", "0.01..1",
       "The least share of a budget that remains when a host answers 429 again and again."},
      {"POLL_PARALLEL", Type::integer, "4", "1..64",
       "Requests to one host that may be under way at once, so that a slow answer holds nobody "
       "up."},
      {"OUTBOUND_ALLOW", Type::list, "", "",
       "Host suffixes that may be called beyond the connectors' own, such as webhooks on an "
       "intranet; a whole URL (https://radio.example:8443) also allows its port."},

      {"WHISPER_MODEL", Type::choice, "small", "tiny|base|small|medium|large|large-v2|large-v3",
       "The size of the speech model (large: large-v3); when it is missing the largest one present "
       "is used, and said."},
      {"MODELS_DIR", Type::text, "", "",
       "The folder of the models; empty: where tools/setup put them."},
      {"MODELS_URL", Type::text, "https://huggingface.co", web_address,
       "The hub from which vigie model fetch brings models; another one with the same paths "
       "serves "
       "as well."},
      {"WHISPER_DEVICE", Type::choice, "auto", "auto|cpu|cuda",
       "Where the speech model computes; auto: on a CUDA device when there is one."},
      {"WHISPER_ENGINE", Type::choice, "local", "local|remote",
       "Who writes speech down: this machine, or an OpenAI-compatible audio/transcriptions "
       "endpoint, "
       "which then hears every live."},
      {"WHISPER_BASE_URL", Type::text, "", web_address,
       "That endpoint, up to /v1; empty: Groq's when GROQ_API_KEY is set."},
      {"WHISPER_REMOTE_MODEL", Type::text, "whisper-large-v3", "",
       "The speech model asked for at that endpoint."},
      {"WHISPER_API_KEY", Type::secret, "", "",
       "The key of that endpoint; empty: GROQ_API_KEY when it is Groq's."},
      {"WHISPER_BUDGET_S_PER_HOUR", Type::integer, "0", "0..10000000",
       "Seconds of sound sent to that endpoint per hour; beyond them the words wait for the next "
       "hour; 0: no limit."},
      {"WHISPER_WORKERS", Type::integer, "0", "0..64",
       "Transcribers at work at once, one thread each; 0: one per core, four at least for a remote "
       "one."},
      {"TRANSCRIBE_LANGUAGE", Type::choice, "fr", spoken_languages,
       "The language that is listened for; auto: found out for each live."},

      {"RISK_THRESHOLD", Type::number, "0.7", "0..1",
       "An alert opens when risque_score is above it."},
      {"ALERT_COOLDOWN_S", Type::integer, "60", "0..86400",
       "How long, in seconds of the live, an incident goes on after its last words: what comes "
       "meanwhile is counted by the same alert."},
      {"GROQ_API_KEY", Type::secret, "", "",
       "Judges with Groq's models; empty, and no LLM_BASE_URL: the embedded analyser judges."},
      {"LLM_BASE_URL", Type::text, "", web_address,
       "An OpenAI-compatible endpoint, up to /v1; empty: Groq's when GROQ_API_KEY is set."},
      {"LLM_MODEL", Type::text, "openai/gpt-oss-120b", "", "The model asked for at that endpoint."},
      {"LLM_API_KEY", Type::secret, "", "", "The key of that endpoint; empty: GROQ_API_KEY."},
      {"LLM_TIMEOUT_S", Type::integer, "30", "1..600",
       "How long one answer of the model may take; a model on this machine's own processor may "
       "need more."},
      {"LLM_CONTEXT", Type::text,
       "France : une autorité publique, le droit français, le débat public français.", "",
       "In whose name and under which law the model judges; put into template.yml at {{cadre}}."},
      {"LLM_BUDGET_PER_HOUR", Type::integer, "0", "0..1000000",
       "Questions to the model per hour, all lives together; beyond them the embedded analyser "
       "judges; 0: no limit."},
      {"LLM_BUDGET_PER_LIVE", Type::integer, "0", "0..1000000",
       "The same for one live, as long as Vigie runs."},
      {"LLM_PRICES", Type::list, "openai/gpt-oss-120b=0.15/0.60,openai/gpt-oss-20b=0.075/0.30", "",
       "Prices, model=in/out in US dollars for a million tokens, for the cost of each assessment; "
       "a "
       "model that is not listed costs an unknown amount, shown as 0."},

      {"EMAIL_HOST", Type::text, "", "", "The mail server; empty: no mail is sent."},
      {"EMAIL_PORT", Type::integer, "587", "1..65535", "The mail server's port."},
      {"EMAIL_HOST_USER", Type::text, "", "", "The user name at the mail server."},
      {"EMAIL_HOST_PASSWORD", Type::secret, "", "", "The password at the mail server."},
      {"EMAIL_FROM", Type::text, "", "",
       "The sender of mails, name@host; empty: EMAIL_HOST_USER when that is an address, else "
       "vigie@DOMAIN."},
      {"EMAIL_TLS", Type::choice, "auto", "auto|starttls|tls|none",
       "How the mail server is spoken to; auto: tls on port 465, starttls on any other. none is "
       "for "
       "a server on this machine: mails and the password then travel in the clear."},
  };
}

}  // namespace

const std::vector<Key>& keys() {
  static const std::vector<Key> table = make_keys();
  return table;
}

}  // namespace vigie::config
