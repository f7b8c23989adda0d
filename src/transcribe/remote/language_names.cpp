// SPDX-License-Identifier: Apache-2.0
#include "transcribe/remote/language_names.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace vigie::transcribe {
namespace {

using Name = std::pair<std::string_view, std::string_view>;

// Whisper's languages, by name.
constexpr auto names = std::to_array<Name>(
    {{"afrikaans", "af"},  {"albanian", "sq"},   {"amharic", "am"},     {"arabic", "ar"},
     {"armenian", "hy"},   {"assamese", "as"},   {"azerbaijani", "az"}, {"bashkir", "ba"},
     {"basque", "eu"},     {"belarusian", "be"}, {"bengali", "bn"},     {"bosnian", "bs"},
     {"breton", "br"},     {"bulgarian", "bg"},  {"cantonese", "yue"},  {"catalan", "ca"},
     {"chinese", "zh"},    {"croatian", "hr"},   {"czech", "cs"},       {"danish", "da"},
     {"dutch", "nl"},      {"english", "en"},    {"estonian", "et"},    {"faroese", "fo"},
     {"finnish", "fi"},    {"french", "fr"},     {"galician", "gl"},    {"georgian", "ka"},
     {"german", "de"},     {"greek", "el"},      {"gujarati", "gu"},    {"haitian creole", "ht"},
     {"hausa", "ha"},      {"hawaiian", "haw"},  {"hebrew", "he"},      {"hindi", "hi"},
     {"hungarian", "hu"},  {"icelandic", "is"},  {"indonesian", "id"},  {"italian", "it"},
     {"japanese", "ja"},   {"javanese", "jw"},   {"kannada", "kn"},     {"kazakh", "kk"},
     {"khmer", "km"},      {"korean", "ko"},     {"lao", "lo"},         {"latin", "la"},
     {"latvian", "lv"},    {"lingala", "ln"},    {"lithuanian", "lt"},  {"luxembourgish", "lb"},
     {"macedonian", "mk"}, {"malagasy", "mg"},   {"malay", "ms"},       {"malayalam", "ml"},
     {"maltese", "mt"},    {"maori", "mi"},      {"marathi", "mr"},     {"mongolian", "mn"},
     {"myanmar", "my"},    {"nepali", "ne"},     {"norwegian", "no"},   {"nynorsk", "nn"},
     {"occitan", "oc"},    {"pashto", "ps"},     {"persian", "fa"},     {"polish", "pl"},
     {"portuguese", "pt"}, {"punjabi", "pa"},    {"romanian", "ro"},    {"russian", "ru"},
     {"sanskrit", "sa"},   {"serbian", "sr"},    {"shona", "sn"},       {"sindhi", "sd"},
     {"sinhala", "si"},    {"slovak", "sk"},     {"slovenian", "sl"},   {"somali", "so"},
     {"spanish", "es"},    {"sundanese", "su"},  {"swahili", "sw"},     {"swedish", "sv"},
     {"tagalog", "tl"},    {"tajik", "tg"},      {"tamil", "ta"},       {"tatar", "tt"},
     {"telugu", "te"},     {"thai", "th"},       {"tibetan", "bo"},     {"turkish", "tr"},
     {"turkmen", "tk"},    {"ukrainian", "uk"},  {"urdu", "ur"},        {"uzbek", "uz"},
     {"vietnamese", "vi"}, {"welsh", "cy"},      {"yiddish", "yi"},     {"yoruba", "yo"}});

}  // namespace

std::string language_code(std::string_view name_or_code) {
  const auto wanted = to_lower_ascii(trim(name_or_code));
  const auto found = std::ranges::find_if(
      names, [&](const Name& one) { return one.first == wanted || one.second == wanted; });
  return found == names.end() ? std::string{} : std::string{found->second};
}

}  // namespace vigie::transcribe
