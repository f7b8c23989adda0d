// SPDX-License-Identifier: Apache-2.0
// Who is spoken of. An instrument of detection, written from general knowledge: naming a group is
// never a fault; only what is said of it counts, and every group counts the same. French law
// protects origin, so the French are a group like any other.
#include <array>

#include "analyse/embedded/lexicon.hpp"

namespace vigie::analyse {
namespace {

constexpr std::array table{
    Term{
        "arabe|arabes|peul|peule|beur|beurs|beurette|beurettes|rebeu|rebeus|maghrebin*|nord "
        "africain*|noir africain*|"
        "renoi|renois|africain|africains|africaines|subsaharien*|antillais*|guadeloupeen*|"
        "martiniquais*|"
        "mahorais*|comorien*|reunionnais*|kabyle*|berbere*|touareg*|kurde*|tsigane*|tzigane*|gitan|"
        "gitans|gitane|gitanes|rom|roms|manouche*|gens du "
        "voyage|romanichel*|asiatique*|metis|metisse*|"
        "peuls|tutsi*|hutu*|armenien*|tchetchene*|ouighour*|personnes noires|personnes de couleur|"
        "gens de couleur|gens noirs|femmes noires|hommes noirs",
        Family::group, Target::ethnicity},
    Term{
        "malienne|ivoirien|syrienne|ivoirienne|algerien|algeriens|algerienne|algeriennes|marocains|"
        "marocaines|tunisiens|tunisiennes|"
        "maliens|maliennes|senegalais*|ivoiriens|ivoiriennes|camerounais*|congolais*|rwandais*|"
        "haitiens|haitiennes|egyptiens|egyptiennes|syriens|syriennes|afghans|afghanes|irakiens|"
        "iraniens|libanais*|palestiniens|palestiniennes|israeliens|israeliennes|albanais*|roumains|"
        "roumaines|bulgares|polonais*|ukrainiens|ukrainiennes|vietnamiens|vietnamiennes|"
        "cambodgiens|"
        "pakistanais*|bangladais*|bresiliens|bresiliennes|mexicains|mexicaines|erythreens|"
        "soudanais*|"
        "somaliens|nigerians|ghaneens|guineens|maures|tamouls",
        Family::group, Target::ethnicity},
    // A language, a nationality of things, or a colour as often as people.
    Term{"francais|francaise|francaises|chinois|chinoise|chinoises|anglais|anglaise|anglaises|"
         "allemand|allemands|allemandes|italiens|italiennes|espagnols|espagnoles|portugais|"
         "portugaise|"
         "portugaises|russes|americains|americaines|japonais|japonaises|coreens|coreennes|turcs|"
         "turques|"
         "turc|indiens|indiennes|belges|suisses|grecs|grecques|hollandais|noir|noirs|noire|noires|"
         "blanc|blancs|blanche|blanches|black|blacks|jaunes|marocain|marocaine|tunisien|tunisienne|"
         "malien|roumain|roumaine|afghan|syrien|haitien|africaine|blondes|corses|bretons|basques",
         Family::group_if_plural, Target::ethnicity},
    Term{"juif|juifs|juive|juives|musulman|musulmans|musulmane|musulmanes|chretien|chretiens|"
         "chretiennes|catholiques|protestants|evangeliques|hindous|sikhs|bouddhistes|orthodoxes|"
         "mormons|"
         "coptes|chiites|sunnites|femmes voilees|filles voilees|voilees|temoins de jehovah|athees|"
         "israelites|enturbannes",
         Family::group, Target::religion},
    Term{"femme|femmes|gays|homosexuel|homosexuels|homosexuelle|homosexuelles|lesbienne|lesbiennes|"
         "transgenre|transgenres|transsexuel*|travesti|travestis|bisexuel*|lgbt*|migrante|refugiee|"
         "immigree|clandestine|autiste|handicapes|handicapees|"
         "handicape|handicapee|infirmes|invalides|trisomiques|autistes|nains|aveugles|immigres|"
         "immigrees|"
         "immigre|migrants|migrantes|migrant|refugies|refugiees|refugie|clandestins|exiles|sans "
         "papiers|"
         "demandeurs d asile|etrangers|etrangeres|sdf|sans abri|personnes agees|personnes trans|"
         "femmes trans|hommes trans|meufs|nanas|feministes|gay|homo|homos|malades mentaux",
         Family::group, Target::social_group},
    Term{"filles|hommes|mecs|meuf|trans|sourds|muets|etranger|etrangere|bonnes femmes",
         Family::group_if_plural, Target::social_group},

    // Words made to wound.
    Term{"bougnoul|bougnoule|bougnoules|bougnouls|bicot|bicots|crouille|"
         "crouilles|bamboula|bamboulas|negro|negros|negre|negres|negresse|negresses|negrillon*|"
         "chinetoque|chinetoques|chintok|chintoks|niakoue|niakoues|niaque|niak|romano|romanos|"
         "youpin|youpins|youpine|youpines|sale gwer|toubab de merde|macaroni de merde|"
         "polak|polaks|espingouin*|rital|ritals|boche|boches|arbi|arbis|fellouze|fellouzes|nigger*|"
         "nigga de merde|cafre de merde|sous chien*|face de citron|noiraud*|moricaud*|mal blanchi*",
         Family::slur, Target::ethnicity},
    Term{"youtre|youtres|feuj de merde|feujs de merde|islamerde|muzz|muzzs|enturbanne|"
         "bachee|bachees|cul beni|culs benis|mecreants de merde",
         Family::slur, Target::religion},
    Term{"pede|pedes|pd|pds|tarlouze|tarlouzes|tafiole|tafioles|tantouze|tantouzes|fiotte|fiottes|"
         "lopette|lopettes|gouinasse|gouinasses|travelo|travelos|shemale*|gogol|"
         "gogols|gogole|mongolien|mongoliens|mongolienne|attardes mentaux|attarde mental|"
         "debiles mentaux|debile mental|femelles|clandos",
         Family::slur, Target::social_group},
    Term{"raton|ratons|bridee|bridees|macaque|macaques|guenon|guenons|"
         "singe|singes|bico|bounty|babtou|babtous|gwer|gaouri|rosbif|rosbifs|negrito",
         Family::slur_if_aimed, Target::ethnicity},
    Term{"feuj|feujs|barbus", Family::slur_if_aimed, Target::religion},
    Term{"tapette|tapettes|gouine|gouines|mongol|mongols|mongole|triso|trisos|"
         "attarde|attardes|attardee|brouteuse|brouteuses|pouffiasse|pouffiasses|"
         "poufiasse|chiennasse|"
         "salope|salopes|pute|putes|petasse|petasses|connasse|connasses",
         Family::slur_if_aimed, Target::social_group},

    // Power, trades and camps may be criticised, even rudely.
    Term{
        "gouvernement*|gouvernant*|ministre*|president*|premier ministre|elysee|matignon|depute*|"
        "senateur*|senatrice*|maire|maires|mairie*|elu|elus|elue|elues|parti|partis|majorite|"
        "opposition|"
        "police|policier*|policiere*|flic|flics|keuf*|condes|crs|gendarme*|juge|juges|justice|"
        "magistrat*|"
        "etat|parlement*|assemblee*|senat|politicien*|politique|politiques|hommes politiques|"
        "femmes "
        "politiques|banquier*|banque*|patron|patrons|patronat|milliardaire*|riches|bourgeois*|"
        "journaliste*|media|medias|presse|tele|arbitre*|actionnaire*|lobby*|technocrate*|"
        "bureaucrate*|dirigeant*|regime*|prefet*|administration*|syndicat*|syndicaliste*|"
        "entreprise*|"
        "multinationale*|commission|bruxelles|union "
        "europeenne|candidat*|dictateur*|macron*|capitalis*|"
        "communis*|socialis*|gauche|droite|extreme droite|extreme gauche|ecolo*|supporter*|ultras|"
        "influenceur*|influenceuse*|youtubeur*|streamer*|prof|profs|professeur*|enseignant*|"
        "medecin*|"
        "avocat*|avocate*|soignant*|infirmier*|routier*|agriculteur*|chasseur*|vegan*|cycliste*|"
        "proprietaire*|bailleur*|huissier*|militaire*|armee|fonctionnaire*|eleveur*|pretre*|eglise|"
        "religion*|islam|secte*|haters|complotiste*|antivax",
        Family::role, Target::other},
    Term{"raciste|racistes|antisemite|antisemites|nazi|nazis|neonazi*|fasciste*|facho|fachos|"
         "sexiste*|"
         "machiste*|macho|machos|homophobe*|transphobe*|xenophobe*|islamophobe*|misogyne*|"
         "terroriste*|"
         "islamiste*|djihadiste*|integriste*|extremiste*|dealer*|dealeurs|trafiquant*|violeur*|"
         "pedophile*|criminel*|delinquant*|assassin*|voleur*|tueur*|passeurs|hooligan*|harceleur*|"
         "pollueur*|tricheur*|escroc*|menteur*",
         Family::role, Target::other},
};

}  // namespace

std::span<const Term> group_terms() {
  return table;
}

}  // namespace vigie::analyse
