// SPDX-License-Identifier: Apache-2.0
#include "transcribe/not_speech.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.hpp"

namespace vigie::transcribe {
namespace {

// Folded, without punctuation. A credit that goes on with a name ends with a space.
constexpr std::array credits{
    std::string_view{"sous titres realises par "},
    std::string_view{"sous titres realises para "},
    std::string_view{"sous titres fait par "},
    std::string_view{"sous titres par "},
    std::string_view{"sous titrage par "},
    std::string_view{"sous titrage societe radio canada"},
    std::string_view{"sous titrage st 501"},
    std::string_view{"sous titrage fr"},
    std::string_view{"sous titrage mfp"},
    std::string_view{"subtitles by the amara org community"},
    std::string_view{"subtitles by "},
    std::string_view{"transcription by castingwords"},
    std::string_view{"untertitel im auftrag des zdf "},
    std::string_view{"untertitel der amara org community"},
    std::string_view{"untertitelung des zdf "},
    std::string_view{"untertitel von stephanie geiges"},
    std::string_view{"sous titres traduits par "},
    std::string_view{"sous titres realises para la communaute "},
    std::string_view{"sous titrage radio canada"},
    std::string_view{"traduction et sous titrage "},
    std::string_view{"par soustitreur com"},
    std::string_view{"❤️ par soustitreur com"},
    std::string_view{"subtitling by "},
    std::string_view{"captions by "},
    std::string_view{"captioning by "},
    std::string_view{"transcribed by "},
    std::string_view{"sottotitoli creati dalla comunita amara org"},
    std::string_view{"sottotitoli e revisione a cura di qtss"},
    std::string_view{"ondertitels ingediend door de amara org gemeenschap"},
    std::string_view{"napisy stworzone przez spolecznosc amara org"},
    std::string_view{"subtitulos por la comunidad de amara org"},
    std::string_view{"Субтитры сделал dimatorzok"},
    std::string_view{"subtitulos realizados por la comunidad de amara org"},
    std::string_view{"legendas pela comunidade amara org"},
    std::string_view{"amara org"},
};

// What is written into noise as well, and what people do say: whole texts, folded.
constexpr std::array fillers{
    std::string_view{"merci d avoir regarde"},
    std::string_view{"merci d avoir regarde cette video"},
    std::string_view{"merci d avoir regarde la video"},
    std::string_view{"merci d avoir suivi cette video"},
    std::string_view{"merci de votre attention"},
    std::string_view{"merci a tous"},
    std::string_view{"merci"},
    std::string_view{"a bientot"},
    std::string_view{"au revoir"},
    std::string_view{"abonnez vous"},
    std::string_view{"abonnez vous a la chaine"},
    std::string_view{"n oubliez pas de vous abonner"},
    std::string_view{"musique"},
    std::string_view{"applaudissements"},
    std::string_view{"sous titres"},
    std::string_view{"sous titrage"},
    std::string_view{"thanks for watching"},
    std::string_view{"thank you for watching"},
    std::string_view{"thank you"},
    std::string_view{"thank you very much"},
    std::string_view{"you"},
    std::string_view{"bye"},
    std::string_view{"bye bye"},
    std::string_view{"please subscribe"},
    std::string_view{"please subscribe to my channel"},
    std::string_view{"music"},
    std::string_view{"gracias por ver el video"},
    std::string_view{"suscribete al canal"},
    std::string_view{"vielen dank furs zuschauen"},
    std::string_view{"vielen dank"},
    std::string_view{"obrigado por assistir"},
    std::string_view{"grazie per la visione"},
};

// The longest credit seen is 60 letters; a longer text says something else too.
constexpr std::size_t longest_credit = 80;

// Letters and digits in lower case, one space between words.
std::string words_of(std::string_view text) {
  std::string words;
  for (const char letter : fold(text)) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool is_word =
        byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z');
    if (is_word) {
      words.push_back(letter);
    } else if (!words.empty() && words.back() != ' ') {
      words.push_back(' ');
    }
  }
  return std::string{trim(words)};
}

bool is_bracketed(std::string_view text) {
  const auto inside = [&](char open, char close) {
    return text.size() >= 2 && text.front() == open && text.find(close) == text.size() - 1;
  };
  const bool is_starred =
      text.size() > 2 && text.front() == '*' && text.find('*', 1) == text.size() - 1;
  return inside('[', ']') || inside('(', ')') || is_starred;
}

bool has_letters(std::string_view text) {
  constexpr std::array<std::string_view, 12> marks{"…", "♪", "♫", "—", "–", "«",
                                                   "»", "“", "”", "’", "¿", "¡"};
  auto words = words_of(text);
  for (const auto mark : marks) {
    for (auto at = words.find(mark); at != std::string::npos; at = words.find(mark, at)) {
      words.erase(at, mark.size());
    }
  }
  return !trim(words).empty();
}

}  // namespace

bool is_subtitle_artefact(std::string_view text) {
  text = trim(text);
  if (is_bracketed(text)) {
    return true;
  }
  const auto words = words_of(text);
  if (words.empty() || words.size() > longest_credit) {
    return false;
  }
  for (const auto credit : credits) {
    const bool goes_on = credit.back() == ' ';
    if (goes_on ? words.starts_with(credit) : words == credit) {
      return true;
    }
  }
  return false;
}

bool is_filler(std::string_view text) {
  const auto words = words_of(text);
  return std::ranges::find(fillers, words) != fillers.end();
}

bool is_not_speech(std::string_view text, bool is_doubtful) {
  return !has_letters(text) || is_subtitle_artefact(text) || (is_doubtful && is_filler(text));
}

bool is_by_chance(double confidence, Span duration) {
  constexpr double least_confidence = 0.2;
  constexpr Span short_sound{1'000'000};
  return confidence < least_confidence && duration < short_sound;
}

bool is_quiet(std::span<const float> samples) {
  constexpr double quiet = 0.003;
  double energy = 0;
  for (const float sample : samples) {
    energy += static_cast<double>(sample) * static_cast<double>(sample);
  }
  return energy <= quiet * quiet * static_cast<double>(samples.size());
}

}  // namespace vigie::transcribe
