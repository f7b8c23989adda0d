// SPDX-License-Identifier: Apache-2.0
// The small words that turn a sentence round: negation, somebody else's words, condemnation, pride;
// and the words of calls and of debate. An instrument of detection, written from general knowledge.
#include <array>

#include "analyse/embedded/lexicon.hpp"

namespace vigie::analyse {
namespace {

constexpr std::array table{
    Term{"est|sont|suis|es|etes|sommes|etait|etaient|c est|c etait|ce sont|tous des|toutes "
         "des|restent|reste|sera|seront|"
         "pire que|pires que|mieux que|traitez comme|deviennent|ont l air|semblent",
         Family::link},
    Term{"les|ces|aux|vos|nos|leurs|ses|mes|tes|des|d|quelques|tous|toutes|nous|vous|sales|autres|"
         "sale|un|"
         "une|ce|cette|cet",
         Family::plural},
    Term{"tous les|toutes les|tous ces|toutes ces|tous des|toutes des|chaque|tous|toutes|toujours",
         Family::all},
    Term{"faut|faudrait|falloir|doit|doivent|devrait|devraient|devrions|devons|devez|dois|vais|on "
         "va|"
         "allons|allez|veux|voudrais|voulons|envie de|temps de|venez|merite|meritent|besoin de|"
         "on peut|pouvons|qu on les|aimerais|aimerait|hate de|reve de|pret a|prets a|droit "
         "de|suffit de|"
         "solution c est|obliges de|oblige de",
         Family::demand},
    Term{"pas|jamais|aucun|aucune|ni|non|nullement|guere|sans", Family::negation},
    Term{"ne|n", Family::half_negation},
    Term{"arreter de|arretez de|arrete de|arretons de|cesser de|cessez de|cessons de|eviter "
         "de|evitez de|"
         "empecher de|refuser de|refuse de|refusons de|interdit de|contre ceux qui veulent|"
         "plus jamais|accuse de|accuses de|soupconne de|condamne pour|menace de|menaces de|peur de",
         Family::stop},
    Term{"a dit|ai entendu|a entendu|entendre dire|entend dire|entendu dire|m a dit|lui a dit|leur "
         "a dit|"
         "disait|disaient|m a traite|m a traitee|nous a traites|l a traite|l a traitee|"
         "traite de|traitee de|traites de|traitees de|traiter de|m a appele|m appelait|"
         "m appelaient|appelle les gens|a crie|criait|criaient|crier|cria|hurlait|"
         "a hurle|a ecrit|ont ecrit|ecrivent|m a ecrit|est ecrit|etait ecrit|a "
         "tague|tague|tags|ont tague|"
         "m a lance|a lance|m a insulte|m a insultee|m insulte|"
         "insulte de|insultee de|ont dit|disent que|disent qu|dit que les gens|ceux qui disent|"
         "ceux qui pensent|ceux qui croient|des gens disent|certains disent|pretend que|pretendent "
         "que|"
         "selon lui|selon elle|selon eux|d apres lui|citation|je cite|entre guillemets|ses propos|"
         "ces propos|les propos|des propos|dans le film|dans ce film|dans la serie|dans le livre|"
         "le mot|l expression|le terme|l insulte|les insultes|"
         "des insultes|le slogan|la phrase|cette phrase|des phrases|des commentaires|les "
         "commentaires|"
         "un commentaire|message disant|messages disant|dire aux gens que|"
         "faire croire que|histoire raconte|ecole on apprend|"
         "autrefois|a l epoque on|pendant la guerre|les nazis",
         Family::report},
    Term{
        "c est raciste|est raciste de|est raciste|sont racistes|propos racistes|propos raciste|"
        "insulte raciste|insultes racistes|insultes homophobes|insultes sexistes|c est sexiste|"
        "est sexiste|est homophobe|c est homophobe|est transphobe|est islamophobe|est antisemite|"
        "c est antisemite|du racisme|de racisme|le racisme|l antisemitisme|l homophobie|l "
        "islamophobie|"
        "la transphobie|le sexisme|de l homophobie|d antisemitisme|est xenophobe|inadmissible|"
        "inacceptable|intolerable|condamne|condamner|condamnons|condamnes|denonce|denoncer|"
        "denoncons|"
        "porter plainte|porte plainte|depose plainte|plainte pour|signaler|signale|c est faux|est "
        "faux|"
        "est un mensonge|cliche|cliches|prejuge|prejuges|stereotype|stereotypes|victime "
        "de|victimes de|"
        "lutter contre|lutte contre|luttons contre|discours de haine|appel a la haine|incitation a|"
        "on ne peut pas dire|on peut pas dire|ne peut pas dire|on ne dit pas|faut pas dire|"
        "ne faut pas dire|ne dites pas|dites pas|dis pas|ne dis pas|arretez de dire|arrete de "
        "dire|pas vrai que|pas vrai qu|jamais dit que|pas dit que|n ai dit que|"
        "ose dire|osent dire|avoir dit|avoir crie|avoir ecrit|"
        "arretez d appeler|jamais dire|ne dirais jamais|dirais jamais|personne ne devrait|"
        "personne devrait|gens pour croire|peut croire|peut encore croire|si tu crois|si vous "
        "croyez|si tu penses|"
        "si vous pensez|laisserai pas dire|laisse pas dire|laissons pas dire|laissez pas dire|c "
        "est triste|"
        "tort de dire|tort de croire|ont tort|a tort|qui dit que|qui disent que|qui pensent "
        "que|qui pense que|"
        "me choque|choquant|j ai honte d entendre|je suis choque|je suis choquee|"
        "comment peut on dire|comment peut on|insultant de|dire que les|penser que les|croire que "
        "les",
        Family::blame},
    Term{"nous les|nous autres|en tant que|en tant qu|moi aussi je suis|je suis un|je suis une|je "
         "suis|"
         "on est fiers|on est fieres|sommes fiers|sommes fieres|suis fier|suis fiere|entre nous|"
         "mes freres|mes soeurs|fiers d etre|fier d etre|fiere d etre|fieres d etre",
         Family::belonging},
    Term{"ils|elles|eux|les|leur|leurs|ces gens|ces gens la|cette race|cette religion|cette "
         "communaute|"
         "ces personnes",
         Family::pronoun},
    Term{"formidable*|merveilleu*|adorable*|gentil*|sympathique*|sympa|sympas|genereu*|courageu*|"
         "intelligent*|brillant*|doue|doues|douee|douees|talentueu*|honnete*|travailleu*|cultive*|"
         "accueillant*|solidaire*|respectueu*|digne|dignes|beau|beaux|belle|belles|precieu*|"
         "incroyable*|"
         "extraordinaire*|inspirant*|admirable*|exemplaire*|competent*|chaleureu*|heureu*|genial*|"
         "geniaux|super|fantastique*|exceptionnel*|aimable*|creatif*|creative*|bienveillant*|"
         "elegant*|"
         "magnifique*|epatant*|fiable*|loyal*|loyaux|fier|fiers|fiere|fieres|chance|richesse|atout|"
         "bienvenu*|egaux|egales|respect|respectes|respectees|ami|amis|amie|amies|freres|soeurs|"
         "bravo|"
         "merci|soutien|solidarite|protege|proteges|proteger|aider|aidons|accueillir|accueillons|"
         "defendre|libres|dignite|amour|paix|gracieu*|charmant*|remarquable*|parfait*|valeureu*",
         Family::praise},
    Term{"tu|t|toi|te|vous|t es|tu es|vous etes|es qu|etes qu|n es qu|toi le|toi la",
         Family::address},

    Term{
        "partagez|partage ce live|partage le live|partager au maximum|faites tourner|fais tourner|"
        "faites passer|relayez|repostez|rediffusez|envoyez a tous|tapotez|likez|rendez vous|"
        "on se retrouve|retrouvez nous|rejoignez nous|rejoignez le mouvement|venez tous|"
        "venez nombreux|soyez nombreux|tous "
        "ensemble|boycott|boycottez|boycottons|boycotter|manif|manifs|"
        "manifestation|manifestons|manifestez|rassemblement|mobilisation|mobilisez vous|"
        "mobilisons nous|descendez dans la rue|descendons dans la rue|tous dans la rue|dans la rue|"
        "bloquons|bloquez|on bloque|blocage|greve generale|petition|signez|hashtag|ca doit tourner|"
        "faut que ca tourne|faites du bruit|viral|virale|tout le monde doit savoir|tout le monde "
        "doit voir|"
        "reveillez vous|soulevez vous|revolution|insurrection|tous a paris|enregistrez l ecran|"
        "ils vont supprimer|avant que ce soit supprime|ils veulent nous faire taire|un million de "
        "vues",
        Family::call},
    Term{
        "honte|honteux|honteuse|scandale|scandaleux|scandaleuse|demission|demissionne|demissionnez|"
        "menteur|"
        "menteurs|ment|mentent|mensonge|mensonges|voleur|voleurs|corrompu|corrompus|corruption|"
        "incapable|"
        "incapables|trahi|trahis|trahison|colere|inadmissible|inacceptable|mepris|meprise|"
        "meprisent|"
        "deteste|detestons|hais|detruit|detruire|detruisent|detruisez|casse|cassent|abandon|"
        "abandonne|"
        "abandonnes|echec|nul|nuls|nulle|ridicule|catastrophe|pourri|pourris|vendu|vendus|complice|"
        "complices|degage|degagez|injuste|injustice|reforme|retraites|49 3|repression|bavure*|"
        "violences policieres|privileges|marre|ras le bol|ne comprend rien|comprend rien|punit|"
        "sacrifie|sacrifies|dictature|censure|fraude|detournement|licenci*|suppression|fermer|"
        "ferme|"
        "fermee|etrangle|matraque*|idiot|idiots|imbecile*|clown*|guignol*|pantin*|profite*",
        Family::critical},
    Term{
        "immigration|laicite|voile|hijab|burkini|abaya|racisme|raciste*|antisemitisme|islamophobie|"
        "islam|homophobie|transphobie|sexisme|sexiste*|feminisme|integration|communautarisme|"
        "separatisme|expulsion*|expulser|frontiere*|clandestin*|sans papiers|asile|colonisation|"
        "colonial*|esclavage|genocide|discrimination*|quotas|parite|mariage pour tous|gpa|pma|"
        "avortement|identite nationale|wokisme|woke|theorie du genre|insecurite|banlieue*|"
        "regularisation|quota|polygamie|attentat*|terrorisme|israel|palestine|gaza|ukraine|halal",
        Family::debate},
};

}  // namespace

std::span<const Term> context_terms() {
  return table;
}

}  // namespace vigie::analyse
