// SPDX-License-Identifier: Apache-2.0
// What the embedded analyser costs: CPU milliseconds a window of 15, 60 and 120 s of speech (2.8
// words a second), least, median and most of the rounds.
//   bench_analyse [ROUNDS]
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "analyse/embedded/embedded_analyser.hpp"
#include "base/text.hpp"

namespace {

double cpu_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

// Speech without punctuation, as recognised: each window begins elsewhere in it.
std::string window_of(std::size_t words, std::size_t begin) {
  constexpr std::string_view speech =
      "alors bonjour à tous et bienvenue sur ce direct on va parler ce soir de la réforme et de ce "
      "que "
      "le ministre a dit hier à la télé franchement je comprends pas comment on peut défendre ça "
      "les "
      "gens n'en peuvent plus ma voisine elle est infirmière elle travaille la nuit avec des "
      "collègues "
      "sénégalaises et polonaises elles font un travail formidable et on les paie une misère donc "
      "partagez le live posez vos questions dans le tchat je réponds à tout le monde sauf à ceux "
      "qui "
      "insultent on m'a traité de tous les noms cette semaine et j'ai porté plainte voilà après "
      "chacun "
      "pense ce qu'il veut mais il ne faut pas dire que les étrangers sont des voleurs c'est faux "
      "et "
      "c'est puni par la loi euh qu'est-ce que je voulais dire oui la recette de ma grand-mère "
      "trois œufs";
  static const auto all = vigie::split(speech, ' ');
  std::string text;
  for (std::size_t i = 0; i < words; ++i) {
    text += all[(begin + i) % all.size()];
    text += ' ';
  }
  return text;
}

}  // namespace

int main(int count, char** arguments) {
  const auto asked = count > 1 ? vigie::to_integer(arguments[1]) : 200;
  if (!asked || *asked < 1) {
    fmt::print(stderr, "usage: bench_analyse [ROUNDS]\n");
    return 64;
  }
  constexpr std::size_t windows_a_round = 20;
  vigie::analyse::judge_embedded("elle ouvre le modèle");
  constexpr std::array<std::pair<int, std::size_t>, 3> lengths{{{15, 42}, {60, 168}, {120, 336}}};
  for (const auto& [seconds, words] : lengths) {
    std::vector<double> rounds;
    for (std::int64_t round = 0; round < *asked; ++round) {
      std::vector<std::string> windows;
      for (std::size_t i = 0; i < windows_a_round; ++i) {
        windows.push_back(window_of(words, static_cast<std::size_t>(round) * 7 + i * 11));
      }
      const auto started = cpu_milliseconds();
      for (const auto& window : windows) {
        vigie::analyse::judge_embedded(window);
      }
      rounds.push_back((cpu_milliseconds() - started) / windows_a_round);
    }
    std::ranges::sort(rounds);
    fmt::print("{:>3} s window  {:.3f} ms (least {:.3f}, 95 % below {:.3f}, most {:.3f})\n",
               seconds, rounds[rounds.size() / 2], rounds.front(), rounds[rounds.size() * 95 / 100],
               rounds.back());
  }
  return 0;
}
