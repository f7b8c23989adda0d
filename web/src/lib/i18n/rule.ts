// SPDX-License-Identifier: Apache-2.0
// The words of the rule for alerts of an account or of a list.
import { pair } from './index';

const fr = {
  title: 'Règle d’alerte',
  text: 'Vaut pour toute l’équipe, dès le prochain passage analysé.',
  ofList: 'Règle d’alerte de cette liste',
  titleOfList: (name: string) => `Règle d’alerte de la liste ${name}`,
  textOfList: 'Vaut pour les comptes de cette liste qui n’ont pas leur propre règle, dès le prochain passage analysé. Si un compte est dans plusieurs listes, la plus sensible compte.',
  hateOfList: 'Propos présumé haineux',
  hates: { '': 'réglage général', always: 'ouvre toujours une alerte', byScore: 'n’alerte que par son score' },
  threshold: 'Score au-dessus duquel une alerte s’ouvre',
  thresholdHelp: 'De 0 à 1. Vide : le seuil général.',
  hate: 'Un propos présumé haineux ouvre toujours une alerte',
  cooldown: 'Même incident jusqu’à (minutes de silence)',
  cooldownHelp: 'De 0 à 1 440. Vide : le réglage général.',
  save: 'Enregistrer la règle',
  saved: 'Règle enregistrée.',
  general: 'Réglage général.',
  badThreshold: 'Seuil : un nombre de 0 à 1, par exemple 0,8.',
  badCooldown: 'Durée : un nombre de minutes, de 0 à 1 440.',
  readOnly: 'Un modérateur ou un administrateur peut la changer.',
  missing: 'La règle n’a pas pu être lue.',
  thresholdIs: (value: string) => `Seuil : ${value}.`,
  hateOff: 'La haine présumée n’alerte que par son score.',
  cooldownIs: (minutes: string) => `Même incident jusqu’à ${minutes} min de silence.`,
};

const en: typeof fr = {
  title: 'Alert rule',
  text: 'Holds for the whole team, from the next passage on.',
  ofList: 'Alert rule of this list',
  titleOfList: (name) => `Alert rule of the list ${name}`,
  textOfList: 'Holds for the accounts of this list that have no rule of their own, from the next passage on. Of several lists of one account the most sensitive counts.',
  hateOfList: 'Words presumed hateful',
  hates: { '': 'general setting', always: 'always open an alert', byScore: 'alert only through their score' },
  threshold: 'Score above which an alert opens',
  thresholdHelp: 'From 0 to 1. Empty: the general threshold.',
  hate: 'Words presumed hateful always open an alert',
  cooldown: 'Same incident until (minutes of silence)',
  cooldownHelp: 'From 0 to 1,440. Empty: the general setting.',
  save: 'Save the rule',
  saved: 'Rule saved.',
  general: 'General setting.',
  badThreshold: 'Threshold: a number from 0 to 1, for example 0.8.',
  badCooldown: 'Duration: a number of minutes, from 0 to 1,440.',
  readOnly: 'A moderator or an administrator can change it.',
  missing: 'The rule could not be read.',
  thresholdIs: (value) => `Threshold: ${value}.`,
  hateOff: 'Presumed hatred alerts only through its score.',
  cooldownIs: (minutes) => `Same incident until ${minutes} min of silence.`,
};

export const ruleWords = pair(fr, en);
