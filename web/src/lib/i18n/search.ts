// SPDX-License-Identifier: Apache-2.0
// The words of Recherche.
import { pair } from './index';

const fr = {
  help: 'Dans tout ce qui a été dit et conservé. Les accents, la casse et les pluriels ne comptent pas ; plusieurs mots sont cherchés ensemble.',
  words: 'Mots',
  submit: 'Rechercher',
  account: 'Compte',
  anyAccount: 'tous',
  from: 'Du',
  to: 'Au',
  clear: 'Effacer les filtres',
  start: 'Écrivez un ou plusieurs mots entendus dans un direct.',
  example: 'Par exemple : prix du marché',
  found: (n: number, isAll: boolean) => `${n} phrase${n > 1 ? 's' : ''}${isAll ? '' : ' ou plus'}, les plus récentes d’abord`,
  none: (words: string) => `Aucune phrase ne contient « ${words} ».`,
  noneHelp: 'Essayez moins de mots, un autre compte ou une période plus longue. Ce qui a dépassé sa durée de conservation n’est plus cherché.',
  badPeriod: 'Période : la fin précède le début.',
  tooLong: 'Recherche : au plus 500 caractères. Raccourcissez-la.',
  open: 'ouvrir le direct à cette phrase',
  hear: (time: string) => `Écouter l’extrait à ${time}`,
  hide: 'Fermer l’écoute',
  more: 'Afficher la suite',
  untitled: 'Sans titre',
  searching: 'Recherche en cours…',
  results: 'Résultats',
  filters: 'Recherche de phrases',
};

const en: typeof fr = {
  help: 'In everything that was said and kept. Accents, capitals and plurals do not matter; several words are looked for together.',
  words: 'Words',
  submit: 'Search',
  account: 'Account',
  anyAccount: 'all',
  from: 'From',
  to: 'To',
  clear: 'Clear the filters',
  start: 'Write one or more words heard in a live.',
  example: 'For example: market prices',
  found: (n, isAll) => `${n} sentence${n === 1 ? '' : 's'}${isAll ? '' : ' or more'}, newest first`,
  none: (words) => `No sentence contains “${words}”.`,
  noneHelp: 'Try fewer words, another account or a longer period. What is past its time of keeping is no longer searched.',
  badPeriod: 'Period: the end comes before the start.',
  tooLong: 'Search: at most 500 characters. Shorten it.',
  open: 'open the live at this sentence',
  hear: (time) => `Hear the clip at ${time}`,
  hide: 'Close the clip',
  more: 'Show more',
  untitled: 'Untitled',
  searching: 'Searching…',
  results: 'Results',
  filters: 'Search of sentences',
};

export const searchWords = pair(fr, en);
